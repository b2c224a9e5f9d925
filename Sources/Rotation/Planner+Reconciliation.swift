import Secrets
import FoundationEssentials
import Handover

/// What a dead rotator, a person or another program left behind.
extension Planner {
    /// Nil when the journal, the parameter and IAM agree.
    var reconciliation: Decision? {
        if let unresolved = journal.unresolved {
            switch unresolved.kind {
            case .create: return resolveCreate(unresolved)
            case .rollback: return resolveRollback()
            }
        }
        return journal.revocation.map(revocation) ?? disagreement
    }

    /// Judged only once the maker's lease has expired, which the driver has seen to: by then IAM and the Parameter
    /// Store have settled, and nothing its owner sent can still land.
    private func resolveCreate(_ unresolved: Journal.Unresolved) -> Decision {
        let known = [journal.current?.id, journal.previous?.id].compactMap(\.self)
        // Keybaton publishes OLD as the journal's last NEW: anything else was put there by somebody else.
        if case .published(let ids, let version) = observation.parameter, !known.contains(ids.new),
            ids.old == journal.oldOfNextPublication
        {
            guard observation.keys[ids.new] != nil else {
                guard now >= unresolved.since + leaseDuration else {
                    return .wait("the parameter names \(ids.new), which IAM does not show yet")
                }
                return .hold(
                    "the parameter names \(ids.new), which is not in IAM: somebody deleted it. \(putBack)")
            }
            return .act(.adopt(ids, version: version), reason: "\(ids.new) was published before its rotator stopped")
        }
        guard publishedIDs == expectedIDs else {
            return .hold(
                "the parameter was changed while a rotator was making a key, so nobody knows what was published. "
                    + putBack)
        }
        let strangers = observation.keys.filter { !known.contains($0.key) }.sorted { $0.key < $1.key }
        if let made = unresolved.keyID {
            if observation.keys[made] != nil, !known.contains(made) {
                return .act(
                    .deleteUnpublished(made), reason: "\(made) was made and never published: its secret is lost")
            }
        } else {
            let candidates = strangers.filter { couldBeMade(by: unresolved, $0.value) }
            if let used = candidates.first(where: { $0.value.lastUse != nil }) {
                return .hold(
                    "\(used.key) was made while a rotator was making one, but somebody uses it: if it is yours, "
                        + "delete it or move its user away; Keybaton does not delete a key in use")
            }
            if let orphan = candidates.first {
                return .act(
                    .deleteUnpublished(orphan.key),
                    reason: "\(orphan.key) was made by a rotator that never learnt of it, and was never used")
            }
        }
        return .act(.clearUnresolved, reason: "the unfinished create left nothing behind")
    }

    private var putBack: String {
        guard let current = journal.current else {
            return "Delete the parameter, which no host can use, then run again"
        }
        return
            "Hosts that hold \(current.id) go on working: put back what version \(current.version) said, then run again"
    }

    /// Whether a key's date fits the time in which AWS would have accepted the attempt's CreateAccessKey: from its
    /// first request until the end of its lease and of the pause that the driver allows before it. Keys of a person made at
    /// any other time are not touched. IAM's clock may differ from S3's a little.
    private func couldBeMade(by unresolved: Journal.Unresolved, _ key: Observation.Key) -> Bool {
        let tolerance: Duration = .seconds(60)
        return key.createdAt >= unresolved.since - tolerance
            && key.createdAt <= unresolved.since + Pass.maximumPreparation + leaseDuration + tolerance
    }

    private func resolveRollback() -> Decision {
        if case .published(let ids, let version) = observation.parameter, let previous = journal.previous,
            ids.new == previous.id
        {
            return .act(.adopt(ids, version: version), reason: "the roll-back was published before its rotator stopped")
        }
        return .act(.clearUnresolved, reason: "the unfinished roll-back was never published")
    }

    var publishedIDs: PublishedIDs? {
        if case .published(let ids, _) = observation.parameter { ids } else { nil }
    }

    /// What the parameter says if nobody but Keybaton wrote it; nil before the first publication.
    private var expectedIDs: PublishedIDs? {
        journal.current.map { PublishedIDs(new: $0.id, old: journal.previous?.id) }
    }

    private var disagreement: Decision? {
        guard let current = journal.current, let expected = expectedIDs else { return nil }
        switch observation.parameter {
        case .published(let ids, _) where ids == expected:
            break
        case .published(let ids, _)
        where observation.keys[ids.new] != nil && ids.new != current.id && ids.new != expected.old:
            return .hold(
                "somebody published \(ids.new), a key that Keybaton did not make. If that is meant, run "
                    + "`keybaton init \(journal.user) --adopt`; otherwise put version \(current.version) of the parameter back"
            )
        case .published(let ids, _) where ids.new == expected.old && ids.old == current.id:
            return .hold(
                "somebody swapped NEW and OLD in the parameter. If that is meant, put version \(current.version) back and "
                    + "run `keybaton rollback \(journal.user)`, which proves OLD first")
        case .published, .unreadable:
            return .act(
                .republish(version: current.version),
                reason:
                    "the parameter does not say what version \(current.version) said: hosts could not find their key")
        case .missing:
            return .hold(
                "the parameter is gone and with it the secrets of \(current.id): hosts that hold it go on working. Run "
                    + "`keybaton init \(journal.user) --adopt` with a profile that holds the key to publish it again")
        }
        return strangers
    }

    /// Keys that a person made, or a rotator whose journal was lost: nobody here knows who uses them.
    var strangers: Decision? {
        let known = [journal.current?.id, journal.previous?.id].compactMap(\.self)
        let strangers = observation.keys.filter { !known.contains($0.key) }.sorted { $0.key < $1.key }
        guard let first = strangers.first?.key else { return nil }
        let unused = strangers.filter { $0.value.status == .inactive }.map(\.key)
        let what = "the user has a key that Keybaton did not make and never published: \(list(strangers.map(\.key)))"
        let room = observation.keys.count > 1 ? ", and IAM allows no third" : ""
        guard unused.isEmpty else {
            return .hold(
                "\(what)\(room). \(list(unused)) is inactive: `keybaton revoke \(journal.user) --key \(unused[0]) --confirm` "
                    + "deletes it")
        }
        return .hold(
            "\(what)\(room). Find who uses it and give them another, then run "
                + "`keybaton revoke \(journal.user) --key \(first) --confirm` or delete it in IAM")
    }
}
