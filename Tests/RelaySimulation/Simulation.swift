import FoundationEssentials
import Handover
import Rotation

/// The rules by which a world moves: a scenario, and which rules of the protocol are taken away.
package struct Simulation: Sendable {
    let scenario: Scenario
    let without: Set<Rule>
    let time: TimeModel

    /// Whether durations are numbers.
    enum TimeModel: Sendable {
        /// Every duration may have passed at any moment, which is the worst case for safety; worlds are made canonical,
        /// so that there are finitely many.
        case anyMoment
        /// A clock that moves by numbers, and the product's own durations.
        case clock
    }

    package init(scenario: Scenario, without: Set<Rule> = []) {
        self.init(scenario: scenario, without: without, time: .anyMoment)
    }

    init(scenario: Scenario, without: Set<Rule>, time: TimeModel) {
        self.scenario = scenario
        self.without = without
        self.time = time
    }

    func has(_ rule: Rule) -> Bool { !without.contains(rule) }

    /// The signature window of the Parameter Store and IAM at its longest.
    static let signatureWindow: Duration = .seconds(15 * 60)
    /// How long IAM and the Parameter Store may answer what was before: Terraform's bound for IAM.
    static let settling: Duration = .seconds(120)

    static let epoch = Date(timeIntervalSince1970: 1_800_000_000)

    var hostIDs: ArraySlice<HostID> { World.hostIDs.prefix(scenario.hosts) }

    var strategies: Set<Retirement> { Set(scenario.retirements.prefix(scenario.rotators)) }

    func policy(rotator: Int, rotationsDone: Int) -> Policy {
        var policy = Policy()
        policy.retirement = scenario.retirements[rotator % scenario.retirements.count]
        if time == .anyMoment {
            policy.deactivateAfter = .zero
            policy.rotateAfter = rotationsDone < scenario.rotations ? .zero : .days(100_000)
            policy.quietPeriod = .zero
            policy.grace = Canonical.grace
            policy.legacyGrace = Canonical.grace
            policy.ackDeadline = .days(100_000)
        } else if rotationsDone >= scenario.rotations {
            policy.rotateAfter = .days(100_000)
        }
        if !scenario.discoveredOnly {
            policy.hosts = Set(hostIDs)
            if scenario.olderConfiguration, rotator == 1 { policy.hosts.remove(World.hostIDs[1]) }
        }
        return policy
    }

    func start() -> World {
        var journal = Journal(user: World.user)
        let published = Self.epoch - .days(40)
        journal.current = Journal.Current(id: World.keyIDs[1], version: 1, publishedAt: published)
        for (index, id) in hostIDs.enumerated() {
            journal.hosts[id] = scenario.newborn && index == 1 ? .declared : .seen
        }
        var hosts = Array(repeating: World.Host(), count: scenario.hosts)
        for index in hosts.indices where !(scenario.newborn && index == 1) {
            hosts[index].checkIns = [
                World.CheckInObject(key: 1, version: 1, hasProblem: false, lastModified: Self.epoch - .days(1))
            ]
        }
        if scenario.twoTargets { hosts[0].second = 1 }
        var status = Array(repeating: World.Status.neverMade, count: World.keyCount + 1)
        status[1] = .active
        var world = World(
            status: status, staleStatus: status, statusChangedAt: published,
            createdAt: Array(repeating: published, count: World.keyCount + 1), publishedAt: published, journal: journal,
            journalWrittenAt: Self.epoch, hosts: hosts,
            rotators: Array(repeating: World.Rotator(), count: scenario.rotators), budget: scenario.budget,
            now: Self.epoch, pairedAt: published, attemptAt: published)
        for (index, isWriteOnly) in scenario.destinations.enumerated() {
            world.destinations.append(World.Destination(isWriteOnly: isWriteOnly))
            world.journal?.fed[World.destinationNames[index]] = World.keyIDs[1]
        }
        if time == .anyMoment { Canonical.make(&world, self) }
        return world
    }

    /// All that can happen next.
    func moves(of world: World) -> [Move] {
        var moves: [Move] = []
        for host in world.hosts.indices { hostMoves(host, world, &moves) }
        fateMoves(world, &moves)
        for rotator in world.rotators.indices { rotatorMoves(rotator, world, &moves) }
        return moves
    }

    /// The world after the move; nil where the move would leave the bounds of the search.
    func apply(_ move: Move, to world: World) throws(Violation) -> World? {
        var next = world
        let inBounds =
            switch move {
            case .rotator(let rotator, let move): try apply(move, by: rotator, &next)
            case .hostReads, .hostInstalls, .hostInstallsSecond, .hostCannotWriteSecond, .hostChecksIn,
                .hostCheckInIsDelayed, .delayedCheckInArrives, .hostCrashes:
                applyHost(move, &next)
            default: applyFate(move, &next)
            }
        guard inBounds else { return nil }
        if time == .anyMoment { Canonical.make(&next, self) }
        try check(next)
        return next
    }

    /// Whether the move injects no fault, so that a rotation must be able to end by such moves alone.
    func isFaultless(_ move: Move) -> Bool {
        switch move {
        case .rotator(_, .crash), .rotator(_, .loseAnswer), .hostCannotWriteSecond, .hostCheckInIsDelayed, .hostCrashes,
            .keyPutBack, .checkInsExpire, .personMakesKey, .personReactivates, .journalIsLost, .destinationFails,
            .destinationOverwritten:
            false
        case .rotator(_, .start(let request)): request == .proceed
        default: true
        }
    }
}
