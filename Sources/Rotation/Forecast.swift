package import FoundationEssentials
package import Handover
package import Secrets

/// A step that the rotator takes by itself, if nothing changes until then: what people are warned of ahead of time.
package struct Forecast: Hashable, Sendable {
    package enum Step: String, Hashable, Sendable, Codable {
        case rotate, deactivate, delete
    }

    package var step: Step
    /// The earliest time, not before the look itself.
    package var at: Date
    /// The key that is replaced, deactivated or deleted.
    package var keyID: AccessKeyID
    /// Hosts that were last seen with a key that goes, sorted.
    package var losing: [HostID]

    /// Whether people should know of it by now.
    package func isNear(at now: Date, _ policy: Policy) -> Bool { at - policy.warnBefore <= now }
}

extension Forecast {
    /// Soonest first; empty while a person or something else is needed first.
    package static func steps(
        _ observation: Observation, from snapshot: JournalSnapshot, policy: Policy
    ) -> [Forecast] {
        guard let journal = snapshot.journal, journal.unresolved == nil, journal.revocation == nil,
            let current = journal.current, let new = observation.keys[current.id],
            Planner(journal, snapshot, observation, policy).failingDestinations.isEmpty
        else { return [] }
        if case .hold = Planner.decide(observation, from: snapshot, policy: policy) { return [] }
        let planner = Planner(journal, snapshot, observation, policy)
        return planner.steps(current, new).map { step in
            var step = step
            step.at = max(step.at, snapshot.now)
            return step
        }
    }
}

extension Planner {
    fileprivate func steps(_ current: Journal.Current, _ new: Observation.Key) -> [Forecast] {
        let expected = ExpectedHosts(journal: journal, current: current, checkIns: observation.checkIns)
        let rotation = Forecast(step: .rotate, at: due(current, new), keyID: current.id, losing: [])
        guard let previous = journal.previous, previous.state != .deleted, let old = observation.keys[previous.id]
        else {
            return [rotation]
        }
        let losing = expected.holders(of: previous.id)
        func step(_ step: Forecast.Step, _ date: Date) -> Forecast {
            Forecast(step: step, at: date, keyID: previous.id, losing: losing)
        }
        let inactiveSince: Date? =
            switch (old.status, previous.state) {
            case (.inactive, .inactive(let since)): since
            case (.inactive, _): now
            default: nil
            }
        switch policy.retirement {
        case .nextRotation:
            return [step(.delete, rotation.at), rotation]
        case .scheduled:
            if let inactiveSince { return [step(.delete, inactiveSince + policy.grace)] }
            let scheduled = pairedSince(current) + policy.deactivateAfter
            let date = max(scheduled, quietEnd(old, current) ?? scheduled, now)
            return [step(.deactivate, date), step(.delete, date + policy.grace)]
        case .acknowledged:
            // Before that it is up to the hosts.
            guard acknowledgement(expected, "") == nil, unseenSinceReactivation(expected).isEmpty else { return [] }
            if let inactiveSince { return [step(.delete, inactiveSince + policy.grace)] }
            return [step(.deactivate, quietEnd(old, current) ?? now)]
        }
    }
}
