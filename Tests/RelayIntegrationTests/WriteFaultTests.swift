import HostTestSupport
import SandboxSupport
import Testing

/// AWS misbehaving at every call by which the rotator changes something: each host's key goes on working, and further
/// runs end the rotation with one key.
///
/// Three kinds stand for all: `throttle` certainly had no effect, `error` had none and nobody knows, `lose` had one and
/// nobody knows. The others, which differ from these in the message alone, strike only where a key is made and published.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "AWS misbehaving while the rotator acts")))
struct WriteFaultTests {
    static let sandbox = Result { try Sandbox() }

    private static let few = ["throttle", "error", "lose"]
    private static let all = few + ["drop", "truncate", "wrong_shape", "redirect", "skew", "slow"]

    private static func journalWrites(
        _ stage: Relay.Stage, _ command: String..., count: Int, kinds: [String] = ["error", "lose"]
    ) -> [FaultCase] {
        (0..<count).map {
            FaultCase(
                stage: stage, command: command, operation: "PutObject", resource: FaultCase.state, skip: $0,
                kinds: kinds)
        }
    }

    private static func call(
        _ stage: Relay.Stage, _ command: String, _ operation: String, kinds: [String] = few
    ) -> FaultCase {
        FaultCase(stage: stage, command: [command], operation: operation, kinds: kinds)
    }

    static let cases: [FaultCase] =
        [
            FaultCase(stage: .unmanaged, command: Relay.adoption, operation: "PutParameter", kinds: few),
            FaultCase(
                stage: .unmanaged, command: Relay.adoption, operation: "PutObject", resource: FaultCase.state,
                kinds: ["error", "lose"]),
        ]
        + journalWrites(.introduced, "run", count: 1, kinds: ["error", "lose", "conflict"])
        + journalWrites(.steady, "rotate", count: 3)
        + [
            call(.steady, "rotate", "CreateAccessKey", kinds: all),
            call(.steady, "rotate", "PutParameter", kinds: all),
            FaultCase(
                stage: .steady, command: ["rotate"], operation: "PutObject", resource: FaultCase.view, kinds: ["error"]),
        ]
        + journalWrites(.acknowledged, "run", count: 3)
        + [call(.acknowledged, "run", "UpdateAccessKey")]
        + journalWrites(.retirable, "run", count: 2)
        + [call(.retirable, "run", "DeleteAccessKey")]
        + journalWrites(.observing, "reactivate", count: 2)
        + [call(.observing, "reactivate", "UpdateAccessKey")]
        + journalWrites(.observing, "rollback", count: 2)
        + [
            call(.observing, "rollback", "UpdateAccessKey"),
            call(.observing, "rollback", "GetCallerIdentity", kinds: ["error"]),
            call(.observing, "rollback", "GetUser", kinds: ["error"]), call(.observing, "rollback", "PutParameter"),
        ]

    @Test(arguments: cases)
    func `Nobody is locked out, and further runs end with one key`(_ fault: FaultCase) async throws {
        var relay = try await Relay(Self.sandbox.get())
        var stage = Relay.Stage.unmanaged
        for kind in fault.kinds {
            if fault.stage == .unmanaged || fault.stage == .introduced {
                relay = try await Relay(Self.sandbox.get())
                stage = .unmanaged
            }
            try await relay.lead(from: stage, to: fault.stage)
            let number = try await relay.sandbox.add(fault: fault.fault(kind))
            let command = fault.stage == .unmanaged ? fault.command + [relay.hosts[0].credentialsPath] : fault.command
            let result = relay.finish(relay.start(command, attempts: 1))
            relay.expect(result, fault.allowedCodes(kind), "\(kind) at \(fault)")
            #expect(try await relay.sandbox.hits(ofFault: number) > 0, "\(kind) at \(fault) struck nothing")
            try await relay.expectNobodyIsLockedOut("\(kind) at \(fault)")
            try await relay.sandbox.removeFaults()
            if fault.stage == .unmanaged {
                // An operator who was told of a failure tries again.
                let again = relay.finish(relay.start(command))
                relay.expect(again, [0], "again after \(kind) at \(fault)")
            }
            try await relay.converge("\(kind) at \(fault)")
            stage = .steady
        }
    }

    @Test func `A rotation during which every answer is late ends as any other`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .introduced)
        try await relay.sandbox.add(fault: ["kind": "slow", "seconds": 0.03, "count": nil])
        try await relay.lead(from: .introduced, to: .retirable)
        relay.expect(relay.keybaton("run"), [0])
        #expect(try await relay.keys().count == 1)
        try await relay.converge()
    }
}

extension FaultCase {
    func allowedCodes(_ kind: String) -> Set<Int32> {
        // The dashboard's copy is told of, and changes nothing. A write whose answer was lost is looked up in the journal.
        if resource == Self.view { return [0] }
        if operation == "PutObject", kind == "lose" { return [0, 13, 69, 75] }
        return Self.exitCodes(kind)
    }
}
