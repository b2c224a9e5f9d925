import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// Functions that replace the key in a repository's pipeline variables.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "the rotation of pipeline variables")))
struct PipelineJobTests {
    static let sandbox = Result { try Sandbox() }
    static let forges = Result { try ForgeServers() }
    private static let token = "ATCTT3xFfGN0invented0workspace0access0token"

    @Test
    func
        `Variables of a repository and a word to a topic: the old key goes after its last use, not before the variables changed`()
        async throws
    {
        let (job, forges) = try await pipeline(
            """
            retire = "scheduled"
            rotate_after = "30d"
            deactivate_after = "1d"
            quiet_period = "0s"
            grace = "1d"
            """,
            "workspace = \"acme\"\nrepositories = [\"site\"]",
            notify: "[[notify.sns]]\ntopic = \"\(topic)\"\n")
        try await job.sandbox.call("sns", "create_topic", ["Name": "keybaton"])
        try await job.grantRights()
        job.run()
        let first = try #require(try await variable("AWS_ACCESS_KEY_ID", forges))
        #expect(job.owner(id: first, secret: try await variable("AWS_SECRET_ACCESS_KEY", forges) ?? "") != nil)

        // The code host is down when the time comes: the pipeline keeps a key that works.
        try await job.forward(days: 30)
        try await forges.add(fault: ["kind": "answer", "status": 503], at: .bitbucket)
        #expect([0, 13, 69].contains(job.keybaton("run").status))
        #expect(try await job.keys(of: "deploy")[first] == "Active")
        try await forges.removeFaults()
        try await job.forward(days: 1)
        job.run()
        let second = try #require(try await variable("AWS_ACCESS_KEY_ID", forges))
        #expect(second != first)
        #expect(try await job.keys(of: "deploy") == [first: "Active", second: "Active"])
        try await job.forward(days: 1)
        job.run()
        #expect(try await job.keys(of: "deploy") == [first: "Inactive", second: "Active"])
        try await job.forward(days: 1)
        job.run()
        #expect(try await job.keys(of: "deploy") == [second: "Active"])
        #expect(job.owner(id: second, secret: try await variable("AWS_SECRET_ACCESS_KEY", forges) ?? "") != nil)

        let told = try await job.sandbox.requests().filter { $0.operation == "Publish" && $0.status == 200 }
        #expect(told.count >= 3, "begun, published and retired: \(told.count)")
    }

    @Test func `Made at 90 days, deactivated at 100, deleted at 110, with the variables of a deployment environment`()
        async throws
    {
        let (job, forges) = try await pipeline(
            "acknowledgements = \"off\"",
            "workspace = \"acme\"\nrepositories = [\"site\"]\nenvironment = \"Production\"")
        // The key that the pipeline has today, made by hand.
        let byHand = try await job.sandbox.makeKey(for: "deploy")
        try await job.grantRights()
        let adopted = job.keybaton(
            "init", "deploy", "--adopt", "--profile", "default", "--credentials-file",
            job.home.write("by-hand", Job.profile(byHand)))
        #expect(adopted.status == 0, "\(adopted.output)")
        let old = byHand.id.description
        var new: String?
        for (day, expected) in [
            (89, ["Active"]), (90, ["Active", "Active"]), (99, ["Active", "Active"]),
            (100, ["Inactive", "Active"]), (109, ["Inactive", "Active"]), (110, [nil, "Active"]),
        ] {
            try await job.forward(toDay: day)
            job.run()
            let keys = try await job.keys(of: "deploy")
            if new == nil { new = keys.keys.first { $0 != old } }
            #expect(keys[old] == expected[0], "day \(day): \(keys)")
            #expect(new.flatMap { keys[$0] } == expected.dropFirst().first ?? nil, "day \(day): \(keys)")
            #expect(
                try await variable("AWS_ACCESS_KEY_ID", forges, "acme/site Production") == new ?? old, "day \(day)")
        }
    }

    private let topic = "arn:aws:sns:eu-west-1:123456789012:keybaton"

    private func variable(_ name: String, _ forges: ForgeServers, _ place: String = "acme/site") async throws -> String?
    {
        try await forges.variables(place, at: .bitbucket)[name]?["value"]?.text
    }

    /// A user whose key a repository's pipeline uses.
    private func pipeline(
        _ policy: String, _ bitbucket: String, notify: String = ""
    ) async throws -> (Job, ForgeServers) {
        let forges = try Self.forges.get()
        try await forges.reset()
        try await forges.add(token: Self.token, at: .bitbucket)
        try await forges.make("acme/site", at: .bitbucket, environments: ["Production"])
        let job = try await Job(
            Self.sandbox.get(),
            configuration: """
                \(notify)
                [policy]
                \(policy)
                [[user]]
                name = "deploy"
                [[user.bitbucket]]
                \(bitbucket)
                url = "\(forges.address(.bitbucket))"
                token_file = "HOME/token"
                """)
        job.home.write("token", Self.token)
        try await job.makeUser("deploy")
        return (job, forges)
    }
}
