import AWS
package import Handover

/// Where one page leads, and with what. All links are relative, so that a site also works below a proxy's path, in a
/// bucket and from a disk.
package struct Links: Hashable, Sendable {
    package let site: Site
    /// The way from the page to the site's root: empty or `../` some times.
    private let root: String

    /// - Parameter depth: how many folders below the root the page stands.
    package init(_ site: Site, depth: Int) {
        self.site = site
        root = String(repeating: "../", count: depth)
    }

    /// The path of a user's page below the root, as a file's name or before it is percent-encoded.
    ///
    /// No name of a user contains `~`: with `.` the second page of `nas` could be the first of `nas.2`.
    package static func path(ofUser user: UserName, page: Int, site: Site) -> String {
        switch site {
        case .served: "users/\(user)"
        case .exported: page == 1 ? "users/\(user).html" : "users/\(user)~\(page).html"
        }
    }

    /// As `path(ofUser:page:site:)`.
    package static func path(ofOverviewPage page: Int) -> String {
        page == 1 ? "index.html" : "index~\(page).html"
    }

    func overview(_ query: OverviewQuery = OverviewQuery()) -> String {
        switch site {
        case .served: (root.isEmpty ? "./" : root) + query.text
        case .exported: root + Self.path(ofOverviewPage: query.page)
        }
    }

    func user(_ user: UserName, _ query: UserQuery = UserQuery()) -> String {
        let path = PercentEncoding.encode(
            Self.path(ofUser: user, page: query.page, site: site), keepingSlashes: true)
        return root + path + (site == .served ? query.text : "")
    }

    func asset(_ asset: Asset) -> String { root + asset.path }
}
