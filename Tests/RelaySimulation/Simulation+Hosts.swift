import FoundationEssentials
import Handover
import Refresher

@testable import Rotation

/// Hosts: the agent's run in steps, decided by the product's refresh decision.
extension Simulation {
    func hostMoves(_ index: Int, _ world: World, _ moves: inout [Move]) {
        let host = world.hosts[index]
        switch host.step {
        case .asleep: if works(host, world) { moves.append(.hostReads(index)) }
        case .hasRead: moves.append(.hostInstalls(index))
        case .installedFirst:
            moves.append(.hostInstallsSecond(index))
            if world.budget.unwritable > 0 { moves.append(.hostCannotWriteSecond(index)) }
        case .mustCheckIn:
            moves.append(.hostChecksIn(index))
            if world.budget.delay > 0, host.delayed == nil, works(host, world) {
                moves.append(.hostCheckInIsDelayed(index))
            }
        }
        if let delayed = host.delayed, world.status[Int(delayed.key)] == .active {
            moves.append(.delayedCheckInArrives(index))
        }
        if host.step != .asleep, world.budget.hostCrash > 0 { moves.append(.hostCrashes(index)) }
        // A shell script never says that its key has changed back: for its host the grace period alone counts.
        let isScript = scenario.legacyHost && index == 1
        if world.budget.revert > 0, host.step == .asleep, !isScript, !isGraceOver(world) {
            let known = [world.previousKey, world.versions[world.versions.count - 1].old]
            for key in 1..<max(host.newestEverHeld, 1)
            where key != host.file && known.contains(key) && world.isAlive(key) && !isBeingDeleted(key, world) {
                moves.append(.keyPutBack(index, key: key))
            }
        }
        if world.budget.expire > 0, !host.checkIns.isEmpty { moves.append(.checkInsExpire(index)) }
    }

    /// Whether a key in one of the host's targets is accepted.
    private func works(_ host: World.Host, _ world: World) -> Bool {
        world.status[Int(host.file)] == .active || host.second != 0 && world.status[Int(host.second)] == .active
    }

    private func isGraceOver(_ world: World) -> Bool {
        guard case .inactive(let since) = world.journal?.previous?.state else { return false }
        return world.now >= since + policy(rotator: 0, rotationsDone: 0).grace
    }

    /// A program that puts OLD back after the last check-in before its deletion cannot be helped: a stated residual risk.
    private func isBeingDeleted(_ key: UInt8, _ world: World) -> Bool {
        world.rotators.contains { rotator in
            if case .acting(.simple(.delete(World.keyIDs[Int(key)])), _) = rotator.pass?.stage { true } else { false }
        }
    }

    func applyHost(_ move: Move, _ world: inout World) -> Bool {
        switch move {
        case .hostReads(let index):
            if time == .clock { world.lastUsedAt[Int(world.hosts[index].file)] = world.now }
            world.hosts[index].step = .hasRead
            world.hosts[index].readVersion = world.versions.count
        case .hostInstalls(let index): install(index, &world)
        case .hostInstallsSecond(let index):
            world.hosts[index].second = world.versions[world.hosts[index].readVersion - 1].new
            world.hosts[index].step = .mustCheckIn
        case .hostCannotWriteSecond(let index):
            world.budget.unwritable -= 1
            world.hosts[index].step = .mustCheckIn
        case .hostChecksIn(let index):
            if works(world.hosts[index], world) {
                record(checkIn(of: index, world), of: index, &world)
            }
            endRun(index, &world)
        case .hostCheckInIsDelayed(let index):
            world.budget.delay -= 1
            world.hosts[index].delayed = checkIn(of: index, world)
            endRun(index, &world)
        case .delayedCheckInArrives(let index):
            if var delayed = world.hosts[index].delayed {
                delayed.lastModified = world.now
                record(delayed, of: index, &world)
            }
            world.hosts[index].delayed = nil
        case .hostCrashes(let index):
            world.budget.hostCrash -= 1
            endRun(index, &world)
        default: return false
        }
        return true
    }

    private func endRun(_ index: Int, _ world: inout World) {
        world.hosts[index].step = .asleep
        world.hosts[index].readVersion = 0
    }

    /// Proves NEW and installs it in the first target, if the product's decision says so.
    private func install(_ index: Int, _ world: inout World) {
        let host = world.hosts[index]
        let published = world.versions[host.readVersion - 1]
        let decision = decision(for: host, published, world)
        let newWorks = world.status[Int(published.new)] == .active && isKnown(published.new, world)
        let mayInstall = newWorks && (decision.installNotBefore ?? .distantPast) <= world.now
        world.hosts[index].step = .mustCheckIn
        if mayInstall, decision.steps[0] == .install {
            world.hosts[index].file = published.new
            world.hosts[index].newestEverHeld = max(host.newestEverHeld, published.new)
        } else if scenario.legacyHost, index == 1 {
            endRun(index, &world)  // the script acknowledges a change, never a state
        }
        if mayInstall, decision.steps.count > 1, decision.steps[1] == .install {
            world.hosts[index].step = .installedFirst
        }
    }

    private func decision(for host: World.Host, _ published: World.Pair, _ world: World) -> RefreshDecision {
        let earlier = world.versions.prefix(host.readVersion).flatMap { [$0.new, $0.old] }.filter { $0 != 0 }
        return RefreshDecision(
            targets: targets(of: host), published: world.ids(published),
            earlier: Set(earlier.map { World.keyIDs[Int($0)] }),
            publishedAt: time == .clock ? world.createdAt[Int(published.new)] : nil, adoptAfter: .seconds(60),
            replacesUnknownKeys: false)
    }

    private func targets(of host: World.Host) -> [TargetState] {
        [host.file, host.second].filter { $0 != 0 }.map { .key(World.keyIDs[Int($0)]) }
    }

    private func checkIn(of index: Int, _ world: World) -> World.CheckInObject {
        let host = world.hosts[index]
        let published = world.ids(world.versions[host.readVersion - 1])
        let worst =
            has(.worst)
            ? RefreshDecision.worst(of: targets(of: host), published: published) : World.keyIDs[Int(host.file)]
        return World.CheckInObject(
            key: worst.map(World.number) ?? host.file, version: host.readVersion,
            hasProblem: has(.worst) && targets(of: host).contains { $0 != .key(published.new) },
            lastModified: world.now, isAfterDeactivation: !has(.graceend) && isDeactivated(world))
    }

    private func isDeactivated(_ world: World) -> Bool {
        if case .inactive = world.journal?.previous?.state { true } else { false }
    }

    private func record(_ checkIn: World.CheckInObject, of index: Int, _ world: inout World) {
        world.hosts[index].checkIns.removeAll { $0.key == checkIn.key }
        world.hosts[index].checkIns.append(checkIn)
        world.broughtBackFor.remove(index)
        world.retired.remove(index)
    }
}
