import FoundationEssentials
import HostTestSupport
import SandboxSupport
import Testing

/// A script that rotates every user of an IAM path with two keys each and prints the new ones as JSON.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "the rotation of an IAM path")))
struct PathJobTests {
    static let sandbox = Result { try Sandbox() }

    private typealias Keys = [String: [String: String]]

    @Test func `Two keys a user, the older one goes when the next rotation begins, and the new ones are printed`()
        async throws
    {
        let job = try await Job(
            Self.sandbox.get(),
            configuration: """
                [policy]
                retire = "next-rotation"
                rotate_after = "45d"
                [[user]]
                path = "/ci/"
                """)
        for name in ["anna", "bert", "carl"] { try await job.makeUser(name, path: "/ci/") }
        try await job.makeUser("dora", path: "/people/")
        try await job.grantRights()

        // The first time, users have no key at all.
        let first = try await rotate(job)
        #expect(Set(first.keys) == ["anna", "bert", "carl"])
        for (user, key) in first {
            #expect(
                job.owner(id: key["AccessKeyId"] ?? "", secret: key["SecretAccessKey"] ?? "")?.hasSuffix("/\(user)")
                    == true)
        }
        #expect(try await job.keys(of: "dora").isEmpty)

        try await job.forward(days: 45)
        let second = try await rotate(job)
        for (user, key) in second {
            // Both work for the whole period: whoever uses the first one has it to move on.
            #expect(
                try await job.keys(of: user)
                    == [first[user]?["AccessKeyId"] ?? "": "Active", key["AccessKeyId"] ?? "": "Active"])
        }

        // What a timer calls does the same when the time has come, and not before.
        job.run()
        #expect(try await job.keys(of: "anna").count == 2)
        try await job.forward(days: 44)
        job.run()
        #expect(try await job.keys(of: "anna")[first["anna"]?["AccessKeyId"] ?? ""] == "Active")
        try await job.forward(days: 2)
        let third = try await rotate(job)
        for (user, key) in third {
            #expect(
                try await job.keys(of: user)
                    == [second[user]?["AccessKeyId"] ?? "": "Active", key["AccessKeyId"] ?? "": "Active"])
        }
    }

    /// The document that the command prints on standard output.
    private func rotate(_ job: Job, sourceLocation: SourceLocation = #_sourceLocation) async throws -> Keys {
        let file = job.home.path("keys.json")
        _ = Command.run(["rm", "-f", file])
        let result = job.keybaton("rotate", "--path", "/ci/", "--outfile", file)
        #expect(result.status == 0, "\(result.output)", sourceLocation: sourceLocation)
        let text = try #require(job.home.text("keys.json"), "\(result.output)", sourceLocation: sourceLocation)
        #expect(Command.run(["stat", "--format", "%a", file]).output == "600\n", sourceLocation: sourceLocation)
        for secret in try JSONDecoder().decode(Keys.self, from: Data(text.utf8)).values.compactMap({
            $0["SecretAccessKey"]
        }) {
            #expect(!result.output.contains(secret), sourceLocation: sourceLocation)
        }
        return try JSONDecoder().decode(Keys.self, from: Data(text.utf8))
    }
}
