import Glibc
import HostTestSupport
import SandboxSupport
import Testing

/// The real `init` against AWS's real protocols: what it writes works.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "init")))
struct InitTests {
    static let sandbox = Result { try Sandbox() }

    let sandbox: Sandbox
    let relay: Relay

    init() async throws {
        sandbox = try Self.sandbox.get()
        try await sandbox.reset()
        relay = try await Relay("backup", in: sandbox)
        unlink(relay.home.path("agent.toml"))
    }

    @Test func `A configuration from three options passes the doctor, and the agent runs with it`() async throws {
        let result = relay.run(
            "init", "--region", sandbox.region, "--bucket", Relay.bucket, "--path", relay.home.path(".aws/credentials"))
        #expect(result.status == 0, "\(result.output)")
        // Whose key it is, AWS has said.
        #expect(relay.home.text("agent.toml")?.contains("user = \"backup\"") == true)
        #expect(result.output.contains("ok       parameter /keybaton/backup"))
        #expect(relay.credentials == Relay.credentials(relay.first))
        let state = ["XDG_STATE_HOME": relay.home.path("state")]
        var environment = sandbox.environment.merging(state) { _, new in new }
        environment["HOME"] = relay.home.path
        // Root's state is elsewhere, which is not the test's to write.
        if geteuid() == 0 {
            let text = try #require(relay.home.text("agent.toml"))
            relay.home.write("agent.toml", "state_directory = \"\(relay.home.path("state"))\"\n\(text)")
        }
        let run = Command.run(
            [Relay.agent, "run", "--splay", "0s", "--config", relay.home.path("agent.toml")], environment: environment)
        #expect(run.status == 0, "\(run.output)")
    }

    @Test func `What does not work is written, and the doctor's code is the exit code`() {
        let result = relay.run(
            "init", "--region", sandbox.region, "--bucket", Relay.bucket, "--user", "backup", "--parameter", "/other",
            "--path", relay.home.path(".aws/credentials"))
        #expect(result.status == 77, "\(result.output)")
        #expect(result.output.contains("allow ssm:GetParameter on arn:aws:ssm:\(sandbox.region)"))
        #expect(relay.home.text("agent.toml")?.contains("parameter = \"/other\"") == true)
    }

    @Test func `Without a key to ask with, the user must be said`() {
        unlink(relay.home.path(".aws/credentials"))
        let result = relay.run("init", "--region", sandbox.region, "--bucket", Relay.bucket)
        #expect(result.status == 64)
        #expect(result.output.contains("--user is missing"))
        #expect(relay.home.bytes("agent.toml") == nil)
    }
}
