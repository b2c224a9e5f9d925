import Testing

@testable import RelaySimulation

@Suite("The search of the relay") struct SearchTests {
    private func scenario(_ name: String) throws -> Scenario {
        try #require(Scenario.all.first { $0.name == name })
    }

    private func expectClean(_ scenario: Scenario, _ location: SourceLocation = #_sourceLocation) {
        let result = Search(Simulation(scenario: scenario)).run(limit: 20_000)
        #expect(result.violation?.end == nil, sourceLocation: location)
        #expect(result.stuckStates == 0, sourceLocation: location)
        #expect(!result.isPartial, sourceLocation: location)
        #expect(result.states > 100, sourceLocation: location)
    }

    @Test("a rotation without faults: no violation, and a way to the end from every state") func faultless() {
        expectClean(Scenario("faultless", Budget()))
    }

    @Test("a crash beside a host with a shell script: the same") func legacyHost() throws {
        expectClean(try scenario("legacy-host"))
    }

    @Test("a rule taken away is missed, with the shortest way to the violation") func ablation() throws {
        let simulation = Simulation(scenario: try scenario("lost-reply"), without: [.own412, .nodelown])
        let violation = try #require(Search(simulation).run(limit: 20_000, checksProgress: false).violation)
        #expect(violation.end.hasPrefix("invariant 4"))
        #expect(violation.steps.count == 9, "\(violation.steps)")
    }

    @Test("a rotation that would hang for ever is seen as states without a way out") func stuck() throws {
        let simulation = Simulation(scenario: try scenario("legacy-host"), without: [.legacy])
        let result = Search(simulation).run(limit: 20_000)
        #expect(result.violation?.end == nil)
        #expect(result.stuckStates > 0)
        #expect(result.stuck?.steps.isEmpty == false)
    }

    @Test("a search that was stopped says so") func partial() throws {
        let result = Search(Simulation(scenario: try scenario("two-rotators"))).run(limit: 200)
        #expect(result.isPartial)
        #expect(result.states > 200)
    }

    @Test("every ablation names a scenario, and every scenario a name of its own") func names() {
        #expect(Set(Scenario.all.map(\.name)).count == Scenario.all.count)
        #expect(ablations.count > 20)
        #expect(Set(ablations.flatMap(\.without)) == Set(Rule.allCases))
    }
}

@Suite("Random lives") struct RandomRunTests {
    @Test("end well", arguments: [1, 2, 3, 5, 8, 13, 21, 34] as [UInt64])
    func endWell(seed: UInt64) {
        var life = RandomRun(seed: seed)
        if case .failed(let failure) = life.run() { Issue.record("seed \(seed): \(failure.end)") }
    }

    @Test("are the same for the same seed") func deterministic() {
        func outcome(_ seed: UInt64, _ isTraced: Bool) -> String {
            var life = RandomRun(seed: seed, without: Set(Rule.allCases), isTraced: isTraced)
            return switch life.run() {
            case .ended: "ended"
            case .heldForAPerson: "held"
            case .failed(let failure): failure.end
            }
        }
        for seed in 1...5 as ClosedRange<UInt64> { #expect(outcome(seed, false) == outcome(seed, true)) }
    }

    @Test("meet a violation when the rules are off") func bites() {
        let failures = (1...12 as ClosedRange<UInt64>).count { seed in
            var life = RandomRun(seed: seed, without: [.fence, .settle, .keepint, .usedchk, .own412, .nodelown])
            if case .failed = life.run() { return true }
            return false
        }
        #expect(failures > 0)
    }

    /// The reference's first outputs of the state 0. https://prng.di.unimi.it/splitmix64.c
    @Test func generatorGivesTheKnownValues() {
        var generator = SplitMix64(state: 0)
        #expect(generator.next() == 0xe220_a839_7b1d_cdaf)
        #expect(generator.next() == 0x6e78_9e6a_a1b9_65f4)
        #expect(generator.next() == 0x06c4_5d18_8009_454f)
    }
}
