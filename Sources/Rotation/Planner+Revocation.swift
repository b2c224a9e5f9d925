import FoundationEssentials
import Handover
import Secrets

/// Leaked keys: deactivated, seen dead, replaced where NEW is among them, deleted. In this order, because whoever holds a
/// working key of this user can read the parameter, and with it whatever is published next.
extension Planner {
    func revocation(_ revocation: Journal.Revocation) -> Decision {
        let listed = revocation.keys.filter { observation.keys[$0.id] != nil }
        if let key = listed.first(where: { $0.state == .named || isBack($0) }) {
            return .act(.deactivateRevoked(key.id), reason: "\(key.id) is revoked: \(revocation.reason)")
        }
        guard let current = journal.current, revocation.names(current.id) else {
            return removal(of: listed, in: revocation)
        }
        for key in revocation.keys {
            if let decision = death(of: key, current) { return decision }
        }
        if let old = livingOld {
            return .act(.rollback(to: old), reason: "NEW \(current.id) is revoked, and OLD takes its place")
        }
        if observation.keys.count > 1 {
            if let key = listed.last(where: { $0.state != .deleted }) {
                return .act(.deleteRevoked(key.id), reason: "IAM allows two keys, and the next one needs room")
            }
            if let key = listed.first { return .wait("\(key.id) is deleted, and IAM still lists it") }
            return strangers ?? .hold("the user has two keys: delete one in IAM, then run `keybaton run`")
        }
        return .act(.create, reason: "NEW \(current.id) is revoked, and nobody who holds it can read the next one")
    }

    /// Whether somebody made the key active again. What IAM lists within a lease of our own request may be older.
    private func isBack(_ key: Journal.Revocation.Key) -> Bool {
        key.state != .deleted && observation.keys[key.id]?.status == .active && now >= key.since + leaseDuration
    }

    /// Nil once AWS refuses the key, as far as that can be known.
    private func death(of key: Journal.Revocation.Key, _ current: Journal.Current) -> Decision? {
        switch key.state {
        case .dead, .deleted: return nil
        case .named:
            // Not listed, or it would have been deactivated: somebody deleted it, unless IAM is slow to show it.
            guard now < current.publishedAt + leaseDuration else { return nil }
            return .wait("IAM does not show \(key.id) yet", until: current.publishedAt + leaseDuration)
        case .deactivated:
            if [publishedIDs?.new, publishedIDs?.old].contains(key.id) {
                return .act(.proveDead(key.id), reason: "what is published next must be out of its holder's reach")
            }
            // Its secret is unknown, so AWS cannot be asked: by then IAM has settled.
            guard now < key.since + leaseDuration else { return nil }
            return .wait(
                "\(key.id) is deactivated, and all of AWS is given time to know", until: key.since + leaseDuration)
        }
    }

    private func removal(of listed: [Journal.Revocation.Key], in revocation: Journal.Revocation) -> Decision {
        // What fails is not waited for: a leaked key goes, and the destination is fed once it works.
        if let current = journal.current,
            let decision = feeding(current, again: listed.contains { $0.state != .deleted })
        {
            return decision
        }
        guard let key = listed.first else {
            // It was listed when it was named, so that this may be an older list: of a key that was made a moment before.
            if let key = revocation.keys.first(where: { $0.state != .deleted && now < $0.since + leaseDuration }) {
                return .wait("IAM does not show \(key.id) yet", until: key.since + leaseDuration)
            }
            return .act(.endRevocation, reason: "no revoked key is in IAM any more")
        }
        if key.state == .deleted, now < key.since + leaseDuration {
            return .wait("\(key.id) is deleted, and IAM still lists it", until: key.since + leaseDuration)
        }
        return .act(.deleteRevoked(key.id), reason: "\(key.id) is revoked, and nothing needs it any more")
    }
}
