import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// Every misbehaviour of AWS at every call of the rotator: the key that the host holds works on, the exit code says what
/// happened, no secret is told, and once AWS behaves the rotation comes to its end.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "AWS misbehaving towards the rotator")))
struct RotatorFaultTests {
    static let sandbox = Result { try Sandbox() }

    struct Fault: Sendable, CustomStringConvertible {
        let kind: String
        let operation: String
        var resource: String? = nil
        /// How many requests of this sort pass before it.
        var skip = 0

        var description: String { "\(kind) \(operation) \(resource ?? "")#\(skip)" }

        var rule: JSON {
            var rule: [String: JSON] = [
                "kind": .text(kind), "operation": .text(operation), "skip": .number(Double(skip)),
            ]
            if let resource { rule["resource"] = .text("\(RotatorWorld.bucket)/\(resource)") }
            if kind == "slow" { rule["seconds"] = 1 }
            if kind == "skew" { rule["seconds"] = 600 }
            return .object(rule)
        }
    }

    static let faults: [Fault] = {
        let reads = ["ListAccessKeys", "GetAccessKeyLastUsed", "GetParameter", "ListObjectsV2"]
        let changes = ["CreateAccessKey", "PutParameter", "UpdateAccessKey", "DeleteAccessKey"]
        var faults: [Fault] = []
        for kind in ["error", "drop", "lose", "truncate"] {
            faults += (reads + changes).map { Fault(kind: kind, operation: $0) }
            faults.append(Fault(kind: kind, operation: "GetObject", resource: "acks/*"))
            faults.append(Fault(kind: kind, operation: "GetObject", resource: "state/*"))
        }
        // These end alike wherever they are met: at one read and at each change.
        for kind in ["throttle", "wrong_shape", "redirect", "skew", "slow"] {
            faults += (["GetParameter"] + changes).map { Fault(kind: kind, operation: $0) }
        }
        // The journal's writes: intent, made key and result of the create, then those of the retirement.
        for kind in ["error", "drop", "lose", "conflict"] {
            faults += (0..<8).map { Fault(kind: kind, operation: "PutObject", resource: "state/*", skip: $0) }
        }
        faults.append(Fault(kind: "error", operation: "PutObject", resource: "view/*"))
        return faults
    }()

    @Test(arguments: faults)
    func `Nobody is locked out, and the rotation ends`(_ fault: Fault) async throws {
        let world = try await RotatorWorld(try Self.sandbox.get())
        try await world.adopt()
        let first = world.held.id
        let number = try await world.sandbox.add(fault: fault.rule)
        var told = ""
        for _ in 0..<40 where try await !world.isOver(since: first) {
            let isBegun = try await world.published()?.keys.new.id != first
            let result = world.keybaton(isBegun ? "run" : "rotate")
            told += result.output
            #expect([0, 1, 13, 65, 69, 75, 77].contains(result.status), "\(result.status): \(result.output)")
            #expect(try await world.keys()[world.held.id] == "Active", "the host is locked out: \(told)")
            try await world.runHost()
            #expect(try await world.keys()[world.held.id] == "Active", "the host is locked out: \(told)")
            try await world.advance(result.status == 75 ? RotatorWorld.leaseIsOver : 30)
        }
        #expect(try await world.isOver(since: first), "\(told)")
        #expect(try await world.sandbox.hits(ofFault: number) > 0, "the fault met nothing")
        for secret in world.secrets { #expect(!told.contains(secret)) }
    }

    @Test(
        "A single failure is cured by the retries, unnoticed",
        arguments: [
            "GetParameter", "ListAccessKeys", "PutParameter", "ListObjectsV2",
        ])
    func retries(_ operation: String) async throws {
        let world = try await RotatorWorld(try Self.sandbox.get())
        try await world.adopt()
        try await world.sandbox.add(fault: ["kind": "error", "operation": .text(operation)])
        let result = world.keybaton("rotate", attempts: 3)
        #expect(result.status == 0, "\(result.output)")
        #expect(try await world.keys().count == 2)
    }
}
