import FoundationEssentials
import Handover
import Rotation

/// What check-ins said when they were read, as many as there is room for, by the versions that were listed.
///
/// What has no room is not fetched either; it would be forgotten and fetched again, reading after reading.
struct CheckInMemory {
    struct Name: Hashable {
        var user: UserName
        var host: HostID
    }

    /// A check-in that is listed, and worth fetching.
    struct Wanted: Sendable {
        var name: Name
        var entry: CheckInListing.Entry
        fileprivate var urgency: Int
    }

    private struct Remembered {
        var etag: String
        var report: CheckInReport
    }

    private let limits: Limits
    private var bodies: [Name: Remembered] = [:]

    init(limits: Limits) {
        self.limits = limits
    }

    func reports(_ listing: CheckInListing, of user: UserName) -> [HostID: CheckInReport] {
        let known = listing.newest.compactMap { host, _ in
            bodies[Name(user: user, host: host)].map { (host, $0.report) }
        }
        return Dictionary(uniqueKeysWithValues: known)
    }

    mutating func remember(_ report: CheckInReport, of wanted: Wanted) {
        bodies[wanted.name] = Remembered(etag: wanted.entry.etag, report: report)
    }

    /// Forgets what is listed no more, or has no room beside what is more urgent. Returns what is to be fetched, in an order
    /// that only news change.
    mutating func makeRoom(for users: [(UserName, StatusReport.User, CheckInListing)]) -> [Wanted] {
        var kept: [Name: String] = [:]
        var missing: [Wanted] = []
        var bytes = 0
        for wanted in inOrder(users) {
            let known = bodies[wanted.name].flatMap { $0.etag == wanted.entry.etag ? $0.report.size : nil }
            if known == nil, missing.count >= limits.fetched { continue }
            bytes += known ?? limits.largestReport
            guard bytes <= limits.rememberedBytes, kept.count < limits.remembered else { break }
            kept[wanted.name] = wanted.entry.etag
            if known == nil { missing.append(wanted) }
        }
        bodies = bodies.filter { kept[$0.key] == $0.value.etag }
        return missing
    }

    private func inOrder(_ users: [(UserName, StatusReport.User, CheckInListing)]) -> [Wanted] {
        var all: [Wanted] = []
        for (name, view, listing) in users {
            let seen = Dictionary(uniqueKeysWithValues: view.hosts.map { ($0.host, $0) })
            for (host, entry) in listing.newest {
                let urgency = Self.urgency(entry, seen[host], new: view.new)
                all.append(Wanted(name: Name(user: name, host: host), entry: entry, urgency: urgency))
            }
        }
        return all.sorted {
            ($0.urgency, $1.entry.lastModified, $0.name.user, $0.name.host)
                < ($1.urgency, $0.entry.lastModified, $1.name.user, $1.name.host)
        }
    }

    /// Whoever is behind or has just changed comes first: what they say is what people look for.
    private static func urgency(
        _ entry: CheckInListing.Entry, _ seen: StatusReport.Host?, new: StatusReport.New?
    ) -> Int {
        if entry.keyID != new?.id { return 0 }
        guard let seen, seen.isSame(as: entry) else { return 1 }
        return seen.state == .current ? 3 : 2
    }
}
