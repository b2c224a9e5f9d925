import FoundationEssentials
import Handover
import Secrets

/// The strategies that do not wait for hosts. Whoever is known to lose access is named, and can be helped in time; nobody
/// is waited for, because that is what the operator chose.
extension Planner {
    /// `scheduled`, while OLD is active.
    func schedule(_ previous: Journal.Previous, _ old: Observation.Key, _ expected: ExpectedHosts) -> Decision {
        let date = pairedSince(expected.current) + policy.deactivateAfter
        let losers = losers(of: previous.id, expected)
        guard now >= date else { return .wait("OLD \(previous.id) is deactivated by age\(losers)", until: date) }
        if let until = quietEnd(old, expected.current), now < until { return .wait(quietReason(old), until: until) }
        return .act(.deactivate(previous.id), reason: "OLD \(previous.id) has had its time\(losers)")
    }

    /// `scheduled`, while OLD is inactive.
    func expiry(_ previous: Journal.Previous, since: Date, _ expected: ExpectedHosts) -> Decision {
        let end = since + policy.grace
        let losers = losers(of: previous.id, expected)
        guard now >= end else {
            return .wait(
                "OLD is deactivated; `keybaton reactivate \(journal.user)` brings it back until it is deleted\(losers)",
                until: end)
        }
        return .act(.delete(previous.id), reason: "nobody brought OLD \(previous.id) back in the grace period\(losers)")
    }

    /// `nextRotation`: IAM allows two keys, so OLD must be gone before the next one is made.
    func succession(
        _ previous: Journal.Previous, _ old: Observation.Key, _ new: Observation.Key, _ expected: ExpectedHosts,
        rotateNow: Bool
    ) -> Decision {
        let due = due(expected.current, new)
        let losers = losers(of: previous.id, expected)
        if now >= due {
            return .act(
                .delete(previous.id), reason: "the next rotation is due, and OLD \(previous.id) makes room\(losers)")
        }
        guard rotateNow else {
            return .wait("OLD \(previous.id) stays until the next rotation makes room for its key\(losers)", until: due)
        }
        // A person is there to decide about the hosts; on the day that was announced nobody is.
        let holders = expected.holders(of: previous.id)
        guard holders.isEmpty else {
            return .hold(
                "a rotation now would delete OLD \(previous.id), and \(list(holders)) \(holders.count == 1 ? "was" : "were") "
                    + "last seen with it. Wake \(holders.count == 1 ? "it" : "them"), or run "
                    + "`keybaton waive \(journal.user) --host \(holders[0]) --reason …`")
        }
        // Asking twice must not take away the key that everybody still uses.
        if old.status == .active, let until = quietEnd(old, expected.current), now < until {
            return .wait("a rotation now would delete OLD \(previous.id). \(quietReason(old))", until: until)
        }
        return .act(
            .delete(previous.id), reason: "the operator asked for a rotation, and OLD \(previous.id) makes room")
    }

    /// Who loses access with OLD, as far as check-ins tell: the end of a reason.
    private func losers(of old: AccessKeyID, _ expected: ExpectedHosts) -> String {
        let holders = expected.holders(of: old)
        guard !holders.isEmpty else { return "" }
        return "; \(list(holders)) \(holders.count == 1 ? "was" : "were") last seen with it and would lose access"
    }
}
