import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// Every misbehaviour of AWS at every call of the agent: the file is the old or the new one, the exit code says what
/// happened, and the next run without the fault makes everything good.
@Suite(.tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "AWS misbehaving towards the agent")))
struct FaultTests {
    static let sandbox = Result { try Sandbox() }

    struct Fault: Sendable, CustomStringConvertible {
        let kind: String
        let operation: String
        /// Once, or for all attempts of a call.
        let lasts: Bool
        /// The exit codes that are right.
        let allowed: Set<Int32>

        var description: String { "\(kind)-\(operation)-\(lasts ? "always" : "once")" }
    }

    static let faults: [Fault] = ["GetParameter", "GetCallerIdentity", "PutObject"].flatMap { operation in
        ["throttle", "error", "drop", "lose", "truncate", "wrong_shape"].flatMap { kind in
            [
                Fault(kind: kind, operation: operation, lasts: false, allowed: [0]),
                // PutObject's answer has no body that could be cut.
                Fault(
                    kind: kind, operation: operation, lasts: true,
                    allowed: kind == "truncate" && operation == "PutObject" ? [0] : [69]),
            ]
        } + [
            Fault(kind: "slow", operation: operation, lasts: true, allowed: [0]),
            Fault(kind: "redirect", operation: operation, lasts: true, allowed: [78]),
            // One answer from a wrong clock is believed; the right clock then refuses what was corrected by it.
            Fault(kind: "skew", operation: operation, lasts: false, allowed: [0, 69]),
        ]
    }

    @Test(arguments: faults)
    func `The file is old or new, and the next run heals it`(_ fault: Fault) async throws {
        let sandbox = try Self.sandbox.get()
        let relay = try await Relay("\(fault)", in: sandbox)
        let new = try await relay.rotate()
        var rule: JSON = ["kind": .text(fault.kind), "operation": .text(fault.operation)]
        if case .object(var members) = rule {
            // Others run beside this one: only this user's requests are hit.
            switch fault.operation {
            case "GetParameter": members["resource"] = .text(relay.parameter)
            case "PutObject": members["resource"] = .text("\(Relay.bucket)/\(ObjectName.checkIns(of: relay.user))*")
            default: members["key_id"] = .text(new.id.description)
            }
            if fault.lasts { members["count"] = attempts(fault.kind) }
            if fault.kind == "slow" { members["seconds"] = 1 }
            if fault.kind == "skew" { members["seconds"] = 600 }
            rule = .object(members)
        }
        let number = try await sandbox.add(fault: rule)
        let result = relay.run("run")
        #expect(fault.allowed.contains(result.status), "\(result.status): \(result.output)")
        #expect([Relay.credentials(relay.first), Relay.credentials(new)].contains(relay.credentials))
        #expect(try await sandbox.hits(ofFault: number) > 0)

        let next = relay.run("run")
        #expect(next.status == 0, "\(next.output)")
        #expect(relay.credentials == Relay.credentials(new))
        #expect(try await relay.checkIn(under: new)?.problem == nil)
        #expect(try await relay.checkIn(under: new) != nil)
    }

    /// How many requests a call makes before it gives up, so that the next run meets no fault.
    private func attempts(_ kind: String) -> JSON {
        switch kind {
        case "slow": .null
        case "redirect": 1
        // libcurl repeats by itself what was cut on a kept connection.
        case "drop", "lose", "truncate": 4
        default: 3
        }
    }
}
