import Rotation

/// The hosts of a user: filter, search, order, page.
struct HostSection {
    let user: StatusReport.User
    let snapshot: Snapshot
    let query: UserQuery
    let links: Links

    var html: HTML {
        let selection = query.select(from: user.hosts)
        return """
            <section aria-labelledby="hosts">
            <div class="heading"><h2 id="hosts">Hosts</h2>\(controls)</div>
            \(user.hosts.isEmpty ? beginning : table(selection))
            </section>
            """
    }

    private var beginning: HTML {
        """
        <p class="panel none">No host has checked in yet. On each host, run <code>keybaton-agent init</code>, then
        <code>keybaton-agent run</code>.</p>
        """
    }

    private func table(_ selection: Selection<StatusReport.Host>) -> HTML {
        let rows = selection.elements.map { HostRow(host: $0, user: user, freshness: snapshot.freshness).html }
        let body: HTML =
            rows.isEmpty
            ? "<tr><td colspan=\"6\" class=\"none\">No host matches. <a href=\"\(links.user(user.user))\">Show all</a></td></tr>"
            : "\(rows)"
        return """
            <table class="hosts">
            <caption class="unseen">Hosts of \(user.user): which key each holds, and when it was last seen</caption>
            <thead><tr>\(header("Host", .name))\(header("State", .state))<th scope="col">Holds</th>\
            \(header("Last seen", .seen))<th scope="col">Agent</th><th scope="col">What it reports</th></tr></thead>
            <tbody>
            \(body)
            </tbody>
            </table>
            \(Pager(page: selection.page, pages: selection.pages, what: "hosts") { number in
                links.user(user.user, query.with { $0.page = number })
            }.html)
            """
    }

    private var controls: HTML? {
        guard links.site == .served, user.hosts.count > 3 || query != UserQuery() else { return nil }
        let states: [(String, HostFilter)] = [
            ("Behind", .behind), ("Problem", .problem), ("Silent", .silent), ("Waived", .waived), ("Current", .current),
        ]
        let counted = states.map { title, filter in
            Choice(title, user.hosts.count { filter.includes($0.state) }, filter: filter)
        }
        let choices =
            [
                Choice("All", user.hosts.count, filter: HostFilter.all),
                Choice("Missing", user.hosts.count { HostFilter.attention.includes($0.state) }, filter: .attention),
            ] + counted.filter { $0.count > 0 || $0.filter == query.filter }
        return Controls(
            label: "Hosts", choices: choices, query: query, action: links.user(user.user),
            link: { links.user(user.user, $0) }
        ).html
    }

    private func header(_ title: String, _ order: HostOrder) -> HTML {
        SortHeader(title: title, order: order, query: query, isLink: links.site == .served && user.hosts.count > 1) {
            links.user(user.user, $0)
        }.html
    }
}
