import FoundationEssentials
import Handover

/// Decides the next step of one user's rotation: a pure function without a clock, randomness or effects.
///
/// The rules and their order follow the protocol's explicit-state model; each rule here was found necessary by taking
/// it away and searching for the shortest way to a lock-out.
package struct Planner {
    let journal: Journal
    /// When the journal was last written, on S3's clock.
    let writtenAt: Date
    let observation: Observation
    let policy: Policy
    let now: Date

    package static func decide(
        _ observation: Observation, from snapshot: JournalSnapshot, policy: Policy, request: Request = .proceed
    ) -> Decision {
        guard let journal = snapshot.journal else {
            return begin(observation, request: request)
        }
        if request == .adopt { return adopt(observation) }
        let planner = Planner(
            journal: journal, writtenAt: snapshot.lastModified ?? snapshot.now, observation: observation,
            policy: policy, now: snapshot.now)
        return planner.staleness ?? planner.answer(to: request) ?? planner.reconciliation ?? planner.enrolment
            ?? planner.next(rotateNow: request == .rotate)
    }

    /// A lost journal is rebuilt from the parameter with every clock starting anew: all hosts must check in again.
    private static func begin(_ observation: Observation, request: Request) -> Decision {
        switch request {
        case .proceed, .rotate, .adopt: break
        case .rollback, .reactivate, .waive:
            return .hold("there is no journal for this user yet: run `keybaton run` first")
        }
        switch observation.parameter {
        case .published(let ids, let version):
            return .act(
                .rebuildJournal(ids, version: version), reason: "there is no journal: it is rebuilt from the parameter")
        case .unreadable(_, let problem):
            return .hold("there is no journal, and \(problem): mend the parameter or run `keybaton init`")
        case .missing where observation.keys.isEmpty:
            return .act(.beginJournal, reason: "the user has no key and no parameter yet")
        case .missing:
            return .hold(
                "nothing is published yet and the user has a key already: "
                    + "run `keybaton init --adopt` with the profile that holds it, so that its hosts stay recognised")
        }
    }

    /// An operator says that the parameter is right, whatever the journal says.
    private static func adopt(_ observation: Observation) -> Decision {
        guard case .published(let ids, let version) = observation.parameter else {
            return .hold("the parameter holds no published keys: name the profile that holds the key with `--profile`")
        }
        guard observation.keys[ids.new]?.status == .active else {
            return .hold("the parameter's NEW \(ids.new) is not an active key of this user: it cannot be adopted")
        }
        return .act(.rebuildJournal(ids, version: version), reason: "the operator adopts what the parameter says")
    }

    /// A read that is older than the journal is no ground for a decision.
    private var staleness: Decision? {
        guard let current = journal.current, let version = publishedVersion, version < current.version else {
            return nil
        }
        if now < current.publishedAt + leaseDuration {
            return .wait("the Parameter Store still answers version \(version); the journal knows \(current.version)")
        }
        return .hold(
            "the parameter has version \(version), older than the journal's \(current.version): it was deleted and made "
                + "again. Run `keybaton init --adopt` to begin from what it says now")
    }

    var publishedVersion: Int? {
        switch observation.parameter {
        case .missing: nil
        case .unreadable(let version, _), .published(_, let version): version
        }
    }

    private func answer(to request: Request) -> Decision? {
        switch request {
        case .proceed, .rotate, .adopt: return nil
        case .rollback, .reactivate, .waive: break
        }
        if let unresolved = journal.unresolved {
            return .wait("an unfinished \(unresolved.kind.rawValue) must be resolved first: run `keybaton run`")
        }
        guard let current = journal.current else {
            return .hold("nothing is published yet, so there is nothing to \(request.verb): run `keybaton run` first")
        }
        if case .waive(let subject, let reason, let by) = request {
            // A mistyped name would be written down, and the rotation would go on waiting for the right one.
            let expected = ExpectedHosts.all(in: journal.hosts)
            if case .host(let host) = subject, !expected.contains(host) {
                return .hold(
                    "nobody waits for \(host). Run `keybaton waive` with one of \(list(expected.sorted()))")
            }
            return .act(.waive(subject, reason: reason, by: by), reason: "the operator decided: \(reason)")
        }
        guard let previous = journal.previous, let key = observation.keys[previous.id] else {
            return .hold(
                "there is no OLD key any more: a deleted key cannot come back. "
                    + "To replace \(current.id), begin the next rotation with `keybaton rotate`")
        }
        switch (request, key.status) {
        case (.rollback, .active), (.rollback, .inactive):
            return .act(.rollback(to: previous.id), reason: "the operator asked for OLD as NEW again")
        case (.reactivate, .inactive):
            return .act(.reactivate(previous.id), reason: "the operator asked for OLD to work again")
        case (.reactivate, .active):
            return .hold("OLD \(previous.id) is active already")
        default:
            return .hold("OLD \(previous.id) has a status in IAM that this version does not know: look at it in IAM")
        }
    }

    private var enrolment: Decision? {
        let missing = ExpectedHosts.enrolments(
            known: journal.hosts, declared: policy.hosts, checkIns: observation.checkIns)
        guard !missing.isEmpty else { return nil }
        return .act(.enrol(missing), reason: "expected from now on: \(list(missing.keys.sorted()))")
    }

    private func next(rotateNow: Bool) -> Decision {
        guard let current = journal.current else {
            return observation.keys.isEmpty
                ? .act(.create, reason: "the user has no key yet")
                : .hold(
                    "the user has a key that Keybaton does not know (\(list(observation.keys.keys.sorted()))): "
                        + "run `keybaton init --adopt` with the profile that holds it")
        }
        if let decision = publication(of: current) { return decision }
        guard let previous = journal.previous, let old = observation.keys[previous.id] else {
            return steady(current, rotateNow: rotateNow)
        }
        return retirement(of: previous, old, by: current)
    }

    private func steady(_ current: Journal.Current, rotateNow: Bool) -> Decision {
        guard let key = observation.keys[current.id] else { return .wait("IAM does not show \(current.id) yet") }
        let due = key.createdAt + policy.rotateAfter
        guard rotateNow || now >= due else {
            return .wait("every host may use \(current.id) until it is due for rotation", until: due)
        }
        guard !ExpectedHosts.all(in: journal.hosts).isEmpty else {
            return .hold(
                "no host is expected: declare hosts in the configuration or let an agent check in first. "
                    + "With nobody to wait for, OLD could never be retired safely")
        }
        return .act(.create, reason: rotateNow ? "the operator asked for it" : "\(current.id) is due for rotation")
    }
}

extension Request {
    var verb: String {
        switch self {
        case .proceed: "continue"
        case .adopt: "adopt"
        case .rotate: "rotate"
        case .rollback: "roll back to"
        case .reactivate: "reactivate"
        case .waive: "waive"
        }
    }
}

/// Names for a sentence: all of them where they are few.
func list<Name: CustomStringConvertible>(_ names: [Name]) -> String {
    let shown = names.prefix(5).map(\.description).joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
}
