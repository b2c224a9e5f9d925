package import Handover
import Rotation

/// The pages, as pure functions of what is known.
package enum Page {
    /// Every managed user, what needs a person first.
    package static func overview(
        _ snapshot: Snapshot, query: OverviewQuery = OverviewQuery(), site: Site = .served
    ) -> HTML {
        OverviewPage(snapshot: snapshot, query: query, links: Links(site, depth: 0)).html
    }

    /// One managed user; nil when the report does not know the name.
    package static func user(
        _ name: UserName, _ snapshot: Snapshot, query: UserQuery = UserQuery(), site: Site = .served
    ) -> HTML? {
        guard let user = snapshot.report.users.first(where: { $0.user == name }) else { return nil }
        return UserPage(user: user, snapshot: snapshot, query: query, links: Links(site, depth: 1)).html
    }

    /// An answer that is no page of the site, such as that there is none.
    ///
    /// - Parameter depth: how many folders below the root the address that was asked for stands.
    package static func message(_ title: String, _ sentence: String, depth: Int) -> HTML {
        let links = Links(.served, depth: depth)
        let layout = Layout(
            title: "\(title) – Keybaton", icon: Icon(attention: 0, isWorking: false), links: links, freshness: nil)
        return layout.page(
            """
            <section class="summary"><h1>\(title)</h1><p>\(HTML(prose: sentence))</p>\
            <p><a href="\(links.overview())">To the overview</a></p></section>
            """)
    }
}
