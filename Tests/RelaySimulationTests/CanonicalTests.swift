import FoundationEssentials
import Handover
import Testing

@testable import RelaySimulation
@testable import Rotation

/// Worlds along random walks, never made canonical and with real pauses between their steps, must be decided about as
/// their canonical forms are.
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

        mutating func step() throws {
            let moves = simulation.moves(of: world)
            let move = moves[Int.random(in: 0..<moves.count, using: &random)]
            var next = world
            let isInBounds =
                switch move {
                case .rotator(let rotator, let move): try simulation.apply(move, by: rotator, &next)
                case .hostReads, .hostInstalls, .hostInstallsSecond, .hostCannotWriteSecond, .hostChecksIn,
                    .hostCheckInIsDelayed, .delayedCheckInArrives, .hostCrashes:
                    simulation.applyHost(move, &next)
                default: simulation.applyFate(move, &next)
                }
            guard isInBounds else { return }
            world = next
            let pause: Duration = .seconds(Int.random(in: 1...90, using: &random))
            world.age(by: move == .leaseRunsOut ? leaseDuration + pause : pause)
        }
    }

    /// What a decision does; texts and dates may differ, and how long a wait must last to become a hold.
    private func essence(_ decision: Decision) -> String {
        switch decision {
        case .act(.waive(let subject, _, _), _): "waive \(subject)"
        case .act(.beginRevocation(let ids, _, _), _): "revoke \(ids)"
        case .act(let action, _): "\(action)"
        case .wait, .hold: "nothing"
        }
    }

    private func decisions(_ simulation: Simulation, _ world: World) -> [String] {
        let requests: [Request] =
            [.proceed, .rotate, .rollback, .reactivate]
            + RevocationCourse.allCases.map { .revoke(World.keyIDs[2], course: $0, reason: "", by: "") }
        return world.rotators.indices.flatMap { rotator in
            [Move.Look.fresh, .staleKeys, .staleParameter].flatMap { look in
                requests.map { request in
                    essence(
                        Planner.decide(
                            simulation.observation(look, world, rotator: rotator),
                            from: simulation.snapshot(world, rotator: rotator),
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
            "destinations-rollback", "scheduled-or-next-rotation", "revoke-everything", "retire-host-delayed",
        ])
    func decidesAlike(_ name: String) throws {
        let scenario = try #require(Scenario.all.first { $0.name == name })
        var compared = 0
        var seen = Set<String>()
        for seed in 1...5 as ClosedRange<UInt64> {
            var walk = Walk(scenario, seed: seed)
            for _ in 0..<120 {
                try walk.step()
                var canonical = walk.world
                Canonical.make(&canonical, walk.simulation)
                // The worst case, by design: any key may be the one that an unfinished attempt made.
                var raw = walk.world
                if let since = raw.journal?.unresolved?.since { raw.createdAt = raw.createdAt.map { _ in since } }
                let expected = decisions(walk.simulation, raw)
                #expect(decisions(walk.simulation, canonical) == expected, "seed \(seed): \(walk.world)")
                seen.formUnion(expected)
                compared += 1
            }
        }
        #expect(compared == 5 * 120)
        #expect(seen.count > 4, "\(seen)")
    }

    @Test("made twice is made once") func idempotent() throws {
        let scenario = try #require(Scenario.all.first { $0.name == "everything-1" })
        for seed in 1...6 as ClosedRange<UInt64> {
            var walk = Walk(scenario, seed: seed)
            for _ in 0..<80 {
                try walk.step()
                var once = walk.world
                Canonical.make(&once, walk.simulation)
                var twice = once
                Canonical.make(&twice, walk.simulation)
                #expect(twice == once, "seed \(seed): \(walk.world)")
            }
        }
    }
}

extension World {
    /// Lets time pass, by making all that has happened older: `now` stays where canonical worlds have it.
    fileprivate mutating func age(by pause: Duration) {
        let aged = { (journal: inout Journal) in
            if let date = journal.current?.publishedAt { journal.current?.publishedAt = date - pause }
            if let date = journal.unresolved?.since { journal.unresolved?.since = date - pause }
            journal.reactivatedAt = journal.reactivatedAt.map { $0 - pause }
            journal.retiredHosts = journal.retiredHosts.mapValues { $0 - pause }
            for index in journal.revocation?.keys.indices ?? 0..<0 {
                if let since = journal.revocation?.keys[index].since {
                    journal.revocation?.keys[index].since = since - pause
                }
            }
            if case .inactive(let since) = journal.previous?.state {
                journal.previous?.state = .inactive(since: since - pause)
            }
        }
        if var changed = journal {
            aged(&changed)
            journal = changed
        }
        journalWrittenAt = journalWrittenAt - pause
        statusChangedAt = statusChangedAt - pause
        publishedAt = publishedAt - pause
        for key in createdAt.indices { createdAt[key] = createdAt[key] - pause }
        for host in hosts.indices {
            for place in hosts[host].checkIns.indices {
                hosts[host].checkIns[place].lastModified = hosts[host].checkIns[place].lastModified - pause
            }
        }
        for index in rotators.indices {
            rotators[index].wroteAt = rotators[index].wroteAt.map { $0 - pause }
            rotators[index].pass?.changeJournal(aged)
            switch rotators[index].pass?.stage {
            case .observing(var snapshot):
                snapshot.now = snapshot.now - pause
                snapshot.lastModified = snapshot.lastModified.map { $0 - pause }
                rotators[index].pass?.stage = .observing(snapshot)
            case .acting(let step, var held):
                held.signedAt = held.signedAt - pause
                rotators[index].pass?.stage = .acting(step, held)
            default: break
            }
        }
    }
}
