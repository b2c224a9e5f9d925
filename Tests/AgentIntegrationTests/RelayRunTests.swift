import FoundationEssentials
import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// The real agent against AWS's real protocols: what a run does to the file, to the bucket and to AWS.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "the agent's runs")))
struct RelayRunTests {
    static let sandbox = Result { try Sandbox() }

    let sandbox: Sandbox

    init() async throws {
        sandbox = try Self.sandbox.get()
        try await sandbox.reset()
    }

    @Test func `A run with nothing to do asks AWS for two things and leaves the file alone`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        // Whose the key is, it asks once.
        #expect(relay.run("run").status == 0)
        let before = try await sandbox.requests().last?.number ?? 0
        #expect(try await sandbox.requests().map(\.operation).contains("GetCallerIdentity"))
        let result = relay.run("run")
        #expect(result.status == 0, "\(result.output)")
        let seen = try await sandbox.requests(after: before)
        #expect(seen.map(\.operation) == ["GetParameter", "PutObject"])
        #expect(relay.credentials == Relay.credentials(relay.first))
        let checkIn = try #require(try await relay.checkIn(under: relay.first))
        #expect(checkIn.problem == nil)
        #expect(checkIn.parameterVersion == 1)
        #expect(checkIn.targets.map(\.keyID) == [relay.first.id])
    }

    @Test func `A new publication is installed and acknowledged, and the next run has nothing to do`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        let new = try await relay.rotate()
        let result = relay.run("run")
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("installed in \(relay.home.path(".aws/credentials"))"))
        #expect(relay.credentials == Relay.credentials(new))
        let checkIn = try #require(try await relay.checkIn(under: new))
        #expect(checkIn.problem == nil)
        #expect(checkIn.keyID == new.id)
        #expect(checkIn.parameterVersion == 2)
        // The check-in is signed with the key it speaks of.
        #expect(try await sandbox.requests().last { $0.operation == "PutObject" }?.key_id == new.id.description)

        try await sandbox.setStatus("Inactive", of: relay.first.id, of: "backup")
        let before = try await sandbox.requests().last?.number ?? 0
        #expect(relay.run("run").status == 0)
        #expect(try await sandbox.requests(after: before).map(\.operation) == ["GetParameter", "PutObject"])
    }

    @Test func `One run installs the key in a file of every format, and the next finds nothing to do`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        let files = [
            ("aws-config", "config", "[profile nas]\nregion = eu-west-1\n", "profile = \"nas\""),
            ("env", "restic.env", "# mine\nAWS_ACCESS_KEY_ID='<ID>'\nAWS_SECRET_ACCESS_KEY=<SECRET>\n", ""),
            (
                "rclone", "rclone.conf", "[nas]\ntype = s3\naccess_key_id = <ID>\nsecret_access_key = <SECRET>\n",
                "profile = \"nas\""
            ),
            ("s3cfg", ".s3cfg", "[default]\nsecret_key = <SECRET>\naccess_key = <ID>\naccess_token = \n", ""),
        ]
        func fill(_ text: String, with key: AccessKey) -> String {
            text.split(separator: "<ID>", omittingEmptySubsequences: false).joined(separator: key.id.description)
                .split(separator: "<SECRET>", omittingEmptySubsequences: false).joined(separator: key.secret.reveal())
        }
        var targets = "[[key.target]]\nformat = \"json\"\n"
        for (format, name, text, more) in files {
            relay.home.write(name, fill(text, with: relay.first))
            targets += "[[key.target]]\nformat = \"\(format)\"\npath = \"\(relay.home.path(name))\"\n\(more)\n"
        }
        relay.configure(key: targets)
        let new = try await relay.rotate()
        let result = relay.run("run")
        #expect(result.status == 0, "\(result.output)")
        let key = "aws_access_key_id = \(new.id)\naws_secret_access_key = \(new.secret.reveal())\n"
        #expect(relay.home.text("config") == "[profile nas]\n\(key)region = eu-west-1\n")
        for (_, name, text, _) in files.dropFirst() { #expect(relay.home.text(name) == fill(text, with: new)) }
        #expect(
            relay.home.text(".aws/keybaton/backup.json")
                == "{\"Version\": 1, \"AccessKeyId\": \"\(new.id)\", \"SecretAccessKey\": \"\(new.secret.reveal())\"}\n"
        )
        let checkIn = try #require(try await relay.checkIn(under: new))
        #expect(checkIn.problem == nil && checkIn.targets.count == 5)
        #expect(checkIn.targets.allSatisfy { $0.keyID == new.id })
        #expect(Set(checkIn.targets.map(\.format)) == ["json", "aws-config", "env", "rclone", "s3cfg"])
        let before = try await sandbox.requests().last?.number ?? 0
        #expect(relay.run("run").status == 0)
        #expect(try await sandbox.requests(after: before).map(\.operation) == ["GetParameter", "PutObject"])
    }

    @Test func `NEW is proved twice by STS and by the Parameter Store before the file changes`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        let new = try await relay.rotate()
        #expect(relay.run("run").status == 0)
        let proofs = try await sandbox.requests().filter { $0.key_id == new.id.description }.map(\.operation)
        #expect(proofs == ["GetCallerIdentity", "GetParameter", "GetCallerIdentity", "GetParameter", "PutObject"])
    }

    @Test func `A key that is unknown to AWS for some seconds is waited for`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        // The first key, too, is as young as the test.
        try await Task.sleep(for: .seconds(2))
        try await sandbox.change(["key_appears_after": 2])
        let new = try await relay.rotate()
        let result = relay.run("run")
        #expect(result.status == 0, "\(result.output)")
        #expect(relay.credentials == Relay.credentials(new))
    }

    @Test func `A host whose key is dead changes nothing and says what to do`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        _ = try await relay.rotate()
        try await sandbox.setStatus("Inactive", of: relay.first.id, of: "backup")
        let result = relay.run("run")
        #expect(result.status == 10)
        #expect(result.output.contains("keys-refused"))
        #expect(result.output.contains("aws configure"))
        #expect(relay.credentials == Relay.credentials(relay.first))
    }

    @Test func `A key that was never published stays, unless the operator says otherwise`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        let unpublished = try await sandbox.makeKey(for: "backup")
        relay.hold(unpublished)
        let refused = relay.run("run")
        #expect(refused.status == 10)
        #expect(refused.output.contains("unknown-key"))
        #expect(relay.credentials == Relay.credentials(unpublished))
        #expect(try await relay.checkIn(under: unpublished)?.problem?.code == "unknown-key")

        let adopted = relay.run("run", "--adopt")
        #expect(adopted.status == 0, "\(adopted.output)")
        #expect(relay.credentials == Relay.credentials(relay.first))
    }

    @Test func `A key of an earlier version of the parameter is recognised`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        let second = try await sandbox.makeKey(for: "backup")
        try await relay.publish(second, old: nil)
        let result = relay.run("run")
        #expect(result.status == 0, "\(result.output)")
        #expect(relay.credentials == Relay.credentials(second))
    }

    @Test func `A parameter that no rotator wrote is never installed`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        try await relay.publish(text: "NEW\naws_access_key_id = x\naws_secret_access_key = y\n[evil]\n")
        let result = relay.run("run")
        #expect(result.status == 65)
        #expect(result.output.contains("parameter-unreadable"))
        #expect(relay.credentials == Relay.credentials(relay.first))
        #expect(try await relay.checkIn(under: relay.first)?.problem?.code == "parameter-unreadable")
    }

    @Test func `Another user's key is never installed`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        let stranger = try await sandbox.makeUser("mallory", policy: Relay.policy(sandbox))
        try await relay.publish(stranger.key, old: relay.first)
        let result = relay.run("run")
        #expect(result.status == 65)
        #expect(result.output.contains("foreign-key"))
        #expect(relay.credentials == Relay.credentials(relay.first))
        #expect(try await relay.checkIn(under: relay.first)?.problem?.code == "foreign-key")
    }

    @Test func `A user who is expected in another account is not served`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        _ = try await relay.rotate()
        relay.configure(key: "expect_arn = \"arn:aws:iam::999999999999:user/backup\"")
        #expect(relay.run("run").status == 65)
        #expect(relay.credentials == Relay.credentials(relay.first))
    }

    @Test func `A clock that is ten minutes off is corrected and reported`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        let new = try await relay.rotate()
        try await sandbox.change(["clock_offset": 600])
        let result = relay.run("run")
        #expect(result.status == 0, "\(result.output)")
        let skew = try #require(try await relay.checkIn(under: new)?.clockSkew)
        #expect((590...610).contains(skew))
    }

    @Test func `Two runs at once install it once and both succeed`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        let new = try await relay.rotate()
        let runs = [relay.start("run"), relay.start("run")].map { $0.finish() }
        #expect(runs.map(\.status) == [0, 0])
        #expect(runs.filter { $0.output.contains("installed in") }.count == 1)
        #expect(relay.credentials == Relay.credentials(new))
    }

    @Test func `One key's failure does not stop the others`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        relay.configure(
            key: """
                parameter = "/keybaton/missing"
                [[key.target]]
                path = "~/.aws/empty"
                [[key]]
                user = "media"
                """)
        let media = try await Relay("media", in: sandbox)
        relay.hold(media.first)
        let result = relay.run("run")
        #expect(result.status == 10, "\(result.output)")
        #expect(result.output.contains("backup: holds no key; not checked in; no-key"))
        #expect(try await media.checkIn(under: media.first) != nil)
    }

    @Test func `status tells without the network what the files hold and how the last run went`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        let new = try await relay.rotate()
        #expect(relay.run("run").status == 0)
        relay.hold(relay.first)
        let before = try await sandbox.requests().last?.number ?? 0
        let text = relay.run("status")
        #expect(text.status == 0)
        #expect(text.output.contains("changed since the last run"))
        let report = try JSONDecoder().decode(JSON.self, from: Data(relay.run("status", "--json").output.utf8))
        let key = try #require(report["keys"]?.elements.first)
        #expect(report["schema"]?.number == 1)
        #expect(key["principal"]?.text == relay.arn)
        #expect(key["targets"]?.elements.first?["key_id"]?.text == relay.first.id.description)
        #expect(key["runs"]?.elements.first?["published_key_id"]?.text == new.id.description)
        #expect(try await sandbox.requests(after: before).isEmpty)
    }

    @Test func `No secret is in what the agent prints, remembers or sends`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        var printed = relay.run("run", "--json").output
        let new = try await relay.rotate()
        printed += relay.run("run", "--json").output
        try await relay.publish(text: "NEW\naws_secret_access_key = \(relay.first.secret.reveal())\n")
        printed += relay.run("run").output
        printed += relay.run("status", "--json").output
        printed += relay.home.text(relay.statePath) ?? ""
        let name = ObjectName.checkIns(of: relay.user)
        let objects = try await sandbox.call(
            "s3", "list_objects_v2", ["Bucket": .text(Relay.bucket), "Prefix": .text(name)])
        let names = objects["Contents"]?.elements.compactMap { $0["Key"]?.text } ?? []
        #expect(names.count == 2)
        for name in names {
            let object = try await sandbox.call(
                "s3", "get_object", ["Bucket": .text(Relay.bucket), "Key": .text(name)])
            printed += "\(object)"
        }
        #expect(printed.contains(new.id.description))
        #expect(!printed.contains(new.secret.reveal()))
        #expect(!printed.contains(relay.first.secret.reveal()))
    }
}
