import FoundationEssentials
import HostTestSupport
import SandboxSupport
import Testing

/// A rotator without one of the documented rights: it says which one is missing, and nobody loses access.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "missing permissions")))
struct PermissionTests {
    static let sandbox = Result { try Sandbox() }

    /// The rights without which the command at this stage cannot do its work.
    static let needs: [(stage: Relay.Stage, command: String, right: String)] = [
        (.introduced, "run", "iam:ListAccessKeys"), (.introduced, "run", "iam:GetAccessKeyLastUsed"),
        (.introduced, "run", "ssm:GetParameter"), (.introduced, "run", "s3:ListBucket"),
        (.introduced, "run", "s3:GetObject acks"), (.introduced, "run", "s3:GetObject state"),
        (.introduced, "run", "s3:PutObject state"), (.steady, "rotate", "iam:CreateAccessKey"),
        (.steady, "rotate", "ssm:PutParameter"), (.acknowledged, "run", "iam:UpdateAccessKey"),
        (.observing, "rollback", "iam:GetUser"), (.retirable, "run", "iam:DeleteAccessKey"),
    ]

    @Test func `A missing right is named with exit code 77, and once it is given the relay goes on`() async throws {
        var relay = try await Relay(Self.sandbox.get())
        var stage = Relay.Stage.unmanaged
        for (needed, command, right) in Self.needs {
            if needed < stage {
                relay = try await Relay(Self.sandbox.get())
                stage = .unmanaged
            }
            try await relay.lead(from: stage, to: needed)
            stage = needed
            try await grant(without: right, relay.sandbox)
            let result = relay.keybaton(command)
            #expect(result.status == 77, "\(right): \(result.status) \(result.output)")
            let operation = right.split(separator: " ")[0].split(separator: ":")[1]
            // S3 names the right of listing otherwise than its operation.
            #expect(
                result.output.contains(operation == "ListBucket" ? "ListObjectsV2" : operation), "\(result.output)")
            #expect(result.output.contains("lacks the permission"), "\(result.output)")
            try await relay.expectNobodyIsLockedOut("\(right)")
            try await grant(without: nil, relay.sandbox)
            if needed != .introduced {
                try await relay.converge("\(right)")
                stage = .steady
            }
        }
    }

    @Test func `The printed policies are enough for a whole rotation, of agents and rotator`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        for (role, user) in [("agent", Relay.user), ("rotator", "rotator")] {
            let printed = relay.keybaton("policy", role, "--account", relay.sandbox.account)
            #expect(printed.status == 0)
            let policy = try JSONDecoder().decode(JSON.self, from: Data(printed.output.utf8))
            try await relay.sandbox.setPolicy(policy, of: user)
        }
        try await relay.lead(to: .retirable)
        try await relay.converge()
        // With the rights that it printed it can also find out whose account this is.
        #expect(relay.keybaton("policy", "rotator").output.contains(":\(relay.sandbox.account):user/*/\(Relay.user)"))
    }

    @Test func `Without the right to write its view the rotator works, and says so`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .introduced)
        try await grant(without: "s3:PutObject view", relay.sandbox)
        let result = relay.keybaton("run")
        #expect(result.status == 0)
        #expect(result.output.contains("the dashboard's copy was not written"), "\(result.output)")
    }

    private func grant(without right: String?, _ sandbox: Sandbox) async throws {
        let statements = Policies.rotatorStatements(sandbox).filter { $0.0 != right }.map(\.1)
        try await sandbox.setPolicy(Policies.document(statements), of: "rotator")
    }
}
