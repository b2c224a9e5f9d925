import FoundationEssentials
import HostTestSupport
import SandboxSupport
import Testing

/// A scheduled job that rotates the keys of chosen people, puts them into Secrets Manager and writes to each an e-mail.
@Suite(
    .serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "the rotation of people's keys with e-mail")))
struct MailJobTests {
    static let sandbox = Result { try Sandbox() }

    @Test func `Every 90 days those included get a new key in their secret and an e-mail, those excluded nothing`()
        async throws
    {
        let job = try await Job(
            Self.sandbox.get(),
            configuration: """
                [policy]
                retire = "scheduled"
                rotate_after = "90d"
                deactivate_after = "10d"
                grace = "10d"
                [[user]]
                path = "/people/"
                exclude = ["carl"]
                [[user.secrets_manager]]
                name = "keys/{user}"
                id_field = "AccessKey"
                secret_field = "SecretAccessKey"
                [notify]
                language = "es"
                [[notify.ses]]
                from = "keys@example.org"
                """)
        for name in ["anna", "bert", "carl"] {
            try await job.makeUser(name, path: "/people/", tags: ["mail": "\(name)@example.org"])
        }
        try await job.makeUser("deploy", path: "/machines/")
        try await job.sandbox.call("sesv2", "create_email_identity", ["EmailIdentity": "keys@example.org"])
        try await job.grantRights()
        job.run()

        let first = try await secrets(job)
        for (user, secret) in first {
            #expect(
                job.owner(id: secret["AccessKey"] ?? "", secret: secret["SecretAccessKey"] ?? "")?.hasSuffix("/\(user)")
                    == true)
        }
        for name in ["carl", "deploy"] { #expect(try await job.keys(of: name).isEmpty) }
        let begun = try await mails(job)
        #expect(begun >= 2, "each of the two was written to: \(begun)")

        try await job.forward(days: 90)
        job.run()
        let second = try await secrets(job)
        for name in ["anna", "bert"] {
            #expect(first[name] != second[name])
            // Whoever reads the secret late finds a key that still works.
            #expect(try await job.keys(of: name)[first[name]?["AccessKey"] ?? ""] == "Active")
            let previous = try await job.sandbox.call(
                "secretsmanager", "get_secret_value",
                ["SecretId": .text("keys/\(name)"), "VersionStage": "AWSPREVIOUS"])
            #expect(previous["SecretString"]?.text?.contains(first[name]?["AccessKey"] ?? "nothing") == true)
        }
        #expect(try await mails(job) > begun)
        for day in [100, 110] {
            try await job.forward(toDay: day)
            job.run()
        }
        for name in ["anna", "bert"] {
            #expect(try await job.keys(of: name) == [second[name]?["AccessKey"] ?? "": "Active"])
        }
    }

    private func secrets(_ job: Job) async throws -> [String: [String: String]] {
        var found: [String: [String: String]] = [:]
        for name in ["anna", "bert"] {
            let answer = try await job.sandbox.call(
                "secretsmanager", "get_secret_value", ["SecretId": .text("keys/\(name)")])
            let text = try #require(answer["SecretString"]?.text)
            found[name] = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        }
        return found
    }

    private func mails(_ job: Job) async throws -> Int {
        try await job.sandbox.requests().count { $0.operation == "SendEmail" && $0.status == 200 }
    }
}
