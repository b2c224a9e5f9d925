import FoundationEssentials
import Handover
import Secrets

/// What else receives NEW: each place is fed by itself, and no key that one of them may hold goes before it holds NEW.
extension Planner {
    /// The next destination to be given NEW; nil when all that can be fed hold it as far as is known.
    ///
    /// - Parameter again: also what can only be written, and was given NEW in an earlier run: somebody may have
    ///   overwritten it since, and nobody could tell.
    func feeding(_ current: Journal.Current, again: Bool = false) -> Decision? {
        for (name, destination) in observation.destinations.sorted(by: { $0.key < $1.key }) {
            switch destination {
            case .failing: continue
            case .holds(current.id) where !journal.halfFed.contains(name): continue
            case .cannotTell where !again && journal.knows(name, destination, holds: current.id): continue
            case .holds, .needsFeeding, .cannotTell:
                return .act(
                    .feed(destination: name, current.id), reason: "\(name) \(lack(name, destination, again, current))")
            }
        }
        return nil
    }

    private func lack(
        _ name: String, _ destination: Observation.Destination, _ again: Bool, _ current: Journal.Current
    ) -> String {
        if journal.halfFed.contains(name) { return "was given a key, and that broke off" }
        return destination == .cannotTell && again ? "cannot be read back" : "does not hold \(current.id) yet"
    }

    /// By name; what is failing is not fed in this run.
    var failingDestinations: [(name: String, problem: String)] {
        observation.destinations.compactMap { name, destination in
            if case .failing(let problem) = destination { (name, problem) } else { nil }
        }.sorted { $0.name < $1.name }
    }

    /// The decision, held back where destinations stand in its way.
    ///
    /// - Parameter rotates: whether the decision is about the beginning of the next rotation.
    func gated(_ decision: Decision, _ current: Journal.Current, rotates: Bool) -> Decision {
        let created = observation.keys[current.id]?.createdAt ?? current.publishedAt
        let begins = rotates ? max(created + policy.rotateAfter, current.publishedAt) : current.publishedAt
        let failing = failingDestinations
        switch decision {
        case .act(.create, _) where !failing.isEmpty:
            return waiting(failing, "no rotation begins before every destination works", since: begins)
        case .act(let action, let reason):
            guard let old = action.retired else { return decision }
            guard failing.isEmpty else {
                return waiting(failing, "OLD stays until every destination is seen with NEW", since: begins)
            }
            return unconfigured(holding: old, current) ?? feeding(current, again: true)
                ?? .act(action, reason: reason + forgotten(holding: old))
        case .wait(let text, _), .hold(let text):
            let lacking = failing.filter { !journal.knows($0.name, .failing($0.problem), holds: current.id) }
            guard !lacking.isEmpty else { return decision }
            let all = observation.destinations.count
            let progress = "\(text). \(all - lacking.count) of \(all) destinations hold NEW"
            if case .hold = decision { return .hold("\(progress); \(told(lacking))") }
            return waiting(lacking, progress, since: current.publishedAt)
        }
    }

    /// A wait until the deadline; past it a hold.
    private func waiting(
        _ failing: [(name: String, problem: String)], _ what: String, since date: Date
    ) -> Decision {
        let text = "\(what); \(told(failing))"
        let deadline = date + policy.ackDeadline
        guard now >= deadline else { return .wait("\(text); a hold when the deadline has passed", until: deadline) }
        return .hold(
            "\(text). The deadline has passed: mend it or take it out of the configuration, then run `keybaton run`")
    }

    func told(_ failing: [(name: String, problem: String)]) -> String {
        let shown = failing.prefix(3).map { "\($0.name): \($0.problem)" }.joined(separator: "; ")
        return failing.count > 3 ? "\(shown); and \(failing.count - 3) more fail" : shown
    }

    /// A destination that the journal knows and this configuration does not name: another rotator may have a newer
    /// configuration, so it gets the time that hosts get.
    private func unconfigured(holding old: AccessKeyID, _ current: Journal.Current) -> Decision? {
        let names = unconfiguredHolders(of: old)
        let deadline = current.publishedAt + policy.ackDeadline
        guard !names.isEmpty, now < deadline else { return nil }
        return .wait(
            "\(list(names)), which this configuration does not name, was last given OLD \(old): OLD stays in case another "
                + "rotator still feeds it",
            until: deadline)
    }

    private func forgotten(holding old: AccessKeyID) -> String {
        let names = unconfiguredHolders(of: old)
        return names.isEmpty ? "" : "; \(list(names)), not configured any more, was last given it"
    }

    private func unconfiguredHolders(of old: AccessKeyID) -> [String] {
        journal.fed.filter { $0.value == old && observation.destinations[$0.key] == nil }.keys.sorted()
    }
}

extension Action {
    /// The OLD that the action takes away; nil for any other.
    fileprivate var retired: AccessKeyID? {
        switch self {
        case .deactivate(let id), .delete(let id): id
        default: nil
        }
    }
}
