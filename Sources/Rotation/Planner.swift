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
        if request == .adopt { return adopt(observation, journal) }
        let planner = Planner(journal, snapshot, observation, policy)
        return planner.staleness ?? planner.answer(to: request) ?? planner.reconciliation ?? planner.enrolment
            ?? planner.next(rotateNow: request == .rotate)
    }

    init(_ journal: Journal, _ snapshot: JournalSnapshot, _ observation: Observation, _ policy: Policy) {
        self.journal = journal
        writtenAt = snapshot.lastModified ?? snapshot.now
        self.observation = observation
        self.policy = policy
        now = snapshot.now
    }

    /// A lost journal is rebuilt from the parameter with every clock starting anew: all hosts must check in again.
    private static func begin(_ observation: Observation, request: Request) -> Decision {
        switch request {
        case .proceed, .rotate, .adopt: break
        case .rollback, .reactivate, .waive, .revoke, .retire:
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
                    + "run `keybaton init` with the --profile that holds it, so that its hosts stay recognised")
        }
    }

    /// An operator says that the parameter is right, whatever the journal says.
    private static func adopt(_ observation: Observation, _ journal: Journal) -> Decision {
        if journal.revocation != nil {
            return .hold("a key is being revoked: run `keybaton run` until that has ended")
        }
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
                + "again. Run `keybaton init \(journal.user) --adopt` to begin from what it says now")
    }

    var publishedVersion: Int? {
        switch observation.parameter {
        case .missing: nil
        case .unreadable(let version, _), .published(_, let version): version
        }
    }

    private var enrolment: Decision? {
        let missing = ExpectedHosts.enrolments(
            known: journal.hosts, declared: policy.hosts, checkIns: observation.checkIns,
            retired: journal.retiredHosts)
        guard !missing.isEmpty else { return nil }
        return .act(.enrol(missing), reason: "expected from now on: \(list(missing.keys.sorted()))")
    }

    private func next(rotateNow: Bool) -> Decision {
        guard let current = journal.current else { return first }
        guard let new = observation.keys[current.id] else { return missing(current, rotateNow: rotateNow) }
        guard new.status == .active else {
            return .hold(
                "NEW \(current.id) is not active in IAM: hosts that hold it are locked out. Activate it in IAM, or run "
                    + "`keybaton rollback`")
        }
        if let decision = feeding(current) { return decision }
        guard let previous = journal.previous, let old = observation.keys[previous.id] else {
            return gated(steady(current, new, rotateNow: rotateNow), current, rotates: true)
        }
        let decision = retirement(of: previous, old, by: current, new, rotateNow: rotateNow)
        return gated(decision, current, rotates: policy.retirement == .nextRotation)
    }

    private var first: Decision {
        guard observation.keys.isEmpty else {
            return .hold(
                "the user has a key that Keybaton does not know (\(list(observation.keys.keys.sorted()))): "
                    + "run `keybaton init \(journal.user) --adopt` with the --profile that holds it")
        }
        return failingDestinations.isEmpty
            ? .act(.create, reason: "the user has no key yet")
            : .hold(
                "the user has no key yet, and none is made before every destination works; \(told(failingDestinations)). "
                    + "Mend it, then run `keybaton run`")
    }

    private func missing(_ current: Journal.Current, rotateNow: Bool) -> Decision {
        if now < current.publishedAt + leaseDuration { return .wait("IAM does not show \(current.id) yet") }
        let gone = "NEW \(current.id) is not in IAM any more: somebody deleted it"
        if let previous = journal.previous, observation.keys[previous.id] != nil {
            return .hold(
                "\(gone). Hosts that still hold OLD go on working; `keybaton rollback \(journal.user)` makes it NEW again"
            )
        }
        guard rotateNow else {
            return .hold(
                "\(gone), and there is no OLD. `keybaton rotate \(journal.user)` makes another key; hosts that held the "
                    + "lost one must be given it by hand or by a rendezvous profile")
        }
        return .act(.create, reason: "the operator asked for it, since \(current.id) is gone")
    }

    private func steady(_ current: Journal.Current, _ new: Observation.Key, rotateNow: Bool) -> Decision {
        let due = due(current, new)
        guard rotateNow || now >= due else {
            return .wait(
                "every host may use \(current.id) until it is due for rotation\(withoutAccess(current))", until: due)
        }
        guard policy.retirement != .acknowledged || !ExpectedHosts.all(in: journal.hosts).isEmpty else {
            return .hold(
                "no host is expected: declare hosts in the configuration or let an agent check in first. "
                    + "With nobody to wait for, OLD could never be retired safely")
        }
        return .act(.create, reason: rotateNow ? "the operator asked for it" : "\(current.id) is due for rotation")
    }

    /// Nothing else works here: after a revocation, or for a host that has just been declared.
    private func withoutAccess(_ current: Journal.Current) -> String {
        let expected = ExpectedHosts(journal: journal, current: current, checkIns: observation.checkIns)
        let without = expected.awaited.filter { observation.checkIns[$0]?.keyID != current.id }
        return without.isEmpty ? "" : "; not seen with it so far, and nothing else works for them: \(list(without))"
    }

    /// When the next rotation begins by itself. Where OLD goes with it, OLD lives a whole period beside this NEW: after a
    /// roll-back NEW is old already, and hosts must have their time to follow.
    func due(_ current: Journal.Current, _ new: Observation.Key) -> Date {
        let byAge = new.createdAt + policy.rotateAfter
        guard policy.retirement == .nextRotation, let previous = journal.previous, previous.state != .deleted,
            observation.keys[previous.id] != nil
        else { return byAge }
        return max(byAge, pairedSince(current) + policy.rotateAfter)
    }

    /// Since when NEW and OLD are both meant to work.
    func pairedSince(_ current: Journal.Current) -> Date {
        max(current.publishedAt, journal.reactivatedAt ?? .distantPast)
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
        case .revoke: "revoke"
        case .retire: "retire"
        }
    }
}

/// Names for a sentence: all of them where they are few.
func list<Name: CustomStringConvertible>(_ names: [Name]) -> String {
    let shown = names.prefix(5).map(\.description).joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
}
