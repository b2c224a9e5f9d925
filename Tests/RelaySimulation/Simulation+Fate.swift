import FoundationEssentials
import Handover
import Rotation

/// People, other programs, lifecycle rules and time.
extension Simulation {
    func fateMoves(_ world: World, _ moves: inout [Move]) {
        if world.budget.foreign > 0, world.firstUnmadeKey != nil, world.aliveKeys < 2 { moves.append(.personMakesKey) }
        let previous = world.previousKey
        if world.budget.console > 0, previous != 0, world.status[Int(previous)] == .inactive {
            moves.append(.personReactivates(previous))
        }
        if world.budget.journalLost > 0, world.journal != nil { moves.append(.journalIsLost) }
        for (index, destination) in world.destinations.enumerated() {
            if destination.isFailing {
                moves.append(.destinationRecovers(index))
            } else if world.budget.outage > 0 {
                moves.append(.destinationFails(index))
            }
            // What happens between a look and the deed that follows it cannot be helped: a stated residual risk.
            if world.budget.overwrite > 0, previous != 0, world.isAlive(previous), destination.key != previous,
                world.rotators.allSatisfy({ $0.pass == nil }), !isLeaseRunning(world)
            {
                moves.append(.destinationOverwritten(index, key: previous))
            }
        }
        for key in world.lingering.sorted() { moves.append(.keyDies(key)) }
        guard time == .anyMoment else { return }
        let isRecent = world.now < world.journalWrittenAt + leaseDuration
        let isRevoking = world.journal?.revocation?.keys.contains { world.now < $0.since + leaseDuration } ?? false
        if isRecent && (world.journal?.lease != nil || world.journal?.previous?.state == .deactivating) || isRevoking {
            moves.append(.leaseRunsOut)
        }
        if case .inactive(let since) = world.journal?.previous?.state,
            world.now < since + Canonical.grace
        {
            moves.append(.graceEnds)
        }
        if world.budget.stale > 0, world.staleVersion != world.versions.count || world.staleStatus != world.status {
            moves.append(.everythingSettles)
        }
    }

    func isLeaseRunning(_ world: World) -> Bool {
        world.journal?.lease != nil && world.now < world.journalWrittenAt + leaseDuration
    }

    func applyFate(_ move: Move, _ world: inout World) -> Bool {
        switch move {
        case .keyPutBack(let host, let key):
            world.budget.revert -= 1
            world.hosts[host].file = key
        case .checkInsExpire(let host):
            world.budget.expire -= 1
            world.hosts[host].checkIns = []
        case .personMakesKey:
            guard let key = world.firstUnmadeKey else { return false }
            world.budget.foreign -= 1
            world.setStatus(key, .active)
            world.createdAt[Int(key)] = world.now
            world.foreign.insert(key)
        case .personReactivates(let key):
            world.budget.console -= 1
            bringBack(key, &world)
        case .leaseRunsOut:
            world.journalWrittenAt = world.now - leaseDuration - leaseDuration
            for index in world.rotators.indices where world.rotators[index].wroteAt != nil {
                world.rotators[index].wroteAt = world.now - leaseDuration - leaseDuration
            }
            if time == .anyMoment { Canonical.ageRevocation(&world) }
            if has(.settle) { everythingSettles(&world) }
        case .journalIsLost:
            world.budget.journalLost -= 1
            world.journal = nil
            world.journalETag += 1
            world.broughtBackFor = []
            world.rightlyWaived = []
            // Nobody knows of a revocation any more, nor of who was retired: an operator must ask again.
            world.revoked = []
            world.lingering = []
            world.retired = []
        case .destinationFails(let index):
            world.budget.outage -= 1
            world.destinations[index].isFailing = true
        case .destinationRecovers(let index): world.destinations[index].isFailing = false
        case .destinationOverwritten(let index, let key):
            world.budget.overwrite -= 1
            world.destinations[index].key = key
            world.destinations[index].isTorn = false
        case .keyDies(let key): world.lingering.remove(key)
        case .graceEnds:
            Canonical.endGrace(&world)
        case .everythingSettles: everythingSettles(&world)
        case .timePasses(let seconds):
            world.now = world.now + .seconds(seconds)
            world.lingering = []
        default: return false
        }
        return true
    }

    func bringBack(_ key: UInt8, _ world: inout World) {
        world.setStatus(key, .active)
        world.lingering.remove(key)
        world.pairedAt = world.now
        for host in world.hosts.indices where world.hosts[host].file == key { world.broughtBackFor.insert(host) }
    }

    private func everythingSettles(_ world: inout World) {
        world.staleStatus = world.status
        world.staleVersion = world.versions.count
    }

    /// Whether all of AWS knows that the key exists.
    func isKnown(_ key: UInt8, _ world: World) -> Bool {
        time == .anyMoment || world.now >= world.createdAt[Int(key)] + .seconds(10)
    }
}
