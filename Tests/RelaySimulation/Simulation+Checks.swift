import FoundationEssentials
import Handover
import Secrets

@testable import Rotation

/// The invariants, checked at every retirement and in every state.
extension Simulation {
    /// Called before a key is deactivated or deleted.
    func checkRetirement(of key: UInt8, isDeletion: Bool, by index: Int, _ world: World) throws(Violation) {
        // An operator decided that it goes, whoever breaks.
        if world.everRevoked.contains(key) { return }
        if isDeletion, world.foreign.contains(key) { throw .foreignKeyDeleted(key: key) }
        if key == world.versions[world.versions.count - 1].new { throw .newRetired(key: key) }
        for (place, destination) in world.destinations.enumerated() where destination.key == key {
            // Past the deadline a destination that is not configured any more is waited for no longer.
            let isForgotten = time == .clock && scenario.olderDestinations && place == world.destinations.count - 1
            if !isForgotten { throw .destinationLockout(key: key) }
        }
        guard let policy = world.rotators[index].pass?.policy, policy.retirement == .acknowledged else {
            return try checkDate(of: key, isDeletion: isDeletion, by: index, world)
        }
        for (number, host) in world.hosts.enumerated()
        where [host.file, host.second].contains(key) && !world.rightlyWaived.contains(number)
            && !world.rotators[index].excused.contains(number)
        {
            if isDeletion { throw .lockout(host: number, key: key) }
            if world.broughtBackFor.contains(number) { throw .reactivationUndone(host: number, key: key) }
            // A program may put OLD back after the last check-in: nobody can know, and the grace period stands behind it.
            if scenario.budget.revert == 0 { throw .deactivatedWhileHeld(host: number, key: key) }
        }
    }

    /// Strategies that do not wait for hosts keep to their dates. The journal's dates may be a lease earlier than the deed.
    private func checkDate(of key: UInt8, isDeletion: Bool, by index: Int, _ world: World) throws(Violation) {
        guard time == .clock, let policy = world.rotators[index].pass?.policy, key == world.previousKey else { return }
        let paired: Duration = policy.retirement == .scheduled ? policy.deactivateAfter : policy.rotateAfter
        let date =
            isDeletion && policy.retirement == .scheduled
            ? world.inactiveAt[Int(key)] + policy.grace : world.pairedAt + paired
        if world.now + leaseDuration < date { throw .tooEarly(key: key) }
    }

    func isAccepted(_ key: UInt8, _ world: World) -> Bool {
        world.status[Int(key)] == .active || world.lingering.contains(key)
    }

    /// Called before a pair is published.
    func checkPublication(of ids: PublishedIDs, _ world: World) throws(Violation) {
        for id in [ids.new, ids.old].compactMap(\.self) where world.revoked.contains(World.number(of: id)) {
            throw .revokedKeyUsed(key: World.number(of: id))
        }
        for key in world.journal?.revocation?.keys ?? [] where isAccepted(World.number(of: key.id), world) {
            throw .readableByThief(new: World.number(of: ids.new), revoked: World.number(of: key.id))
        }
    }

    func check(_ world: World) throws(Violation) {
        if scenario.budget.revert == 0, scenario.budget.retire == 0, strategies == [.acknowledged] {
            for (index, host) in world.hosts.enumerated() where !world.rightlyWaived.contains(index) {
                for key in [host.file, host.second]
                where key != 0 && world.status[Int(key)] == .deleted && !world.everRevoked.contains(key) {
                    throw .lockout(host: index, key: key)
                }
            }
        }
        for rotator in world.rotators {
            guard let pass = rotator.pass, pass.policy.retirement != .nextRotation else { continue }
            let deleted = pass.actions.contains { if case .delete = $0 { true } else { false } }
            if deleted, pass.actions.contains(.create) { throw .deletedAndCreatedInOneRun }
        }
        if let journal = world.journal, journal.revocation == nil, scenario.budget.journalLost == 0,
            let key = world.revoked.first(where: world.isAlive)
        {
            throw .revokedKeyLives(key: key)
        }
        try checkReactivation(world)
    }

    /// A deactivated OLD can be brought back by one command until it is deleted.
    private func checkReactivation(_ world: World) throws(Violation) {
        guard isAtRest(world), let journal = world.journal, journal.unresolved == nil, journal.revocation == nil,
            let previous = journal.previous, world.status[Int(World.number(of: previous.id))] == .inactive
        else { return }
        let decision = Planner.decide(
            observation(.fresh, world, rotator: 0), from: snapshot(world, rotator: 0),
            policy: policy(rotator: 0, rotationsDone: world.rotationsDone), request: .reactivate)
        guard case .act(.reactivate(previous.id), _) = decision else {
            throw .cannotReactivate(key: World.number(of: previous.id))
        }
    }

    func isAtRest(_ world: World) -> Bool {
        world.rotators.allSatisfy { $0.pass == nil && !$0.deletesOwnKey } && !isLeaseRunning(world)
    }

    /// The rotation is over: steady again under another key, nothing left behind. With two keys OLD stays, by design.
    func isGoal(_ world: World) -> Bool {
        let isPaired = strategies.contains(.nextRotation) && world.rotationsDone >= scenario.rotations
        return world.rotators.allSatisfy { $0.pass == nil } && world.rotationsDone >= 1
            && world.versions[world.versions.count - 1].new == world.currentKey
            && world.status[Int(world.currentKey)] == .active && (world.aliveKeys == 1 || isPaired)
            && world.journal?.revocation == nil
            && world.destinations.allSatisfy {
                !$0.isTorn && ($0.key == world.currentKey || $0.isWriteOnly && world.isAlive($0.key))
            }
    }

    /// The search's own bounds are reached, or only a person can end it, by design: nothing follows about progress.
    func isCut(_ world: World) -> Bool {
        world.versions.count >= World.maximumVersions
            || (1...World.keyCount).allSatisfy { world.status[$0] != .neverMade }
            || strategies.contains(.acknowledged)
                && world.hosts.contains { [.inactive, .deleted].contains(world.status[Int($0.file)]) }
            || world.foreign.contains(where: world.isAlive)
            || scenario.budget.journalLost > 0 && (hasUnknownKey(world) || hasForgottenRevocation(world))
    }

    /// With the journal went the revocation: an operator must ask for it again.
    private func hasForgottenRevocation(_ world: World) -> Bool {
        world.everRevoked.subtracting(world.revoked).contains { world.status[Int($0)] == .inactive }
    }

    private func hasUnknownKey(_ world: World) -> Bool {
        (1...World.keyCount).contains { key in
            world.isAlive(UInt8(key)) && ![world.currentKey, world.previousKey].contains(UInt8(key))
                && world.journal?.unresolved?.kind != .create
        }
    }
}
