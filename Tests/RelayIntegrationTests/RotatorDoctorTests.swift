import FoundationEssentials
import Glibc
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// `keybaton doctor` against a whole AWS: what it finds, and that it changes nothing.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "the rotator's doctor")))
struct RotatorDoctorTests {
    static let sandbox = Result { try Sandbox() }

    private struct Report: Decodable {
        struct Finding: Decodable {
            let check: String
            let subject: String?
            let verdict: String
            let message: String
            let mend: String?
        }

        let schema: Int
        let exit: Int32
        let findings: [Finding]

        func findings(_ check: String, _ verdict: String) -> [Finding] {
            findings.filter { $0.check == check && $0.verdict == verdict }
        }
    }

    /// Runs doctor, and checks what holds for every run: the exit code is the report's, no secret is told, whatever is wrong
    /// there is something to do about it, and AWS carried out nothing that changes anything.
    private func doctor(_ relay: Relay, _ arguments: String...) async throws -> Report {
        let before = try await relay.sandbox.requests().last?.number ?? 0
        let state = try await Self.state(relay)
        let result = relay.finish(relay.start(["doctor", "--json"] + arguments))
        let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
        #expect(report.schema == 1 && report.exit == result.status)
        for problem in report.findings where problem.verdict == "problem" {
            #expect(problem.mend != nil || problem.message.contains(":") || problem.message.contains("."))
        }
        for request in try await relay.sandbox.requests(after: before)
        where !["Get", "List", "Head", "Describe"].contains(where: request.operation.hasPrefix) {
            #expect((request.status ?? 0) >= 300, "\(request.operation) was carried out on \(request.resource)")
        }
        #expect(try await Self.state(relay) == state)
        for secret in relay.secrets { #expect(!result.output.contains(secret), "a secret was printed") }
        return report
    }

    /// Everything that a rotator could change.
    private static func state(_ relay: Relay) async throws -> [JSON?] {
        let versions = try? await relay.sandbox.call("s3", "list_object_versions", ["Bucket": .text(Relay.bucket)])
        let history = try? await relay.sandbox.call(
            "ssm", "get_parameter_history", ["Name": .text(Relay.parameter), "WithDecryption": true])
        return [
            versions?["Versions"], versions?["DeleteMarkers"], history?["Parameters"],
            .object(try await relay.keys().mapValues { .text($0) }),
        ]
    }

    private func expect(
        _ report: Report, _ verdict: String, _ check: String, _ exit: Int32, _ words: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(report.exit == exit, "\(report)", sourceLocation: sourceLocation)
        let found = report.findings(check, verdict).map { "\($0.message) → \($0.mend ?? "")" }
        #expect(found.contains { text in words.allSatisfy(text.contains) }, "\(report)", sourceLocation: sourceLocation)
    }

    /// A relay in steady state, whose rotator may look at everything.
    private func healthy(settings: String = "") async throws -> Relay {
        let relay = try await Relay(Self.sandbox.get(), settings: settings)
        try await relay.sandbox.call(
            "s3", "put_bucket_versioning",
            ["Bucket": .text(Relay.bucket), "VersioningConfiguration": ["Status": "Enabled"]])
        try await relay.sandbox.call(
            "s3", "put_public_access_block",
            [
                "Bucket": .text(Relay.bucket),
                "PublicAccessBlockConfiguration": [
                    "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true,
                    "RestrictPublicBuckets": true,
                ],
            ])
        try await relay.lead(to: .steady)
        let policy = try PrintedPolicy(relay, "rotator").and(PrintedPolicy(relay, "doctor"))
        try await relay.sandbox.setPolicy(policy.document, of: "rotator")
        return relay
    }

    // MARK: A healthy relay

    @Test func `A healthy relay passes, with nothing left to look at but what only a change could prove`() async throws
    {
        let relay = try await healthy()
        let report = try await doctor(relay)
        #expect(report.exit == 0, "\(report)")
        #expect(report.findings.allSatisfy { ["ok", "unknown"].contains($0.verdict) }, "\(report)")
        for check in [
            "configuration", "credentials", "bucket", "key", "parameter", "check-ins", "view", "journal", "rotation",
            "host", "clock",
        ] { #expect(!report.findings(check, "ok").isEmpty, "\(check): \(report)") }
        #expect(report.findings("bucket", "unknown").isEmpty && report.findings("parameter", "unknown").isEmpty)
        #expect(report.findings("key", "unknown").first?.message.contains("iam:CreateAccessKey") == true)
        #expect(report.findings("host", "unknown").first?.mend?.contains("keybaton-agent doctor") == true)
    }

    @Test func `With the rights of a run alone it says what it could not look at, and that is no problem`() async throws
    {
        let relay = try await healthy()
        try await relay.sandbox.setPolicy(try PrintedPolicy(relay, "rotator").document, of: "rotator")
        let report = try await doctor(relay)
        #expect(report.exit == 0)
        let unseen = report.findings("bucket", "unknown") + report.findings("parameter", "unknown")
        #expect(unseen.count == 4, "\(report)")
        #expect(unseen.allSatisfy { $0.mend?.contains("`keybaton policy doctor`") == true })
    }

    @Test func `Each right that doctor has beyond a run is needed`() async throws {
        let relay = try await healthy()
        let (run, more) = (try PrintedPolicy(relay, "rotator"), try PrintedPolicy(relay, "doctor"))
        let both = run.and(more)
        for right in both.rights.dropFirst(run.rights.count) {
            try await relay.sandbox.setPolicy(both.without(right), of: "rotator")
            let report = try await doctor(relay)
            #expect(report.findings.count { $0.mend?.contains("allow \(right.action) on") == true } == 1, "\(report)")
        }
    }

    @Test func `In the middle of a rotation it harms nothing either`() async throws {
        let relay = try await healthy()
        #expect(relay.keybaton("rotate").status == 0)
        #expect(try await doctor(relay).exit == 0)
        relay.runAgents()
        #expect(relay.keybaton("run").status == 0)
        #expect(try await doctor(relay).exit == 0)
        try await relay.converge()
    }

    @Test func `Before a user is managed it says how that begins`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        let report = try await doctor(relay)
        expect(report, "warning", "journal", 0, "keybaton init \(Relay.user)")
        expect(report, "ok", "parameter", 0, "keybaton init \(Relay.user) makes it")
        expect(report, "unknown", "view", 0, "keybaton run")
    }

    @Test func `For people it is one line a finding, with what to do below it`() async throws {
        let relay = try await healthy()
        let result = relay.keybaton("doctor")
        #expect(result.status == 0)
        #expect(result.output.contains("ok       parameter /keybaton/backup: version 1 publishes"), "\(result.output)")
        #expect(result.output.contains("\n         → on each host: keybaton-agent doctor"), "\(result.output)")
    }

    // MARK: The configuration and the credentials

    @Test func `A configuration that others can write, or that is none`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        relay.configure("colour = \"blue\"")
        expect(try await doctor(relay), "problem", "configuration", 78, "colour")
        relay.configure()
        let unknown = relay.keybaton("doctor", "nobody")
        #expect(unknown.status == 64 && unknown.output.contains("nobody is not configured"), "\(unknown.output)")
        #expect(chmod(relay.configurationPath, 0o666) == 0)
        expect(try await doctor(relay), "problem", "configuration", 78, "others could have written it")
    }

    @Test func `Credentials that AWS does not know, and those of the root`() async throws {
        let relay = try await healthy()
        let id = try #require(AccessKeyID("AKIAUNKNOWNUNKNOWN22"))
        relay.authenticate(try #require(AccessKey(id: id, secret: Secret("invented/secret+of/nobody"))))
        expect(try await doctor(relay), "problem", "credentials", 77, "unknown, inactive")
        relay.authenticate(file: relay.sandbox.adminCredentials)
        expect(
            try await doctor(relay), "warning", "credentials", 0, "root may do everything", "`keybaton policy rotator`")
    }

    @Test func `A rotator that works with the key which it rotates`() async throws {
        let relay = try await healthy()
        try await relay.sandbox.setPolicy(Policies.all, of: Relay.user)
        relay.authenticate(relay.first)
        expect(try await doctor(relay), "warning", "credentials", 0, "locks itself out", "an identity of its own")
    }

    @Test func `Nobody answers`() async throws {
        let relay = try await healthy()
        relay.rotatorEnvironment["AWS_ENDPOINT_URL"] = "https://127.0.0.1:9"
        let report = try await doctor(relay)
        expect(report, "problem", "credentials", 69, "Check the network")
        #expect(report.findings("bucket", "unknown").count == 1)
    }

    // MARK: The bucket

    @Test func `A bucket that there is not, or in another region, or of somebody else`() async throws {
        let relay = try await healthy()
        relay.configure(bucket: "no-such-bucket")
        try await relay.sandbox.setPolicy(Policies.all, of: "rotator")
        expect(try await doctor(relay), "problem", "bucket", 78, "NoSuchBucket")
        relay.configure(region: "eu-north-1")
        expect(try await doctor(relay), "problem", "bucket", 78, "the bucket is in \(relay.sandbox.region)")
        relay.configure(head: "bucket_owner = \"999999999999\"")
        expect(try await doctor(relay), "problem", "bucket", 77, "s3:ListBucket")
    }

    @Test func `A bucket that forgets, or that shows itself`() async throws {
        let relay = try await healthy()
        try await relay.sandbox.call(
            "s3", "put_bucket_versioning",
            ["Bucket": .text(Relay.bucket), "VersioningConfiguration": ["Status": "Suspended"]])
        try await relay.sandbox.call("s3", "delete_public_access_block", ["Bucket": .text(Relay.bucket)])
        let report = try await doctor(relay)
        expect(report, "warning", "bucket", 0, "no earlier versions", "put-bucket-versioning")
        expect(report, "warning", "bucket", 0, "public access", "put-public-access-block")
    }

    @Test
    func `A store that does not heed If-Match is found out, before the journal and the book of notices are tried`()
        async throws
    {
        let webhook = "[notify]\n[[notify.webhook]]\nkind = \"json\"\nurl = \"http://127.0.0.1:9/\"\n"
        let relay = try await healthy(settings: webhook)
        let (journal, book) = ("state/\(Relay.user).json", "notices/\(Relay.user).json")
        try await relay.put(object: book, "{\"format\":1,\"entries\":{}}")
        let before = try await [relay.object(journal), relay.object(book)]
        try #require(!before.contains(nil))
        try await relay.sandbox.add(fault: ["kind": "heedless", "operation": "PutObject", "count": .null])
        let start = try await relay.sandbox.requests().last?.number ?? 0
        let result = relay.finish(relay.start(["doctor"]))
        #expect(result.status == 78 && result.output.contains("does not obey conditions"), "\(result.output)")
        let written = try await relay.sandbox.requests(after: start).filter { $0.operation == "PutObject" }
        #expect(written.allSatisfy { $0.resource.contains("view/") } && written.count == 2, "\(written)")
        #expect(try await [relay.object(journal), relay.object(book)] == before)
    }

    @Test(
        "A lifecycle rule that would remove check-ins or journals is refused, any other is not",
        arguments: [
            ("", true), ("acks/", true), ("a", true), ("state/backup", true), ("view/", false), ("logs/", false),
        ])
    func lifecycle(prefix: String, refused: Bool) async throws {
        let relay = try await healthy()
        try await relay.sandbox.call(
            "s3", "put_bucket_lifecycle_configuration",
            [
                "Bucket": .text(Relay.bucket),
                "LifecycleConfiguration": [
                    "Rules": [
                        [
                            "ID": "monthly", "Status": "Enabled", "Filter": ["Prefix": .text(prefix)],
                            "Expiration": ["Days": 30],
                        ]
                    ]
                ],
            ])
        let report = try await doctor(relay)
        if refused {
            expect(report, "problem", "bucket", 78, "`monthly`", "NoncurrentVersionExpiration")
        } else {
            expect(report, "ok", "bucket", 0, "no lifecycle rule")
        }
    }

    // MARK: The user, the parameter, the hosts

    @Test func `A user whom IAM does not know`() async throws {
        let relay = try await healthy()
        relay.configure(users: "name = \"nobody\"")
        try await relay.sandbox.setPolicy(Policies.all, of: "rotator")
        expect(try await doctor(relay), "problem", "key", 78, "IAM knows no user", "create-user --user-name nobody")
    }

    @Test func `A parameter of another type, one that is gone, and one that is no text of ours`() async throws {
        let relay = try await healthy()
        relay.configure("parameter_type = \"String\"")
        expect(try await doctor(relay), "problem", "parameter", 78, "SecureString", "`parameter_type =")
        relay.configure("kms_key = \"alias/keybaton\"")
        expect(try await doctor(relay), "warning", "parameter", 0, "alias/aws/ssm", "alias/keybaton", "`kms_key`")
        relay.configure()
        try await relay.put(parameter: "hello")
        expect(try await doctor(relay), "problem", "parameter", 65, "find out who wrote it")
        try await relay.sandbox.call("ssm", "delete_parameter", ["Name": .text(Relay.parameter)])
        expect(try await doctor(relay), "problem", "parameter", 65, "is gone", "--adopt")
        #expect(try await relay.published() == nil)
    }

    @Test func `A host that is missing, and one that says what is wrong`() async throws {
        let relay = try await healthy()
        relay.configure("hosts = [\"nas\", \"attic\"]")
        expect(try await doctor(relay), "warning", "host", 0, "never seen", "keybaton-agent run")
        relay.configure()
        #expect(relay.keybaton("rotate").status == 0)
        let host = relay.hosts[0]
        let broken = host.home.write("broken", "nonsense")
        host.configure(
            relay.sandbox,
            targets: "[[key.target]]\npath = \"\(host.credentialsPath)\"\n[[key.target]]\npath = \"\(broken)\"\n")
        relay.runAgents()
        expect(try await doctor(relay), "warning", "host", 0, "target-unwritable", "keybaton-agent doctor")
    }

    @Test func `An agent that is older than the rotator`() async throws {
        let relay = try await healthy()
        let names = try await relay.objectNames
        let name = try #require(names.first { $0.hasPrefix("acks/") })
        let said = try #require(try await relay.object(name))
        let older = said.replacing(#/"agent_version":"[^"]*"/#, with: "\"agent_version\":\"0.0.9\"")
        try #require(older != said)
        try await relay.put(object: name, older)
        expect(try await doctor(relay), "warning", "host", 0, "version 0.0.9, older", "update keybaton-agent")
    }

    @Test func `A clock that is an hour off`() async throws {
        let relay = try await healthy()
        try await relay.forward(3600)
        expect(try await doctor(relay), "warning", "clock", 0, "behind", "timedatectl")
    }
}
