import Handover
import HostTestSupport
import SandboxSupport
import Testing

/// What the agent's `doctor` leaves in the bucket, as the rotator takes it.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "the doctor's check-in")))
struct DoctorTests {
    static let sandbox = Result { try Sandbox() }

    @Test func `A host that was only looked at has not acknowledged, whatever it holds, until it runs`() async throws {
        let relay = try await Relay(Self.sandbox.get(), hosts: ["nas", "pi"])
        try await relay.lead(to: .steady)
        #expect(relay.keybaton("rotate").status == 0)
        let new = try #require(try await relay.published()).keys.new
        #expect(relay.hosts[0].run().status == 0)
        relay.hosts[1].hold(new)
        let examined = relay.hosts[1].start("doctor").finish()
        #expect(examined.status == 0, "\(examined.output)")
        #expect(examined.output.contains("was written"))
        try await relay.forward(3)
        _ = relay.keybaton("run")
        #expect(try await relay.keys().values.allSatisfy { $0 == "Active" })
        #expect(try await relay.keys().count == 2)
        let pi = try relay.status()["hosts"]?.elements.first { $0["host"]?.text?.hasPrefix("pi") == true }
        #expect(pi?["state"]?.text == "problem", "\(String(describing: pi))")

        #expect(relay.hosts[1].run().status == 0)
        try await relay.forward(3)
        #expect(relay.keybaton("run").status == 0)
        #expect(try await relay.keys().values.contains("Inactive"))
    }
}
