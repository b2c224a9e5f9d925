import Rotation

/// One random life of a world whose time is a number, with the product's own durations: disturbances for a while, then peace,
/// in which the rotation must come to its end. The seed decides everything.
package struct RandomRun {
    package struct Failure: Sendable {
        package var seed: UInt64
        package var steps: [String]
        package var end: String
    }

    package enum Result: Sendable {
        /// The rotation ended.
        case ended
        /// It ended in a hold that only a person can end, by design.
        case heldForAPerson
        case failed(Failure)
    }

    private let seed: UInt64
    private let simulation: Simulation
    private var random: SplitMix64
    private var world: World
    private var steps: [String] = []
    private let isTraced: Bool

    private static let disturbedSteps = 300
    private static let peacefulDays = 120

    /// - Parameter isTraced: whether to keep every step in words, which is slow: failing seeds are run again with it.
    package init(seed: UInt64, without: Set<Rule> = [], isTraced: Bool = false) {
        self.seed = seed
        self.isTraced = isTraced
        random = SplitMix64(state: seed)
        var scenario = Scenario("random", rotators: Int.random(in: 1...2, using: &random), Self.budget(&random))
        scenario.retirements = [Self.retirement(&random), Self.retirement(&random)]
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            scenario.destinations.append(Bool.random(using: &random))
        }
        scenario.olderDestinations = Int.random(in: 0..<4, using: &random) == 0
        scenario.twoTargets = Bool.random(using: &random)
        scenario.legacyHost = Int.random(in: 0..<4, using: &random) == 0
        scenario.newborn = !scenario.legacyHost && Int.random(in: 0..<4, using: &random) == 0
        scenario.olderConfiguration = Bool.random(using: &random)
        simulation = Simulation(scenario: scenario, without: without, time: .clock)
        world = simulation.start()
    }

    private static func retirement(_ random: inout SplitMix64) -> Retirement {
        [.acknowledged, .acknowledged, .acknowledged, .scheduled, .nextRotation][Int.random(in: 0..<5, using: &random)]
    }

    private static func budget(_ random: inout SplitMix64) -> Budget {
        func some(_ limit: UInt8) -> UInt8 { UInt8.random(in: 0...limit, using: &random) }
        return Budget(
            crash: some(4), hostCrash: some(4), lost: some(3), revert: some(3) / 3, operation: some(3), delay: some(2),
            foreign: some(5) / 5, console: some(2), expire: some(2), waive: some(2), stale: some(1),
            journalLost: some(4) / 4, unwritable: some(2), outage: some(4), overwrite: some(2), revoke: some(4) / 4,
            retire: some(4) / 4)
    }

    package mutating func run() -> Result {
        do throws(Violation) {
            for _ in 0..<Self.disturbedSteps { try disturb() }
            world.budget = Budget()
            for index in world.destinations.indices { world.destinations[index].isFailing = false }
            for day in 0..<Self.peacefulDays where !simulation.isGoal(world) { try liveInPeace(day) }
        } catch {
            return .failed(Failure(seed: seed, steps: steps, end: "\(error)"))
        }
        if simulation.isGoal(world) { return .ended }
        if simulation.isCut(world) || needsWaiver { return .heldForAPerson }
        return .failed(Failure(seed: seed, steps: steps, end: "the rotation does not end: \(world)"))
    }

    /// After a roll-back and forth, a script that still has the right key will never say so again.
    private var needsWaiver: Bool {
        simulation.scenario.legacyHost && world.hosts[1].file == world.currentKey
    }

    private mutating func disturb() throws(Violation) {
        let pauses = [1, 20, 90, 11 * 60, 21 * 60, 6 * 3600, 86_400, 4 * 86_400]
        let moves = simulation.moves(of: world)
        // Twice as often as any single other thing, time passes; mostly a little.
        let choice = Int.random(in: 0..<moves.count + 2, using: &random)
        if choice < moves.count {
            try apply(moves[choice])
        } else {
            let limit = Int.random(in: 1...pauses.count, using: &random)
            try apply(.timePasses(seconds: pauses[Int.random(in: 0..<limit, using: &random)]))
        }
    }

    /// Each host's agent and the first rotator run to their ends, a few times a day.
    private mutating func liveInPeace(_ day: Int) throws(Violation) {
        for _ in 0..<4 {
            for host in world.hosts.indices { try finish { move in Self.host(of: move) == host } }
            for rotator in world.rotators.indices {
                try finish { move in
                    if case .rotator(rotator, .start(.proceed)) = move { return true }
                    if case .rotator(rotator, .perform(.fresh)) = move { return true }
                    return false
                }
            }
            try apply(.timePasses(seconds: 6 * 3600))
        }
    }

    private static func host(of move: Move) -> Int? {
        switch move {
        case .hostReads(let host), .hostInstalls(let host), .hostInstallsSecond(let host), .hostChecksIn(let host),
            .delayedCheckInArrives(let host):
            host
        default: nil
        }
    }

    /// Takes the matching moves until there is none, and at most one whole run's worth.
    private mutating func finish(_ matches: (Move) -> Bool) throws(Violation) {
        var isFirst = true
        for _ in 0..<40 {
            guard let move = simulation.moves(of: world).first(where: matches) else { return }
            if !isFirst, case .hostReads = move { return }
            if !isFirst, case .rotator(_, .start) = move { return }
            isFirst = false
            try apply(move)
        }
    }

    private mutating func apply(_ move: Move) throws(Violation) {
        if isTraced { steps.append(simulation.describe(move, in: world)) }
        if let next = try simulation.apply(move, to: world) { world = next }
    }
}

/// https://prng.di.unimi.it/splitmix64.c: small, fast, and the same everywhere.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
