import ArgumentParser
import RelaySimulation

/// Plays the real planner, driver and refresh decision against a small world.
struct RelaySimulationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay-simulation", abstract: "Search the relay for lock-outs.",
        subcommands: [SearchCommand.self, AblateCommand.self, SeedsCommand.self])
}

/// Every scenario, breadth-first: no violation, and from every state the rotation can end.
struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Look at every reachable state of the scenarios.")

    @Argument(help: "Only these scenarios.") var names: [String] = []
    @Flag(help: "Also the scenarios with more than a million states.") var all = false
    @Option(help: "Give a scenario up after so many states.") var limit = 40_000_000

    func run() throws {
        let scenarios = Scenario.all.filter { names.isEmpty ? all || !$0.isLarge : names.contains($0.name) }
        var tally = Tally()
        for scenario in scenarios {
            let clock = ContinuousClock()
            let begun = clock.now
            let result = Search(Simulation(scenario: scenario)).run(limit: limit)
            tally.report(
                result.isClean,
                "\(scenario.name): \(result.states) states, \((clock.now - begun).wholeSeconds)"
                    + (result.isPartial ? ", not searched to the end" : ""), [result.violation, result.stuck])
        }
        try tally.finish()
    }
}

/// Each rule of the protocol taken away once: the search must find the way to a violation, or to a rotation that never ends.
struct AblateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ablate", abstract: "Take each rule away once and see it missed.")

    @Argument(help: "Only in these scenarios.") var names: [String] = []
    @Flag(help: "Print the shortest way to each violation.") var traces = false

    func run() throws {
        var tally = Tally()
        for ablation in ablations where names.isEmpty || names.contains(ablation.scenario.name) {
            let result = Search(Simulation(scenario: ablation.scenario, without: ablation.without)).run(
                limit: 4_000_000)
            let rules = ablation.without.map(\.rawValue).sorted().joined(separator: "+")
            let found =
                result.violation?.end ?? result.stuck.map { _ in "\(result.stuckStates) states without a way out" }
            tally.report(
                !result.isClean, "\(ablation.scenario.name) without \(rules): \(found ?? "not missed")",
                traces ? [result.violation, result.stuck] : [])
        }
        try tally.finish()
    }
}

struct SeedsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seeds", abstract: "Live through random disturbances, one life a seed.")

    @Option(help: "The first seed.") var first: UInt64 = 1
    @Option(help: "How many.") var count: UInt64 = 10_000

    func run() throws {
        var tally = Tally()
        var ended = 0
        for seed in first..<first + count {
            var life = RandomRun(seed: seed)
            switch life.run() {
            case .ended: ended += 1
            case .heldForAPerson: break
            case .failed:
                var again = RandomRun(seed: seed, isTraced: true)
                guard case .failed(let failure) = again.run() else { continue }
                tally.report(
                    false, "seed \(seed). Replay: relay-simulation seeds --first \(seed) --count 1",
                    [SearchResult.Trace(steps: failure.steps, end: failure.end)])
            }
        }
        let all = Int(count)
        tally.report(
            tally.failed == 0 && (count < 100 || ended > all / 2),
            "\(all) seeds: \(ended) ended by themselves, \(all - ended - tally.failed) in a hold for a person, \(tally.failed) failed",
            [])
        try tally.finish()
    }
}

struct Tally {
    private(set) var passed = 0
    private(set) var failed = 0

    mutating func report(_ isGood: Bool, _ line: String, _ traces: [SearchResult.Trace?]) {
        if isGood { passed += 1 } else { failed += 1 }
        print(isGood ? "ok    " : "FAILED", line)
        for trace in traces.compactMap(\.self) {
            for (index, step) in trace.steps.enumerated() { print("  \(index + 1). \(step)") }
            print("  => \(trace.end)")
        }
    }

    func finish() throws {
        print("\(passed) passed, \(failed) failed")
        if failed > 0 { throw ExitCode.failure }
    }
}

extension Duration {
    var wholeSeconds: String { "\(components.seconds) s" }
}

RelaySimulationCommand.main()
