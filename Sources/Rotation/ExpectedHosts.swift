import FoundationEssentials
import Handover
import Secrets

/// Which hosts must acknowledge, and which of them have.
struct ExpectedHosts {
    let journal: Journal
    let current: Journal.Current
    let checkIns: [HostID: ReportedCheckIn]

    /// All that must acknowledge, waived or not: a declared name stands for itself only until a host that meets it
    /// has been seen, and every host that was seen stands for itself.
    static func all(in hosts: [HostID: Journal.Membership]) -> Set<HostID> {
        let met = names(metBy: hosts)
        return Set(hosts.filter { $0.value == .seen || !met.contains($0.key) }.keys)
    }

    /// The declared names that the seen hosts stand for. A set, because comparing each host with each takes seconds.
    private static func names(metBy hosts: [HostID: Journal.Membership]) -> Set<HostID> {
        Set(hosts.lazy.filter { $0.value == .seen }.flatMap { [$0.key, $0.key.stem].compactMap(\.self) })
    }

    /// What the journal lacks: declared names that nobody meets yet, and hosts whose check-in counts as seeing them. Of
    /// a retired host only a check-in of a later time does, and its declaration no longer.
    static func enrolments(
        known: [HostID: Journal.Membership], declared: Set<HostID>, checkIns: [HostID: ReportedCheckIn],
        retired: [HostID: Date] = [:]
    ) -> [HostID: Journal.Membership] {
        var missing: [HostID: Journal.Membership] = [:]
        for (host, checkIn) in checkIns
        where known[host] != .seen && checkIn.lastModified > retired[host] ?? .distantPast {
            switch checkIn.evidence {
            case .proved, .legacy: missing[host] = .seen
            case .listed, .refused: break
            }
        }
        let met = names(metBy: known).union(names(metBy: missing))
        for host in declared
        where known[host] == nil && missing[host] == nil && !met.contains(host) && retired[host] == nil {
            missing[host] = .declared
        }
        // Whoever holds a key can invent strangers. Hosts of the configuration always enter: one that was left out would
        // be locked out. Strangers by name, because who is turned away must not depend on a dictionary's order.
        let strangers = missing.keys.filter { known[$0] == nil && !declared.contains($0) }.sorted()
        let room = max(0, Journal.hostLimit - known.count - (missing.count - strangers.count))
        for host in strangers.dropFirst(room) { missing[host] = nil }
        return missing
    }

    /// What `retire` removes for a host: itself, and the declared name that nobody else would stand for any more.
    static func retiring(_ host: HostID, in hosts: [HostID: Journal.Membership]) -> [HostID] {
        var left = hosts
        left[host] = nil
        guard let name = host.stem, hosts[name] == .declared, !names(metBy: left).contains(name) else { return [host] }
        return [host, name]
    }

    var all: Set<HostID> { Self.all(in: journal.hosts) }

    var waived: Set<HostID> {
        Set(
            journal.waivers.compactMap { waiver in
                guard case .host(let host) = waiver.subject, waiver.version == current.version else { return nil }
                return host
            })
    }

    /// Whom the rotation waits for, sorted.
    var awaited: [HostID] { all.subtracting(waived).sorted() }

    /// Whether the host's newest check-in says that it holds this publication's NEW in every target.
    func acknowledges(_ host: HostID) -> Bool {
        guard let checkIn = checkIns[host], checkIn.keyID == current.id else { return false }
        return switch checkIn.evidence {
        case .proved(let version, let problem): version >= current.version && problem == nil
        // Its text carries no version: only an object written since the publication can speak of it.
        case .legacy: checkIn.lastModified >= current.publishedAt
        case .listed, .refused: false
        }
    }

    /// Whether a listing alone says that the host holds NEW: check-ins are not read while others are known to be behind.
    func seemsToAcknowledge(_ host: HostID) -> Bool {
        guard let checkIn = checkIns[host], checkIn.keyID == current.id else { return false }
        return checkIn.evidence == .listed && checkIn.lastModified >= current.publishedAt
    }

    /// The hosts, not waived, that were last seen with this key, sorted: they lose access when it goes.
    func holders(of id: AccessKeyID) -> [HostID] { awaited.filter { checkIns[$0]?.keyID == id } }

    func isLegacy(_ host: HostID) -> Bool { checkIns[host]?.evidence == .legacy }
}
