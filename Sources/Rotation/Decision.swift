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
    /// Make a leaked key useless, whoever breaks. A course is needed only for a NEW beside which OLD lives.
    case revoke(AccessKeyID, course: RevocationCourse? = nil, reason: String, by: String)
    /// Expect a host no longer, until it checks in again.
    case retire(HostID, reason: String, by: String)
}

extension Request {
    /// Whether a run that did this has begun what was asked for.
    package func isMet(by actions: [Action]) -> Bool {
        switch self {
        case .proceed: true
        case .rotate: actions.contains(.create)
        case .rollback: actions.contains { if case .rollback = $0 { true } else { false } }
        case .reactivate: actions.contains { if case .reactivate = $0 { true } else { false } }
        case .adopt, .waive, .revoke, .retire: actions.contains { $0.fulfils(self) }
        }
    }
}

/// What becomes of a living OLD when NEW has leaked: IAM allows no third key.
package enum RevocationCourse: String, Hashable, Sendable, CaseIterable {
    /// OLD is published as NEW again. Whoever held NEW could read OLD in the parameter.
    case fallBack = "fall-back"
    /// OLD goes as well, and a key that nobody could read is made.
    case makeRoom = "make-room"
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
    case retire([HostID], reason: String, by: String)
    /// Names the keys that are revoked from now on: until they are gone nothing else is done.
    case beginRevocation([AccessKeyID], reason: String, by: String)
    case endRevocation
    // Outside, each under a lease
    case create
    case deactivate(AccessKeyID)
    case delete(AccessKeyID)
    /// Deletes a key that was made and never published: its secret is lost.
    case deleteUnpublished(AccessKeyID)
    case reactivate(AccessKeyID)
    case rollback(to: AccessKeyID)
    case deactivateRevoked(AccessKeyID)
    /// Waits until AWS refuses the key: before that its holder could read what is published next.
    case proveDead(AccessKeyID)
    case deleteRevoked(AccessKeyID)
    /// Publishes again what the parameter's version says, after somebody overwrote it.
    case republish(version: Int)
    case feed(destination: String, AccessKeyID)

    /// Whether the action is nothing but one write of the journal.
    package var isBookkeeping: Bool {
        switch self {
        case .rebuildJournal, .beginJournal, .enrol, .adopt, .clearUnresolved, .recordDeactivation,
            .recordReactivation, .waive, .retire, .beginRevocation, .endRevocation:
            true
        case .create, .deactivate, .delete, .deleteUnpublished, .reactivate, .rollback, .deactivateRevoked, .proveDead,
            .deleteRevoked, .republish, .feed:
            false
        }
    }

    /// Whether the action makes, changes or deletes a key in IAM: a run does this once at the most, but for a
    /// revocation and for the pair of a deletion and a creation with which the two-key strategy begins a rotation.
    package var changesKeys: Bool {
        switch self {
        case .create, .deactivate, .delete, .deleteUnpublished, .reactivate, .rollback, .deactivateRevoked,
            .deleteRevoked:
            true
        case .rebuildJournal, .beginJournal, .enrol, .adopt, .clearUnresolved, .recordDeactivation,
            .recordReactivation, .waive, .retire, .beginRevocation, .endRevocation, .proveDead, .republish, .feed:
            false
        }
    }

    /// Whether the action is a step of a revocation only.
    package var isRevocation: Bool {
        switch self {
        case .beginRevocation, .endRevocation, .deactivateRevoked, .proveDead, .deleteRevoked: true
        default: false
        }
    }
}

extension Action {
    /// Whether the action is all that the request asks for.
    func fulfils(_ request: Request) -> Bool {
        switch (self, request) {
        case (.waive, .waive), (.rebuildJournal, .adopt), (.retire, .retire), (.beginRevocation, .revoke): true
        default: false
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
        case .retire(let hosts, let reason, let by): "retire \(list(hosts)) (\(by): \(reason))"
        case .beginRevocation(let ids, let reason, let by): "revoke \(list(ids)) (\(by): \(reason))"
        case .endRevocation: "record that every revoked key is gone"
        case .create: "create a key and publish it"
        case .deactivate(let id): "deactivate \(id)"
        case .delete(let id): "delete \(id)"
        case .deleteUnpublished(let id): "delete \(id), which was never published"
        case .reactivate(let id): "reactivate \(id)"
        case .rollback(let id): "roll back to \(id)"
        case .deactivateRevoked(let id): "deactivate \(id), which is revoked"
        case .proveDead(let id): "wait until AWS refuses \(id)"
        case .deleteRevoked(let id): "delete \(id), which is revoked"
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
