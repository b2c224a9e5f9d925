import Glibc
import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// Several rotators at work on one user.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "several rotators at once")))
struct RivalTests {
    static let sandbox = Result { try Sandbox() }

    @Test func `Six rotators at once publish one key, and the losers say so`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .steady)
        for round in 1...10 {
            let before = try #require(try await relay.published())
            let rivals = (0..<6).map { relay.start([$0 < 4 ? "rotate" : "run"]) }
            let results = rivals.map { relay.finish($0) }
            for result in results {
                relay.expect(result, [0, 75], "round \(round)")
                if result.status == 75 {
                    let told = ["is at work", "was faster", "no rotation was begun"]
                    #expect(told.contains(where: result.output.contains), "\(result.output)")
                }
            }
            #expect(results.contains { $0.status == 0 && $0.output.contains("create a key and publish it") })
            let after = try #require(try await relay.published())
            #expect(after.version == before.version + 1, "round \(round): one rotation publishes once")
            #expect(after.keys.old?.id == before.keys.new.id)
            try await relay.expectNobodyIsLockedOut("round \(round)")
            #expect(try relay.status()["phase"]?.text == "distributing")

            relay.runAgents()
            for _ in 1...2 {
                let retiring = (0..<6).map { _ in relay.start(["run"]) }
                for result in retiring.map({ relay.finish($0) }) {
                    relay.expect(result, [0, 13, 75], "round \(round)")
                }
                try await relay.expectNobodyIsLockedOut("round \(round)")
                try await relay.forward(3)
                relay.runAgents()
            }
            try await relay.converge("round \(round)")
        }
    }

    /// Where a rotator is stopped in the middle of a rotation.
    static let places: [(operation: String, resource: String?, skip: Int)] = [
        ("PutObject", FaultCase.state, 0), ("CreateAccessKey", nil, 0), ("PutObject", FaultCase.state, 1),
        ("PutParameter", nil, 0),
    ]

    @Test func `What a rotator sends after its lease is refused by AWS`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        var stage = Relay.Stage.unmanaged
        for (operation, resource, skip) in Self.places {
            try await relay.lead(from: stage, to: .steady)
            stage = .steady
            let place: Comment = "stopped at \(operation) after \(skip)"
            let sleeper = try await relay.startUntil(
                ["rotate"], operation: operation, resource: resource, skip: skip, seconds: 3)
            sleeper.signal(SIGSTOP)
            let early = relay.keybaton("run")
            #expect(early.status == 75, "\(early.output)")
            try await relay.forward(Relay.afterLease)
            // Somebody else rotates; two runs, because a run that deletes what the sleeper made creates nothing.
            relay.expect(relay.keybaton("run"), [0])
            if try await relay.keys().count == 1 { relay.expect(relay.keybaton("rotate"), [0]) }
            let published = try await relay.published()
            let keys = try await relay.keys()
            let seen = try await relay.sandbox.requests().last?.number ?? 0

            sleeper.signal(SIGCONT)
            let late = relay.finish(sleeper)
            #expect([69, 75].contains(late.status), "\(place): \(late.status) \(late.output)")
            #expect(try await relay.published()?.version == published?.version, place)
            #expect(try await relay.keys() == keys, place)
            let changes = try await relay.sandbox.requests(after: seen).filter {
                ["CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey", "PutParameter"].contains($0.operation)
            }
            #expect(changes.allSatisfy { $0.status != 200 }, "\(place): \(changes)")
            try await relay.expectNobodyIsLockedOut(place)
            try await relay.converge(place)
        }
    }
}
