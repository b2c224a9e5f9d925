import FoundationEssentials
import Handover
import Rotation
import Secrets

extension View {
    /// What the rotator saw, with what hosts have said since.
    ///
    /// - Parameters:
    ///   - reports: what was read of the newest check-ins, as far as it was.
    ///   - now: on this machine's clock, which decides about nothing but silence, in days.
    func merged(
        with listing: CheckInListing, reports: [HostID: CheckInReport], now: Date, limits: Limits
    ) -> StatusReport.User {
        var merged = user
        let known = Set(user.hosts.map(\.host))
        let unknown = listing.newest.keys.filter { !known.contains($0) }.sorted()
            .prefix(max(0, limits.hosts - known.count))
        // Nobody waits for them before the rotator has seen them.
        merged.hosts += unknown.map { StatusReport.Host(host: $0, expected: false, state: .silent) }
        merged.hosts.sort { $0.host < $1.host }
        for index in merged.hosts.indices {
            guard let entry = listing.newest[merged.hosts[index].host] else { continue }
            merged.hosts[index].update(entry, reports[merged.hosts[index].host], new: user.new, now: now)
        }
        return merged
    }
}

extension StatusReport.Host {
    /// Whether the rotator has seen this very check-in. Its view knows whole seconds only.
    func isSame(as entry: CheckInListing.Entry) -> Bool {
        guard let lastSeen else { return false }
        return keyID == entry.keyID && entry.lastModified.timeIntervalSince(lastSeen) < 1
    }

    fileprivate mutating func update(
        _ entry: CheckInListing.Entry, _ report: CheckInReport?, new: StatusReport.New?, now: Date
    ) {
        if !isSame(as: entry), entry.lastModified > lastSeen ?? .distantPast {
            keyID = entry.keyID
            lastSeen = entry.lastModified
            problem = report?.problem
            verified = false
            let holdsNew = holdsNew(entry.keyID, report, new)
            // Whoever was waived need not be waited for until it holds NEW.
            if state != .waived || holdsNew && problem == nil {
                state = problem != nil ? .problem : holdsNew ? .current : .behind
            }
        }
        details = report?.details
        details?.verified = verified == true
        if state == .current || state == .behind, let lastSeen, lastSeen < now - StatusReport.silenceThreshold {
            state = .silent
        }
    }

    /// As the rotator judges it: what speaks of an earlier publication of the same key does not count.
    private func holdsNew(_ key: AccessKeyID, _ report: CheckInReport?, _ new: StatusReport.New?) -> Bool {
        guard let new, key == new.id else { return false }
        return report?.details.map { $0.parameterVersion >= new.version } ?? true
    }
}
