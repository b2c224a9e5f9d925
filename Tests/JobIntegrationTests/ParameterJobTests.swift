import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// A function that replaces a user's key in a parameter every month, and hosts with a shell script that read it.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "the monthly rotation of a parameter")))
struct ParameterJobTests {
    static let sandbox = Result { try Sandbox() }

    @Test
    func `Month after month, hosts with the old script move on beside hosts with an agent, and none is locked out`()
        async throws
    {
        let job = try await Job(
            Self.sandbox.get(),
            configuration: """
                [[user]]
                name = "backup"
                parameter_type = "String"
                legacy_acks = true
                hosts = ["old-nas"]
                [user.policy]
                rotate_after = "30d"
                quiet_period = "1d"
                grace = "3d"
                legacy_grace = "6d"
                """)
        let first = try await job.sandbox.makeUser("backup", policy: Self.hostPolicy(job.sandbox)).key
        try await job.grantRights()
        let script = ScriptHost("old-nas", in: job, parameter: "/keybaton/backup", holding: first)
        let agent = AgentHost("pi", in: job, user: "backup", holding: first)
        let adopted = job.keybaton(
            "init", "backup", "--adopt", "--profile", "default", "--credentials-file", agent.credentialsPath)
        #expect(adopted.status == 0, "\(adopted.output)")
        expect(agent.run())
        expect(script.run())

        var held = first.id.description
        for month in 1...3 {
            try await job.forward(days: 30)
            job.run()
            let keys = try await job.keys(of: "backup")
            let new = try #require(keys.keys.first { $0 != held }, "month \(month): \(keys)")
            // The agent is faster than the script, for which OLD waits.
            expect(agent.run())
            try await job.forward(days: 2)
            job.run()
            #expect(try await job.keys(of: "backup") == [held: "Active", new: "Active"], "month \(month)")

            let moved = script.run()
            #expect(moved.status == 0 && script.holds(new), "month \(month): \(moved.output)")
            try await job.forward(days: 2)
            expect(agent.run())
            job.run()
            #expect(try await job.keys(of: "backup") == [held: "Inactive", new: "Active"], "month \(month)")
            // A script says nothing more once it has moved on: its grace is the longer one.
            try await job.forward(days: 4)
            expect(agent.run())
            job.run()
            #expect(try await job.keys(of: "backup")[held] == "Inactive", "month \(month)")
            try await job.forward(days: 3)
            expect(agent.run())
            job.run()
            #expect(try await job.keys(of: "backup") == [new: "Active"], "month \(month)")
            #expect(script.holds(new) && agent.holds(new), "month \(month)")
            held = new
        }
    }

    private func expect(_ result: Command.Result, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(result.status == 0, "\(result.output)", sourceLocation: sourceLocation)
    }

    /// What hosts of both kinds have.
    private static func hostPolicy(_ sandbox: Sandbox) -> JSON {
        [
            "Version": "2012-10-17",
            "Statement": [
                [
                    "Effect": "Allow", "Action": "ssm:GetParameter",
                    "Resource": "arn:aws:ssm:\(sandbox.region):\(sandbox.account):parameter/keybaton/backup",
                ],
                ["Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::\(Job.bucket)/*"],
            ],
        ]
    }
}
