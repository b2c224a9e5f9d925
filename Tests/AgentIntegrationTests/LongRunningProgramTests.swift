import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// Programs that read their key once and run for months: what keeps them working when OLD is gone.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "programs that run through a rotation")))
struct LongRunningProgramTests {
    static let sandbox = Result { try Sandbox() }

    let sandbox: Sandbox

    init() async throws {
        sandbox = try Self.sandbox.get()
        try await sandbox.reset()
    }

    /// A host whose key stands in `~/.aws/credentials` and, for the profile `app`, behind a `credential_process`.
    private func relay(hook: String = "") async throws -> Relay {
        let relay = try await Relay("backup", in: sandbox)
        relay.configure(
            key: """
                [[key.target]]
                path = "~/.aws/credentials"
                \(hook)
                [[key.target]]
                format = "json"
                """)
        relay.home.write(
            ".aws/config",
            """
            [profile app]
            credential_process = "\(Relay.agent)" credentials --user backup
            """)
        let result = relay.run("run")
        try #require(result.status == 0, "\(result.output)")
        return relay
    }

    private func delete(_ key: AccessKey) async throws {
        try await sandbox.call(
            "iam", "delete_access_key", ["UserName": "backup", "AccessKeyId": .text(key.id.description)])
    }

    /// botocore takes the time from the test; the agent, its `Expiration` and AWS have the real one. 46 minutes are
    /// within the quarter of an hour before the end in which botocore asks anew.
    @Test func `A boto3 program with a credential_process goes on through a rotation`() async throws {
        let relay = try await relay()
        let client = Client(relay, profile: "app")
        // The same program with the plain file: what would happen without.
        let plain = Client(relay, profile: "default")
        #expect(try client.ask() == "\(relay.first.id) \(relay.arn)")
        #expect(try plain.ask() == "\(relay.first.id) \(relay.arn)")

        let new = try await relay.rotate()
        #expect(relay.run("run").status == 0)
        // OLD still works, so that nothing is urgent.
        #expect(try client.ask(minutesAhead: 44) == "\(relay.first.id) \(relay.arn)")
        #expect(try client.ask(minutesAhead: 46) == "\(new.id) \(relay.arn)")
        try await delete(relay.first)
        #expect(try client.ask(minutesAhead: 46) == "\(new.id) \(relay.arn)")
        #expect(try client.ask() == "\(new.id) \(relay.arn)")
        #expect(try plain.ask(minutesAhead: 46) == "\(relay.first.id) InvalidClientTokenId")
    }

    @Test func `The AWS CLI with a credential_process has the new key with its next call`() async throws {
        let relay = try await relay()
        let aws = String(Client.python.dropLast("python".count)) + "aws"
        func ask() -> Command.Result {
            Command.run(
                [Client.python, aws, "sts", "get-caller-identity", "--output", "text", "--region", sandbox.region],
                environment: relay.clientEnvironment("app"))
        }
        #expect(ask().output.contains(relay.arn))
        let new = try await relay.rotate()
        #expect(relay.run("run").status == 0)
        try await delete(relay.first)
        let result = ask()
        #expect(result.status == 0)
        #expect(result.output.contains(relay.arn), "\(result.output)")
        #expect(try await sandbox.requests().last?.key_id == new.id.description)
    }

    /// The CLI's own way: a refusal of ours must reach whoever has to mend it.
    @Test func `A key that others can read stops the program with our words`() async throws {
        let relay = try await relay()
        _ = Command.run(["chmod", "644", relay.home.path(".aws/keybaton/backup.json")])
        let result = Command.run(
            [Client.python, "-c", "import boto3; boto3.client('sts', region_name='eu-west-1').get_caller_identity()"],
            environment: relay.clientEnvironment("app"))
        #expect(result.status == 1)
        #expect(result.output.contains("others may read or write it"), "\(result.output)")
    }

    @Test func `A boto3 program with the plain file goes on when a hook starts it anew`() async throws {
        let home = ScratchDirectory()
        let relay = try await relay(
            hook: "hook = [\"/bin/sh\", \"-c\", \"kill $(cat \(home.path("pid")))\"]")
        let client = Client(relay, profile: "default", pidFile: home.path("pid"))
        let plain = Client(relay, profile: "default")
        #expect(try client.ask() == "\(relay.first.id) \(relay.arn)")
        #expect(try plain.ask() == "\(relay.first.id) \(relay.arn)")
        let process = home.text("pid")

        #expect(relay.run("run").status == 0)
        #expect(home.text("pid") == process)
        let new = try await relay.rotate()
        let result = relay.run("run")
        #expect(result.status == 0, "\(result.output)")
        #expect(try client.ask() == "\(new.id) \(relay.arn)")
        #expect(home.text("pid") != process)
        try await delete(relay.first)
        #expect(try client.ask() == "\(new.id) \(relay.arn)")
        #expect(try plain.ask() == "\(relay.first.id) InvalidClientTokenId")
    }
}
