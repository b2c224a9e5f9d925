import FoundationEssentials
import Glibc
import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// The real agent and real programs: what is run after a rotation, and what a dry run leaves as it was.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "the agent's hooks")))
struct HookTests {
    static let sandbox = Result { try Sandbox() }

    let sandbox: Sandbox
    /// Where only root can write: as root the agent runs no program from /tmp.
    let trusted = TrustedDirectory()

    init() async throws {
        sandbox = try Self.sandbox.get()
        try await sandbox.reset()
    }

    /// A relay whose target has a hook and whose hooks directory has two programs; each writes down what it is told.
    private func relay(failing: Bool = false) async throws -> Relay {
        let relay = try await Relay("backup", in: sandbox)
        mkdir(trusted.path("hooks"), 0o755)
        let log = relay.home.path("log")
        trusted.write("own", "echo own \"$@\" >> \(log); env >> \(log); cat \"$KEYBATON_TARGET_PATH\"")
        trusted.write("hooks/20-two", "echo two >> \(log); env >> \(log)")
        trusted.write(
            "hooks/10-one",
            "echo one >> \(log); echo 'no such unit' >&2; \(failing ? "test -e \(relay.home.path("mended"))" : "")")
        relay.configure(
            "hooks = \"\(trusted.path("hooks"))\"",
            key: """
                [[key.target]]
                path = "~/.aws/credentials"
                hook = ["\(trusted.path("own"))", "two words; $HOME"]
                """)
        return relay
    }

    private func calls(_ relay: Relay) -> [String] {
        (relay.home.text("log") ?? "").split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("own") || $0 == "one" || $0 == "two" }
    }

    @Test func `After a rotation the hooks run in order, know the ids and the places, and nowhere is a secret`()
        async throws
    {
        let relay = try await relay()
        #expect(relay.run("run").status == 0)
        #expect(relay.home.text("log") == nil)
        let new = try await relay.rotate()
        let result = relay.run("run")
        #expect(result.status == 0, "\(result.output)")
        #expect(calls(relay) == ["own two words; $HOME", "one", "two"])
        let log = try #require(relay.home.text("log"))
        for line in [
            "KEYBATON_USER=backup", "KEYBATON_KEY_ID=\(new.id)", "KEYBATON_OLD_KEY_ID=\(relay.first.id)",
            "KEYBATON_TARGET_PATH=\(relay.home.path(".aws/credentials"))", "KEYBATON_TARGET_PROFILE=default",
            "KEYBATON_TARGET_FORMAT=aws-credentials", "KEYBATON_CHANGED=\(relay.home.path(".aws/credentials"))",
        ] { #expect(log.contains(line + "\n"), "\(line)") }
        #expect(!log.contains("AWS_"))
        #expect(result.output.contains("hook 10-one: | no such unit"))
        // The hook printed the whole file.
        #expect(result.output.contains("aws_secret_access_key = <redacted>"))
        for text in [log, result.output, relay.home.text(relay.statePath) ?? ""] {
            for key in [relay.first, new] { #expect(!text.contains(key.secret.reveal())) }
        }
        #expect(try await relay.checkIn(under: new)?.problem == nil)
        #expect(relay.run("run").status == 0)
        #expect(calls(relay).count == 3)
    }

    @Test func `A hook that fails is exit code 15 and no acknowledgement, until it succeeds`() async throws {
        let relay = try await relay(failing: true)
        let new = try await relay.rotate()
        let result = relay.run("run")
        #expect(result.status == 15, "\(result.output)")
        #expect(result.output.contains("hook-failed: the key is installed, but the hook 10-one failed: exit code 1"))
        #expect(relay.credentials == Relay.credentials(new))
        #expect(try await relay.checkIn(under: new)?.problem?.code == "hook-failed")
        #expect(relay.run("needs-refresh").status == 0)
        relay.home.write("mended", "")
        #expect(relay.run("run").status == 0)
        #expect(calls(relay) == ["own two words; $HOME", "one", "two", "one"])
        #expect(try await relay.checkIn(under: new)?.problem == nil)
        #expect(relay.run("needs-refresh").status == 14)
    }

    @Test func `How a hook ended is seen even by an agent that was started with SIGCHLD ignored`() async throws {
        let relay = try await relay()
        _ = try await relay.rotate()
        let result = Command.run(
            ["env", "--ignore-signal=CHLD", Relay.agent, "run", "--config", relay.home.path("agent.toml")],
            environment: sandbox.environment.merging(["HOME": relay.home.path]) { $1 })
        #expect(result.status == 0, "\(result.output)")
        #expect(calls(relay).count == 3)
    }

    @Test func `An agent that is killed in a hook runs it again`() async throws {
        let relay = try await relay()
        let new = try await relay.rotate()
        trusted.write("own", "echo own >> \(relay.home.path("log")); kill -9 $(cut -d' ' -f4 /proc/$$/stat)")
        #expect(relay.run("run").status == 128 + SIGKILL)
        #expect(relay.credentials == Relay.credentials(new))
        #expect(try await relay.checkIn(under: new) == nil)
        trusted.write("own", "echo own >> \(relay.home.path("log"))")
        #expect(relay.run("run").status == 0)
        #expect(calls(relay) == ["own", "own", "one", "two"])
    }

    @Test func `A dry run shows the change without the secrets and changes nothing, here or there`() async throws {
        let relay = try await relay()
        #expect(relay.run("run", "--dry-run").status == 0)
        let new = try await relay.rotate()
        let before = try await sandbox.requests().last?.number ?? 0
        let result = relay.run("run", "--dry-run")
        #expect(result.status == 12, "\(result.output)")
        for text in [
            "- aws_access_key_id = \(relay.first.id)", "+ aws_access_key_id = \(new.id)",
            "+ aws_secret_access_key = <redacted>", "would run the hook \(trusted.path("own"))",
            "would run the hook 10-one",
        ] { #expect(result.output.contains(text), "\(text)") }
        let report = relay.run("run", "-n", "--json")
        #expect(report.status == 12)
        for key in [relay.first, new] { #expect(!(result.output + report.output).contains(key.secret.reveal())) }
        #expect(try await sandbox.requests(after: before).allSatisfy { $0.operation.hasPrefix("Get") })
        #expect(relay.credentials == Relay.credentials(relay.first))
        #expect(relay.home.names.filter { $0 != ".aws" && $0 != "agent.toml" } == [])
    }

    @Test func `needs-refresh is 0 when a target is behind, 14 when none is, and an error is neither`() async throws {
        let relay = try await relay()
        #expect(relay.run("needs-refresh").status == 14)
        #expect(relay.run("needs-refresh", "--offline").status == 0)
        #expect(relay.run("run").status == 0)
        #expect(relay.run("needs-refresh", "--offline").status == 14)
        let new = try await relay.rotate()
        let result = relay.run("needs-refresh")
        #expect(result.status == 0)
        #expect(result.output.contains("holds \(relay.first.id), not \(new.id)"))
        #expect(relay.run("needs-refresh", "--quiet", "--user", "backup").output == "")
        let report = try JSONDecoder().decode(JSON.self, from: Data(relay.run("needs-refresh", "--json").output.utf8))
        #expect(report["exit"]?.number == 0)
        #expect(
            report["keys"]?.elements.first?["targets"]?.elements.first?["key_id"]?.text == relay.first.id.description)
        #expect(relay.run("needs-refresh", "--user", "nobody").status == 64)
        #expect(relay.run("run").status == 0)
        relay.hold(relay.first)
        #expect(relay.run("needs-refresh", "--offline").status == 0)
        try await sandbox.setStatus("Inactive", of: relay.first.id, of: "backup")
        #expect(relay.run("needs-refresh").status == 10)
    }

    @Test func `The check-in says when the next run is due at the latest`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        relay.configure("every = \"6h\"\nsplay = \"1h\"")
        #expect(relay.run("run", "--splay", "0s").status == 0)
        let checkIn = try #require(try await relay.checkIn(under: relay.first))
        let due = try #require(checkIn.nextRunDue).timeIntervalSince(checkIn.startedAt)
        #expect((25_190...25_205).contains(due))
    }
}

/// A directory that nobody but this user can have written, up to the root.
final class TrustedDirectory: Sendable {
    private let root: String

    init() {
        let base = getuid() == 0 ? "/var/lib" : String(cString: getenv("HOME"))
        var template = Array("\(base)/keybaton-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { fatalError("mkdtemp: errno \(errno)") }
        root = String(cString: made)
    }

    deinit {
        _ = Command.run(["rm", "-rf", root])
    }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    /// Writes a shell script.
    func write(_ name: String, _ script: String) {
        write(file: name, "#!/bin/sh\n\(script)\n", mode: 0o755)
    }

    func write(file name: String, _ text: String, mode: mode_t = 0o600) {
        let path = path(name)
        let bytes = Array(text.utf8)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        precondition(descriptor >= 0 && Glibc.write(descriptor, bytes, bytes.count) == bytes.count, "\(path): \(errno)")
        close(descriptor)
    }
}
