import FoundationEssentials
import Handover
import Rotation

struct UserPage {
    let user: StatusReport.User
    let snapshot: Snapshot
    let query: UserQuery
    let links: Links

    private var now: Date { snapshot.freshness.asOf }

    var html: HTML {
        let count = Attention.all(in: [user]).reduce(0) { $0 + $1.count }
        let layout = Layout(
            title: "\(count == 0 ? "" : "(\(count)) ")\(user.user) – Keybaton",
            icon: Icon(attention: count, isWorking: user.phase != .steady), links: links, freshness: snapshot.freshness)
        return layout.page(
            """
            <nav class="crumbs" aria-label="Where you are"><ol><li><a href="\(links.overview())">All users</a></li>\
            <li aria-current="page">\(user.user)</li></ol></nav>
            \(summary)
            \(Stepper(user).html)
            <div class="columns">
            \(KeyPanels(user: user, now: now).html)
            \(next)
            </div>
            \(HostSection(user: user, snapshot: snapshot, query: query, links: links).html)
            \(DeliverySection(user: user, now: now).html)
            \(OperatorSection(user: user).html)
            \(HistorySection(user: user, now: now).html)
            """)
    }

    private var summary: HTML {
        let verdict = Verdict(user)
        let isHold = user.decision.kind == .hold
        let shape = isHold ? Shape.hold : verdict.tone.shape
        let reason: HTML? =
            isHold ? "<p class=\"reason\">\(HTML(prose: DecisionText(user.decision, now: now).what))</p>" : nil
        return """
            <section class="summary \(verdict.tone.rawValue)" aria-labelledby="name">
            <h1 id="name">\(user.user)</h1>
            <div class="verdict" aria-live="polite" aria-atomic="true"><p>\(shape.html) <span>\(verdict.sentence)</span></p>\
            \(reason)</div>
            \(StaleNotice(freshness: snapshot.freshness, user: snapshot.freshness.users[user.user]).html)
            </section>
            """
    }

    private var next: HTML {
        let decision = DecisionText(user.decision, now: now)
        let upcoming = (user.upcoming ?? []).map { step -> HTML in
            "<li><span>\(Self.words(step.step))</span> \(Moment(step.at, now: now).html)</li>"
        }
        let steps: HTML? =
            upcoming.isEmpty
            ? nil : "<h3>By itself, unless something stops it</h3><ul class=\"upcoming\">\(upcoming)</ul>"
        let reason: HTML =
            user.decision.kind == .hold ? "It holds for the reason above." : HTML(prose: decision.what)
        return """
            <section class="panel" aria-labelledby="next"><h2 id="next">Next decision</h2>
            <p class="figure">\(decision.when)</p>
            <p>\(reason)</p>
            \(steps)</section>
            """
    }

    private static func words(_ step: String) -> String {
        switch step {
        case "rotate": "The next key is made"
        case "deactivate": "The old key is switched off"
        case "delete": "The old key is deleted"
        default: step
        }
    }
}
