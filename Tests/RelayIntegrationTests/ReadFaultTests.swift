import HostTestSupport
import SandboxSupport
import Testing

/// AWS misbehaving where the rotator only looks: nothing changes, the exit code says what happened, and the same command
/// succeeds once AWS answers again.
///
/// Every request is sent once here (AWS_MAX_ATTEMPTS), because a retried one waits up to seconds; that a retry cures one
/// failure, and that three exhaust it, is shown once for each protocol below. Every kind is tried at every call of one
/// command, of the others those two that differ most: what they do in the rotator is the same.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "AWS misbehaving while the rotator looks")))
struct ReadFaultTests {
    static let sandbox = Result { try Sandbox() }

    struct Look: Sendable, CustomStringConvertible {
        let stage: Relay.Stage
        let command: [String]
        var readsBodies = false
        var proves = false
        var kinds = ["error", "lose"]

        var description: String { "\(command[0]) at \(stage)" }

        /// The calls before anything is written.
        var calls: [(operation: String, resource: String?)] {
            [
                ("GetObject", FaultCase.state), ("ListObjectsV2", nil), ("ListAccessKeys", nil),
                ("GetAccessKeyLastUsed", nil),
            ]
                + [("GetParameter", nil)]
                + (readsBodies ? [("GetObject", FaultCase.acks)] : [])
                + (proves ? [("GetCallerIdentity", nil), ("GetUser", nil)] : [])
        }
    }

    static let looks = [
        Look(stage: .unmanaged, command: Relay.adoption, proves: true),
        Look(
            stage: .introduced, command: ["run"], readsBodies: true,
            kinds: ["throttle", "error", "drop", "lose", "truncate", "wrong_shape", "conflict", "redirect"]),
        Look(stage: .steady, command: ["rotate"]),
        Look(stage: .acknowledged, command: ["run"], readsBodies: true),
        Look(stage: .acknowledged, command: ["rollback"], readsBodies: true),
        Look(stage: .observing, command: ["reactivate"], readsBodies: true),
        Look(stage: .retirable, command: ["run"], readsBodies: true),
    ]

    @Test(arguments: looks)
    func `What could not be read changes nothing`(_ look: Look) async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: look.stage)
        let command = look.command == Relay.adoption ? look.command + [relay.hosts[0].credentialsPath] : look.command
        let before = try await State(relay)
        for call in look.calls {
            for kind in look.kinds {
                let fault = FaultCase(
                    stage: look.stage, command: command, operation: call.operation, resource: call.resource,
                    kinds: look.kinds)
                let number = try await relay.sandbox.add(fault: fault.fault(kind))
                let result = relay.finish(relay.start(command, attempts: 1))
                relay.expect(result, FaultCase.exitCodes(kind), "\(kind) at \(fault)")
                #expect(try await relay.sandbox.hits(ofFault: number) > 0, "\(kind) at \(fault) struck nothing")
                try await relay.sandbox.removeFaults()
                #expect(try await State(relay) == before, "\(kind) at \(fault)")
            }
        }
        relay.expect(relay.finish(relay.start(command, attempts: 1)), [0])
        #expect(try await State(relay) != before)
        try await relay.expectNobodyIsLockedOut()
    }

    /// All that the rotator may change but its view.
    struct State: Equatable {
        let keys: [String: String]
        let version: Int?
        let journal: String?

        init(_ relay: Relay) async throws {
            keys = try await relay.keys()
            version = try await relay.published()?.version
            journal = try await relay.object("state/\(Relay.user).json")
        }
    }

    /// One call of each protocol: S3's XML, IAM's queries, the Parameter Store's JSON.
    @Test(arguments: ["ListObjectsV2", "ListAccessKeys", "GetParameter"])
    func `One failure is cured by a retry, three are told`(_ operation: String) async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .introduced)
        for kind in ["throttle", "drop"] {
            try await relay.sandbox.add(fault: ["kind": .text(kind), "operation": .text(operation)])
            relay.expect(relay.keybaton("status"), [0], kind)
            let number = try await relay.sandbox.add(
                fault: ["kind": .text(kind), "operation": .text(operation), "count": nil])
            let result = relay.keybaton("status")
            #expect(result.status == 69, "\(result.output)")
            #expect(result.output.contains("after 3 attempts"))
            #expect(try await relay.sandbox.hits(ofFault: number) >= 3)
            try await relay.sandbox.removeFaults()
        }
    }
}
