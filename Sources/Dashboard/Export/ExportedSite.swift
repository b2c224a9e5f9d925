import Handover
import Rotation

/// The pages as files, for a bucket, a web server or a disk.
package struct ExportedSite: Sendable {
    private let snapshot: Snapshot

    package init(_ snapshot: Snapshot) {
        self.snapshot = snapshot
    }

    /// Why there is nothing to export; nil when all of it was read. A file has no older one behind it to fall back to.
    package var problem: String? {
        if let problem = snapshot.freshness.problem { return problem }
        let missing = snapshot.freshness.users.filter { $0.value.viewedAt == nil || $0.value.listedAt == nil }
        guard let (user, freshness) = missing.min(by: { $0.key < $1.key }) else { return nil }
        return "\(user): \(freshness.problem ?? "its view is gone; try again")"
    }

    /// Calls with each file's path below the folder, and its bytes: what others link to first.
    package func forEachFile(_ write: (_ path: String, _ bytes: [UInt8]) throws -> Void) throws {
        for asset in Asset.all { try write(asset.path, asset.bytes) }
        try write("status.json", try StatusDocument(snapshot: snapshot).json())
        try write("badge.svg", Array(Badge(snapshot).svg.utf8))
        for user in snapshot.report.users {
            for number in 1...UserQuery().select(from: user.hosts).pages {
                let page = Page.user(user.user, snapshot, query: UserQuery(page: number), site: .exported)
                let path = Links.path(ofUser: user.user, page: number, site: .exported)
                if let page { try write(path, page.bytes) }
            }
        }
        for number in 1...OverviewQuery().select(from: snapshot.report.users).pages {
            let page = Page.overview(snapshot, query: OverviewQuery(page: number), site: .exported)
            try write(Links.path(ofOverviewPage: number), page.bytes)
        }
    }
}
