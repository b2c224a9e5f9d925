package import Secrets
package import FoundationEssentials
package import Handover

/// What an operator asked for in this run.
package enum Request: Hashable, Sendable {
    /// One idempotent pass: what cron, a timer or a Lambda calls.
    case proceed
    /// Begin the journal anew from what the parameter says now; hosts stay expected.
    case adopt
    /// Begin the next rotation now, whatever NEW's age.
    case rotate
    /// Publish the swapped pair: OLD becomes NEW again.
    case rollback
    /// Make OLD Active, nothing else.
    case reactivate
    /// Not to wait for a host, or for OLD's silence, in this rotation.
    case waive(Journal.Waiver.Subject, reason: String, by: String)
}

/// One step of the relay.
package enum Action: Hashable, Sendable {
    // In the journal alone
    case rebuildJournal(PublishedIDs, version: Int)
    /// Begins the journal of a user who has no key at all.
    case beginJournal
    case enrol([HostID: Journal.Membership])
    case adopt(PublishedIDs, version: Int)
    case clearUnresolved
    case recordDeactivation(AccessKeyID)
    case recordReactivation(AccessKeyID)
    case waive(Journal.Waiver.Subject, reason: String, by: String)
    // Outside, each under a lease
    case create
    case deactivate(AccessKeyID)
    case delete(AccessKeyID)
    /// Deletes a key that was made and never published: its secret is lost.
    case deleteUnpublished(AccessKeyID)
    case reactivate(AccessKeyID)
    case rollback(to: AccessKeyID)
    /// Publishes again what the parameter's version says, after somebody overwrote it.
    case republish(version: Int)
    case feed(destination: String, AccessKeyID)

    /// Whether the action is nothing but one write of the journal.
    package var isBookkeeping: Bool {
        switch self {
        case .rebuildJournal, .beginJournal, .enrol, .adopt, .clearUnresolved, .recordDeactivation,
            .recordReactivation, .waive:
            true
        case .create, .deactivate, .delete, .deleteUnpublished, .reactivate, .rollback, .republish, .feed: false
        }
    }

    /// Whether the action makes, changes or deletes a key in IAM: a run does this once at the most.
    package var changesKeys: Bool {
        switch self {
        case .create, .deactivate, .delete, .deleteUnpublished, .reactivate, .rollback: true
        case .rebuildJournal, .beginJournal, .enrol, .adopt, .clearUnresolved, .recordDeactivation,
            .recordReactivation, .waive, .republish, .feed:
            false
        }
    }
}

extension Action {
    /// Whether a journal names the action as unresolved until its end is recorded.
    var mayStayUnresolved: Bool {
        switch self {
        case .create, .rollback: true
        default: false
        }
    }

    /// The request that this action fulfils; nil when none asks for it alone.
    var request: Request? {
        switch self {
        case .waive(let subject, let reason, let by): .waive(subject, reason: reason, by: by)
        case .rebuildJournal: .adopt
        default: nil
        }
    }
}

extension Action: CustomStringConvertible {
    /// In the imperative, for plans, leases and history: ids, never secrets.
    package var description: String {
        switch self {
        case .rebuildJournal(let ids, let version): "rebuild the journal from version \(version), NEW \(ids.new)"
        case .beginJournal: "begin the journal"
        case .enrol(let hosts): "expect \(list(hosts.keys.sorted()))"
        case .adopt(let ids, let version): "adopt version \(version), NEW \(ids.new)"
        case .clearUnresolved: "forget an attempt that left nothing"
        case .recordDeactivation(let id): "record that \(id) is inactive"
        case .recordReactivation(let id): "record that \(id) is active again"
        case .waive(.host(let host), let reason, let by): "waive \(host) (\(by): \(reason))"
        case .waive(.unknownUse, let reason, let by): "waive the unknown use of OLD (\(by): \(reason))"
        case .create: "create a key and publish it"
        case .deactivate(let id): "deactivate \(id)"
        case .delete(let id): "delete \(id)"
        case .deleteUnpublished(let id): "delete \(id), which was never published"
        case .reactivate(let id): "reactivate \(id)"
        case .rollback(let id): "roll back to \(id)"
        case .republish(let version): "publish version \(version) again"
        case .feed(let destination, let id): "give \(id) to \(destination)"
        }
    }
}

/// What the rotator does next, with the reason in words for people.
package enum Decision: Hashable, Sendable {
    case act(Action, reason: String)
    /// Nothing to do before something happens by itself; `until` where a date is known.
    case wait(String, until: Date? = nil)
    /// The rotator refuses to go on; the text says why and what an operator can do.
    case hold(String)
}

/// How far a rotation has come: a reading of the observation, for people and for `status`.
package enum Phase: String, Hashable, Sendable, Codable, CaseIterable {
    case steady, publishing, distributing, settling, observing
}
