import FoundationEssentials
import Handover
import Testing

@testable import RelaySimulation
@testable import Rotation

/// Worlds along random walks, with every date spread by real durations, must behave as their canonical forms do.
@Suite("The canonical form") struct CanonicalTests {
    private struct Walk {
        let simulation: Simulation
        private(set) var world: World
        private var random: SplitMix64

        init(_ scenario: Scenario, seed: UInt64) {
            simulation = Simulation(scenario: scenario)
            world = simulation.start()
            random = SplitMix64(state: seed)
        }

        mutating func step() throws -> Bool {
            let moves = simulation.moves(of: world)
            guard !moves.isEmpty else { return false }
            let move = moves[Int.random(in: 0..<moves.count, using: &random)]
            if let next = try simulation.apply(move, to: world) { world = next }
            return true
        }

        /// The same moves, from the same world, with its dates pushed apart: order and thresholds as they are.
        func stretched() -> World {
            var world = world
            let shift = { (date: Date) in
                date >= Simulation.epoch
                    ? date : Simulation.epoch + .seconds(date.timeIntervalSince(Simulation.epoch) * 1.5)
            }
            let journal = { (journal: inout Journal) in
                if let date = journal.current?.publishedAt { journal.current?.publishedAt = shift(date) }
                journal.reactivatedAt = journal.reactivatedAt.map(shift)
                if case .inactive(let since) = journal.previous?.state {
                    let end = shift(since + Canonical.grace)
                    journal.previous?.state = .inactive(since: end - Canonical.grace)
                }
            }
            if var changed = world.journal {
                journal(&changed)
                world.journal = changed
            }
            for index in world.rotators.indices { world.rotators[index].pass?.changeJournal(journal) }
            for host in world.hosts.indices {
                for place in world.hosts[host].checkIns.indices {
                    world.hosts[host].checkIns[place].lastModified = shift(
                        world.hosts[host].checkIns[place].lastModified)
                }
            }
            return world
        }
    }

    /// What a decision does; texts and dates may differ, and how long a wait must last to become a hold.
    private func essence(_ decision: Decision) -> String {
        switch decision {
        case .act(.waive(let subject, _, _), _): "waive \(subject)"
        case .act(let action, _): "\(action)"
        case .wait, .hold: "nothing"
        }
    }

    private func decisions(_ simulation: Simulation, _ world: World) -> [String] {
        let requests: [Request] = [.proceed, .rotate, .rollback, .reactivate]
        return world.rotators.indices.flatMap { rotator in
            [Move.Look.fresh, .staleKeys, .staleParameter].flatMap { look in
                requests.map { request in
                    essence(
                        Planner.decide(
                            simulation.observation(look, world), from: simulation.snapshot(world, rotator: rotator),
                            policy: simulation.policy(rotator: rotator, rotationsDone: world.rotationsDone),
                            request: request))
                }
            }
        }
    }

    @Test(
        "is decided about like the world it stands for",
        arguments: [
            "rollback-twice", "revert-console", "everything-1", "everything-2", "journal-lost-revert", "two-rotations",
        ])
    func decidesAlike(_ name: String) throws {
        let scenario = try #require(Scenario.all.first { $0.name == name })
        var compared = 0
        var seen = Set<String>()
        for seed in 1...8 as ClosedRange<UInt64> {
            var walk = Walk(scenario, seed: seed)
            for _ in 0..<60 {
                guard try walk.step() else { break }
                let stretched = walk.stretched()
                var canonical = stretched
                Canonical.make(&canonical, walk.simulation)
                let expected = decisions(walk.simulation, stretched)
                #expect(decisions(walk.simulation, canonical) == expected, "seed \(seed): \(stretched)")
                // The form is a normal form: of the stretched world it is that of the world itself.
                #expect(canonical == walk.world, "seed \(seed): \(stretched)")
                seen.formUnion(expected)
                compared += 1
            }
        }
        #expect(compared > 200)
        #expect(seen.count > 4, "\(seen)")
    }

    @Test("made twice is made once") func idempotent() throws {
        let scenario = try #require(Scenario.all.first { $0.name == "everything-1" })
        for seed in 1...6 as ClosedRange<UInt64> {
            var walk = Walk(scenario, seed: seed)
            for _ in 0..<80 {
                guard try walk.step() else { break }
                var again = walk.world
                Canonical.make(&again, walk.simulation)
                #expect(again == walk.world, "seed \(seed): \(walk.world)")
            }
        }
    }
}
