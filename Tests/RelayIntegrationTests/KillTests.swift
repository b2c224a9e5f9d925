import Glibc
import HostTestSupport
import SandboxSupport
import Testing

/// `kill -9` of the rotator after each of its changes took effect and before it learnt of it. Killed during a read it
/// leaves what the change before that read has left, so that no request is missing here.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "kill -9 of the rotator")))
struct KillTests {
    static let sandbox = Result { try Sandbox() }

    static let cases: [FaultCase] =
        (0..<3).map { journalWrite(.steady, "rotate", $0) }
        + ["CreateAccessKey", "PutParameter"].map { change(.steady, "rotate", $0) }
        + (0..<3).map { journalWrite(.acknowledged, "run", $0) } + [change(.acknowledged, "run", "UpdateAccessKey")]
        + (0..<2).map { journalWrite(.retirable, "run", $0) } + [change(.retirable, "run", "DeleteAccessKey")]

    private static func journalWrite(_ stage: Relay.Stage, _ command: String, _ skip: Int) -> FaultCase {
        FaultCase(
            stage: stage, command: [command], operation: "PutObject", resource: FaultCase.state, skip: skip, kinds: [])
    }

    private static func change(_ stage: Relay.Stage, _ command: String, _ operation: String) -> FaultCase {
        FaultCase(stage: stage, command: [command], operation: operation, kinds: [])
    }

    @Test func `The next runs repair what a killed rotator left`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        var stage = Relay.Stage.unmanaged
        for place in Self.cases {
            try await relay.lead(from: stage, to: place.stage)
            let command = try await relay.startUntil(
                place.command, operation: place.operation, resource: place.resource, skip: place.skip, seconds: 20)
            command.signal(SIGKILL)
            #expect(relay.finish(command).status == 128 + SIGKILL, "\(place)")
            try await relay.expectNobodyIsLockedOut("killed at \(place)")
            try await relay.converge("killed at \(place)")
            stage = .steady
        }
    }
}
