import FoundationEssentials
import Handover
import Rotation

/// One host. Whatever it says of itself is its own text.
struct HostRow {
    let host: StatusReport.Host
    let user: StatusReport.User
    let freshness: Freshness

    /// A clock that is off by more makes requests fail. (AWS allows five minutes, S3 fifteen.)
    private static let notableSkew = 60.0

    private var now: Date { freshness.asOf }

    var html: HTML {
        """
        <tr id="host-\(host.host)" class="\(host.state.rawValue)">
        <th scope="row" class="name">\(host.host)\(stranger)</th>
        <td data-label="State"><span class="state">\(host.state.shape.html) \(host.state.word)</span></td>
        <td data-label="Holds">\(key)</td>
        <td data-label="Last seen" class="seen">\(seen)</td>
        <td data-label="Agent" class="agent">\(agent)</td>
        <td data-label="What it reports" class="report">\(report)</td>
        </tr>

        """
    }

    private var stranger: HTML? { host.expected ? nil : "<small>not expected: nothing waits for it</small>" }

    private var key: HTML {
        guard let id = host.keyID else { return "<small>unknown</small>" }
        let generation: HTML? =
            id == user.new?.id ? "<small>new key</small>" : id == user.old?.id ? "<small>old key</small>" : nil
        return "\(KeyName(id).html)\(generation ?? "<small>neither new nor old</small>")"
    }

    private var seen: HTML {
        guard let lastSeen = host.lastSeen else { return "<span>never</span>" }
        let due: HTML? = host.details?.nextRunDue.map {
            "<small>\($0 < now ? "was due" : "due") \(Moment($0, now: now).html)</small>"
        }
        return "\(Moment(lastSeen, now: now).html)\(due)"
    }

    private var agent: HTML {
        guard let details = host.details else { return "<small>not read</small>" }
        return "<span>\(details.agentVersion)</span><small>\(details.operatingSystem), \(details.architecture)</small>"
    }

    private var report: HTML { "\(problem)\(unverified)\(skew)\(silence)\(targets)\(waiving)" }

    private var problem: HTML? {
        host.problem.map { problem in
            """
            <p class="problem"><code>\(problem.code)</code> \(HTML(prose: problem.message))</p>\
            <p class="mend">\(HTML(prose: Mending.advice(for: problem, of: user.user)))</p>
            """
        }
    }

    /// The rotator knows the secrets and verifies; the dashboard does not, and shows what it reads.
    private var unverified: HTML? {
        // Of a refused check-in the problem says more.
        guard host.problem?.code != "check-in-refused",
            host.verified == false || freshness.isNewerThanView(host.lastSeen, of: user.user)
        else { return nil }
        return "<p class=\"unverified\">Reported, not verified yet</p>"
    }

    private var skew: HTML? {
        guard let skew = host.details?.clockSkew, abs(skew) >= Self.notableSkew, abs(skew) < 1e9 else { return nil }
        return "<p>Its clock is \(Moment.length(Int(skew))) \(skew > 0 ? "behind" : "ahead")</p>"
    }

    private var silence: HTML? {
        guard host.state == .silent else { return nil }
        return host.lastSeen == nil
            ? "<p>It has never checked in: run <code>keybaton-agent doctor</code> on it.</p>"
            : "<p>It is off, or its timer is: wake it, or run <code>keybaton-agent doctor</code> on it.</p>"
    }

    private var targets: HTML? {
        guard let targets = host.details?.targets, !targets.isEmpty else { return nil }
        // A check-in is bounded, and a page has room for a hundred of them.
        let shown = 20
        let items = targets.prefix(shown).map { target -> HTML in
            let key: HTML = target.keyID.map { " \(KeyName($0).html)" } ?? " no key"
            let problem: HTML? = target.problem.map {
                "<br><code>\($0.code)</code> \(HTML(prose: $0.message))"
            }
            return """
                <li><code class="path">\(target.path)</code> <small>\(target.format), profile \(target.profile)</small>\
                \(key)\(problem)</li>
                """
        }
        let rest: HTML? = targets.count > shown ? "<li>and \(targets.count - shown) more</li>" : nil
        return """
            <details data-key="targets-\(host.host)"><summary>\(targets.count) \(targets.count == 1 ? "file" : "files")\
            <span class="unseen"> of \(host.host)</span></summary><ul class="targets">\(items)\(rest)</ul></details>
            """
    }

    /// Offered where the rotation waits for the host, with what it may cost.
    private var waiving: HTML? {
        guard host.expected, user.revocation == nil, user.phase == .distributing || user.phase == .observing else {
            return nil
        }
        switch host.state {
        case .current, .waived: return nil
        case .behind, .problem, .silent: break
        }
        return """
            <details data-key="waive-\(host.host)"><summary>If it will not come back<span class="unseen">: \
            \(host.host)</span></summary><p>Not to wait for it in this rotation. It may lose access:</p>\
            \(CommandLine("waive", user.user, options: ["--host", "\(host.host)"], ["--reason", ""]).html)\
            <p>Not to expect it ever again:</p>\
            \(CommandLine("retire", host.host, user.user, options: ["--reason", ""]).html)</details>
            """
    }
}

extension StatusReport.Host.State {
    var shape: Shape {
        switch self {
        case .current: .current
        case .behind: .behind
        case .problem: .problem
        case .silent: .silent
        case .waived: .waived
        }
    }

    var word: String {
        switch self {
        case .current: "Current"
        case .behind: "Behind"
        case .problem: "Problem"
        case .silent: "Silent"
        case .waived: "Waived"
        }
    }
}
