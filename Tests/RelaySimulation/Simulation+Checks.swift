import Handover

@testable import Rotation

/// The invariants, checked at every retirement and in every state.
extension Simulation {
    /// Called before a key is deactivated or deleted.
    func checkRetirement(of key: UInt8, isDeletion: Bool, _ world: World) throws(Violation) {
        if isDeletion, world.foreign.contains(key) { throw .foreignKeyDeleted(key: key) }
        if isDeletion, world.destination == key { throw .destinationLockout(key: key) }
        for (index, host) in world.hosts.enumerated()
        where [host.file, host.second].contains(key) && !world.rightlyWaived.contains(index) {
            if isDeletion { throw .lockout(host: index, key: key) }
            if world.broughtBackFor.contains(index) { throw .reactivationUndone(host: index, key: key) }
            // A program may put OLD back after the last check-in: nobody can know, and the grace period stands behind it.
            if scenario.budget.revert == 0 { throw .deactivatedWhileHeld(host: index, key: key) }
        }
    }

    func check(_ world: World) throws(Violation) {
        for (index, host) in world.hosts.enumerated()
        where !world.rightlyWaived.contains(index) && scenario.budget.revert == 0 {
            for key in [host.file, host.second] where key != 0 && world.status[Int(key)] == .deleted {
                throw .lockout(host: index, key: key)
            }
        }
        for rotator in world.rotators {
            guard let actions = rotator.pass?.actions else { continue }
            let deleted = actions.contains { if case .delete = $0 { true } else { false } }
            if deleted, actions.contains(.create) { throw .deletedAndCreatedInOneRun }
        }
        try checkReactivation(world)
    }

    /// A deactivated OLD can be brought back by one command until it is deleted.
    private func checkReactivation(_ world: World) throws(Violation) {
        guard isAtRest(world), let journal = world.journal, journal.unresolved == nil, let previous = journal.previous,
            world.status[Int(World.number(of: previous.id))] == .inactive
        else { return }
        let decision = Planner.decide(
            observation(.fresh, world), from: snapshot(world, rotator: 0),
            policy: policy(rotator: 0, rotationsDone: world.rotationsDone), request: .reactivate)
        guard case .act(.reactivate(previous.id), _) = decision else {
            throw .cannotReactivate(key: World.number(of: previous.id))
        }
    }

    func isAtRest(_ world: World) -> Bool {
        world.rotators.allSatisfy { $0.pass == nil && !$0.deletesOwnKey } && !isLeaseRunning(world)
    }

    /// The rotation is over: steady again under another key, nothing left behind.
    func isGoal(_ world: World) -> Bool {
        world.rotators.allSatisfy { $0.pass == nil } && world.rotationsDone >= 1
            && world.versions[world.versions.count - 1].new == world.currentKey
            && world.status[Int(world.currentKey)] == .active && world.aliveKeys == 1
    }

    /// The search's own bounds are reached, or only a person can end it, by design: nothing follows about progress.
    func isCut(_ world: World) -> Bool {
        world.versions.count >= World.maximumVersions
            || (1...World.keyCount).allSatisfy { world.status[$0] != .neverMade }
            || world.hosts.contains { [.inactive, .deleted].contains(world.status[Int($0.file)]) }
            || world.foreign.contains(where: world.isAlive)
            || scenario.budget.journalLost > 0 && hasUnknownKey(world)
    }

    private func hasUnknownKey(_ world: World) -> Bool {
        (1...World.keyCount).contains { key in
            world.isAlive(UInt8(key)) && ![world.currentKey, world.previousKey].contains(UInt8(key))
                && world.journal?.unresolved?.kind != .create
        }
    }
}
