import FoundationEssentials
package import Handover

extension StatusReport {
    /// Agents check in daily: a host that was not seen for so long is silent.
    package static let silenceThreshold: Duration = .days(3)
    /// Of the journal's history, which `keybaton log` shows whole.
    package static let historyLimit = 50
}

extension StatusReport.User {
    /// What one look at the world says of a user.
    package init(_ user: UserName, _ snapshot: JournalSnapshot, _ observation: Observation, policy: Policy) {
        let decision = Planner.decide(observation, from: snapshot, policy: policy)
        let journal = snapshot.journal ?? Journal(user: user)
        self.init(user: user, phase: Phase(journal, observation), decision: StatusReport.DecisionReport(decision))
        new = journal.current.map {
            StatusReport.New(
                id: $0.id, version: $0.version, publishedAt: $0.publishedAt,
                createdAt: observation.keys[$0.id]?.createdAt)
        }
        old = journal.previous.map { previous in
            let key = observation.keys[previous.id]
            return StatusReport.Old(
                id: previous.id, status: key?.status.name ?? "deleted",
                lastUsed: key?.lastUse.map { .init(at: $0.at, service: $0.service, region: $0.region) })
        }
        destinations = observation.destinations.sorted { $0.key < $1.key }.map { name, destination in
            var problem: String?
            if case .failing(let why) = destination { problem = why }
            let holdsNew = journal.knows(name, destination, holds: journal.current?.id)
            return .init(name: name, holdsNew: holdsNew, problem: problem)
        }
        hosts = Self.hosts(journal, observation, now: snapshot.now)
        retirement = policy.retirement.rawValue
        upcoming = Forecast.steps(observation, from: snapshot, policy: policy).map {
            StatusReport.Upcoming(step: $0.step.rawValue, at: $0.at)
        }
        waivers = journal.waivers.filter { $0.version == journal.current?.version }
        history = Array(journal.history.suffix(StatusReport.historyLimit))
        revocation = journal.revocation
    }

    /// The hosts that are waited for and were not seen with NEW. A host that fell silent after it had moved does hold it.
    ///
    /// No phase says this: between rotations there is no OLD to wait for them with.
    package var missing: [HostID] {
        hosts.filter { host in
            guard host.expected, host.state != .waived, host.state != .current else { return false }
            return host.state != .silent || host.keyID == nil || host.keyID != new?.id
        }.map(\.host)
    }

    private static func hosts(
        _ journal: Journal, _ observation: Observation, now: Date
    ) -> [StatusReport.Host] {
        let all = ExpectedHosts.all(in: journal.hosts)
        let waived =
            journal.current.map { ExpectedHosts(journal: journal, current: $0, checkIns: observation.checkIns).waived }
            ?? []
        return all.union(observation.checkIns.keys).sorted().map { host in
            let checkIn = observation.checkIns[host]
            return StatusReport.Host(
                host: host, expected: all.contains(host),
                state: waived.contains(host) ? .waived : state(checkIn, current: journal.current, now: now),
                keyID: checkIn?.keyID, lastSeen: checkIn?.lastModified, problem: checkIn?.problem,
                verified: checkIn?.isVerified)
        }
    }

    private static func state(
        _ checkIn: ReportedCheckIn?, current: Journal.Current?, now: Date
    ) -> StatusReport.Host.State {
        guard let checkIn else { return .silent }
        if checkIn.problem != nil { return .problem }
        if checkIn.evidence != .legacy, checkIn.lastModified < now - StatusReport.silenceThreshold { return .silent }
        guard checkIn.keyID == current?.id else { return .behind }
        // A proof of an earlier publication of the same key does not speak of this one.
        if let version = checkIn.version, let current, version < current.version { return .behind }
        return .current
    }
}

extension Phase {
    init(_ journal: Journal, _ observation: Observation) {
        guard let current = journal.current, journal.unresolved == nil,
            observation.destinations.allSatisfy({ journal.knows($0.key, $0.value, holds: current.id) })
        else {
            self = journal.current == nil && journal.unresolved == nil ? .steady : .publishing
            return
        }
        guard let previous = journal.previous, let key = observation.keys[previous.id] else {
            self = .steady
            return
        }
        guard key.status == .active else {
            self = .observing
            return
        }
        let expected = ExpectedHosts(journal: journal, current: current, checkIns: observation.checkIns)
        let isAcknowledged = !expected.all.isEmpty && expected.awaited.allSatisfy(expected.acknowledges)
        self = isAcknowledged ? .settling : .distributing
    }
}

extension StatusReport.DecisionReport {
    package init(_ decision: Decision) {
        switch decision {
        case .act(let action, let reason):
            self.init(kind: .act, action: "\(action)", reason: reason, until: nil)
        case .wait(let reason, let until):
            self.init(kind: .wait, action: nil, reason: reason, until: until)
        case .hold(let reason):
            self.init(kind: .hold, action: nil, reason: reason, until: nil)
        }
    }
}

extension Observation.KeyStatus {
    var name: String {
        switch self {
        case .active: "active"
        case .inactive: "inactive"
        case .other(let status): status
        }
    }
}

extension ReportedCheckIn {
    /// Nil where nobody has read it, or nobody can prove it.
    var isVerified: Bool? {
        switch evidence {
        case .proved: true
        case .refused: false
        case .listed, .legacy: nil
        }
    }

    /// What the host said is wrong, or why what it said does not count.
    var problem: CheckIn.Problem? {
        switch evidence {
        case .proved(_, let problem): problem
        case .refused(let error): CheckIn.Problem(code: "check-in-refused", message: "\(error)")
        case .listed, .legacy: nil
        }
    }
}
