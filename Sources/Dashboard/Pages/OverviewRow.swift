import FoundationEssentials
import Rotation

/// One managed user on the overview.
struct OverviewRow {
    let user: StatusReport.User
    let links: Links
    let now: Date

    var html: HTML {
        """
        <tr id="user-\(user.user)" class="\(verdict.tone.rawValue)">
        <th scope="row" class="name"><a href="\(links.user(user.user))">\(user.user)</a></th>
        <td data-label="Phase">\(phase)</td>
        <td data-label="Hosts">\(hosts)</td>
        <td data-label="New key">\(new)</td>
        <td data-label="Old key">\(old)</td>
        <td data-label="Next decision" class="next">\(next)</td>
        </tr>

        """
    }

    private var verdict: Verdict { Verdict(user) }

    private var phase: HTML {
        user.decision.kind == .hold
            ? "<span class=\"state\">\(Shape.hold.html) On hold</span><small>\(user.phase.word)</small>"
            : "<span class=\"state\">\(verdict.tone.shape.html) \(user.phase.word)</span>"
    }

    private var hosts: HTML {
        let hosts = HostCount(user)
        guard hosts.all > 0 else { return "<small>none expected</small>" }
        let waived: HTML? = hosts.waived == 0 ? nil : "<small>\(hosts.waived) waived</small>"
        return """
            <span class="count">\(hosts.holding) of \(hosts.all)</span>\
            \(Progress(hosts, label: "Hosts of \(user.user) that hold the new key").html)\(waived)
            """
    }

    private var new: HTML {
        guard let new = user.new else { return "<small>none yet</small>" }
        let age = Moment.length(Int(now.timeIntervalSince(new.createdAt ?? new.publishedAt)))
        return "\(KeyName(new.id).html)<small>\(age) old</small>"
    }

    private var old: HTML {
        guard let old = user.old else { return "<small>none</small>" }
        let use: HTML? = old.lastUsed.flatMap { use in
            old.status == "deleted" ? nil : ", used \(Moment(use.at, now: now).html)"
        }
        return "\(KeyName(old.id).html)<small>\(old.status)\(use)</small>"
    }

    private var next: HTML {
        let decision = DecisionText(user.decision, now: now)
        return
            "<span class=\"when\">\(decision.when)</span><small class=\"clamp\">\(HTML(prose: decision.what))</small>"
    }
}
