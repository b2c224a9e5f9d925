import FoundationEssentials
import Handover
import Rotation

struct OverviewPage {
    let snapshot: Snapshot
    let query: OverviewQuery
    let links: Links

    private var now: Date { snapshot.freshness.asOf }
    private var users: [StatusReport.User] { snapshot.report.users }
    /// False: that there are no users means only that nobody has read of them.
    private var isKnown: Bool { !users.isEmpty || snapshot.freshness.problem == nil }

    var html: HTML {
        let attention = Attention.all(in: users)
        let count = attention.reduce(0) { $0 + $1.count }
        let layout = Layout(
            title: count == 0 ? "Keybaton" : "(\(count)) Keybaton – \(count == 1 ? "needs" : "need") attention",
            icon: Icon(attention: count, isWorking: users.contains { $0.phase != .steady }), links: links,
            freshness: snapshot.freshness)
        return layout.page(
            """
            \(summary)
            \(attention.isEmpty ? nil : self.attention(attention))
            \(users.isEmpty ? isKnown ? beginning : nil : list)
            """)
    }

    private var summary: HTML {
        let verdict =
            isKnown ? Verdict(users) : Verdict(.working, "Nothing is known so far: the bucket could not be read.")
        let shape = users.contains { $0.decision.kind == .hold } ? .hold : verdict.tone.shape
        return """
            <section class="summary \(verdict.tone.rawValue)" aria-labelledby="verdict">
            <h1 id="verdict" aria-live="polite" aria-atomic="true">\(shape.html) <span>\(verdict.sentence)</span></h1>
            \(StaleNotice(freshness: snapshot.freshness).html)
            </section>
            """
    }

    private func attention(_ all: [Attention]) -> HTML {
        // A hundred lines of it are no overview.
        let shown = 12
        let items = all.prefix(shown).map { item -> HTML in
            """
            <li>\(item.shape.html)<p><a href="\(links.user(item.user))">\(item.user)</a> \
            \(HTML(prose: item.sentence))</p></li>
            """
        }
        let rest: HTML? =
            all.count > shown
            ? "<li class=\"rest\"><p>and \(all.count - shown) more, below.</p></li>" : nil
        return """
            <section class="attention" aria-labelledby="attention">
            <h2 id="attention">Needs attention</h2>
            <ul>\(items)\(rest)</ul>
            </section>
            """
    }

    private var beginning: HTML {
        """
        <section class="panel"><h2>How it begins</h2>
        <p>Add a user to the rotator’s configuration, then run <code>keybaton init USER</code> and
        <code>keybaton run</code>: the user appears here with the next reading.</p></section>
        """
    }

    private var list: HTML {
        let selection = query.select(from: users)
        let rows = selection.elements.map { OverviewRow(user: $0, links: links, now: now).html }
        let body: HTML =
            rows.isEmpty
            ? "<tr><td colspan=\"6\" class=\"none\">No user matches. <a href=\"\(links.overview())\">Show all</a></td></tr>"
            : "\(rows)"
        return """
            <section aria-labelledby="users">
            <div class="heading"><h2 id="users">Managed users</h2>\(controls)</div>
            <table class="users">
            <caption class="unseen">Managed users with their keys, hosts and the rotator’s next decision</caption>
            <thead><tr>\(header("User", .name))<th scope="col">Phase</th><th scope="col">Hosts</th>\
            <th scope="col">New key</th><th scope="col">Old key</th>\(header("Next decision", .urgency))</tr></thead>
            <tbody>
            \(body)
            </tbody>
            </table>
            \(Pager(page: selection.page, pages: selection.pages, what: "users") { number in
                links.overview(query.with { $0.page = number })
            }.html)
            </section>
            """
    }

    private var controls: HTML? {
        // A handful needs no tools, and a file has no server to ask.
        guard links.site == .served, users.count > 5 || query != OverviewQuery() else { return nil }
        let choices = [
            Choice("All", users.count, filter: UserFilter.all),
            Choice("Need attention", users.count(where: \.needsAttention), filter: .attention),
            Choice("Rotating", users.count { $0.phase != .steady }, filter: .rotating),
        ]
        return Controls(
            label: "Users", choices: choices, query: query, action: links.overview(),
            link: { links.overview($0) }
        ).html
    }

    private func header(_ title: String, _ order: UserOrder) -> HTML {
        SortHeader(title: title, order: order, query: query, isLink: links.site == .served && users.count > 1) {
            links.overview($0)
        }.html
    }
}
