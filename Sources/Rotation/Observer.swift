import Secrets
import FoundationEssentials
package import Handover

/// Looks at the world: the observation for the planner, and the published secrets for whoever acts on it.
package struct Observer: Sendable {
    let user: UserName
    let ports: Ports
    /// Hosts behind NEW whose check-ins are read as well, to show what keeps them: the first so many by name.
    let explainedHosts: Int

    package init(user: UserName, ports: Ports, explainedHosts: Int = 0) {
        self.user = user
        self.ports = ports
        self.explainedHosts = explainedHosts
    }

    /// - Parameter known: destinations that need not be looked at again.
    package func observe(
        _ snapshot: JournalSnapshot, known: [String: Observation.Destination] = [:]
    ) async throws -> (Observation, PublishedKeys?) {
        // The check-ins first: whatever changes after them makes them too old to count, never too young.
        var ledger = try await ports.checkIns.list(of: user)
        let keys = try await ports.issuer.keys(of: user)
        var published: PublishedKeys?
        let parameter: Observation.Parameter
        switch try await ports.publication.read(version: nil) {
        case .missing: parameter = .missing
        case .unreadable(let version, let problem): parameter = .unreadable(version: version, problem: problem)
        case .published(let pair, let version):
            published = pair
            parameter = .published(pair.ids, version: version)
        }
        if let published {
            let unread = bodiesToRead(ledger, snapshot.journal, keys, published.ids)
            for (host, checkIn) in try await ports.checkIns.read(unread, of: user, published: published) {
                ledger.record(doubting(checkIn, beyond: parameter), of: host)
            }
        }
        let destinations = await destinations(known)
        let newest = ledger.hosts.compactMap { host in ledger.newest(of: host).map { (host, $0) } }
        return (
            Observation(
                keys: keys, parameter: parameter, destinations: destinations,
                checkIns: Dictionary(uniqueKeysWithValues: newest)),
            published
        )
    }

    /// Several at once, and never too many: a forge's limits are counted over all of them.
    private func destinations(
        _ known: [String: Observation.Destination]
    ) async -> [String: Observation.Destination] {
        let unseen = ports.destinations.filter { known[$0.name] == nil }
        return await withTaskGroup(of: (String, Observation.Destination).self) { group in
            var seen = known
            for (index, destination) in unseen.enumerated() {
                if index >= Self.concurrentLooks, let (name, state) = await group.next() { seen[name] = state }
                group.addTask { (destination.name, await destination.observe()) }
            }
            for await (name, state) in group { seen[name] = state }
            return seen
        }
    }

    private static let concurrentLooks = 4

    /// A proof of a version that is still to come would be a host's newest for ever, and hide all that it says later.
    private func doubting(_ checkIn: ReportedCheckIn, beyond parameter: Observation.Parameter) -> ReportedCheckIn {
        guard case .published(_, let newest) = parameter, let version = checkIn.version, version > newest else {
            return checkIn
        }
        var checkIn = checkIn
        checkIn.evidence = .refused(.unknownVersion(version))
        return checkIn
    }

    /// Only what a decision can depend on: hosts seen for the first time, and, when every expected host has a check-in
    /// under NEW while OLD is being retired, the check-ins of all of them.
    private func bodiesToRead(
        _ ledger: AckLedger, _ journal: Journal?, _ keys: [AccessKeyID: Observation.Key], _ published: PublishedIDs
    ) -> [(host: HostID, checkIn: ReportedCheckIn)] {
        let known = journal?.hosts ?? [:]
        let new = ledger.hosts.filter { host in
            guard known[host] != .seen else { return false }
            guard let retiredAt = journal?.retiredHosts[host] else { return true }
            return ledger.newest(of: host).map { $0.lastModified > retiredAt } ?? false
        }
        var hosts = Set(new.sorted().prefix(Journal.hostLimit))
        if let current = journal?.current, let previous = journal?.previous, keys[previous.id] != nil {
            let expected = ExpectedHosts.all(in: known)
            let behind = expected.filter { ledger.checkIn(of: $0, under: current.id) == nil }
            let waived = ExpectedHosts(journal: journal ?? Journal(user: user), current: current, checkIns: [:]).waived
            if behind.isSubset(of: waived) { hosts.formUnion(expected) }
            hosts.formUnion(behind.sorted().prefix(explainedHosts))
        }
        return hosts.flatMap { host in
            ledger.unread(of: host, published: published).map { (host, $0) }
        }
    }
}
