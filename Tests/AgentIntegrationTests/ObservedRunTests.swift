import Glibc
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// What those outside see of runs that go well.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "runs as they are seen from outside")))
struct ObservedRunTests {
    static let sandbox = Result { try Sandbox() }

    let sandbox: Sandbox

    init() async throws {
        sandbox = try Self.sandbox.get()
        try await sandbox.reset()
    }

    @Test func `A monitor and Prometheus learn of a rotation`() async throws {
        let monitor = try RecordingServer()
        let textfile = ScratchDirectory()
        let relay = try await Relay("backup", in: sandbox)
        relay.configure(
            "ping = \"\(monitor.address)/0b1c\"\ntextfile = \"\(textfile.path("keybaton.prom"))\"")
        #expect(relay.run("run").status == 0)
        _ = try await relay.rotate()
        #expect(relay.run("run").status == 0)
        let requests = try monitor.requests
        #expect(requests.map(\.path) == ["/0b1c/start", "/0b1c", "/0b1c/start", "/0b1c"])
        #expect(requests.last?.body.contains("installed in") == true)
        #expect(requests.allSatisfy { !$0.body.contains(relay.first.secret.reveal()) })
        let metrics = try #require(textfile.text("keybaton.prom"))
        for line in [
            "last_run_exit_code 0", "holds_published_key{user=\"backup\"} 1", "parameter_version{user=\"backup\"} 2",
            "checked_in{user=\"backup\"} 1",
        ] {
            #expect(metrics.contains("keybaton_agent_\(line)\n"), "\(metrics)")
        }
        #expect(!metrics.contains("keybaton_agent_problem"))
    }

    @Test func `Under cron a quiet run that goes well makes no mail and one line in the system's log`() async throws {
        guard isAvailable(geteuid() == 0 && hasCommand("unshare"), "root and unshare", for: "a quiet run's log") else {
            return
        }
        let relay = try await Relay("backup", in: sandbox)
        let result = Command.run(
            [
                "unshare", "--mount", "python3", script("syslog.py"), relay.home.path("syslog"), Relay.agent, "run",
                "--quiet", "--config", relay.home.path("agent.toml"),
            ],
            environment: sandbox.environment.merging(["HOME": relay.home.path, "JOURNAL_STREAM": ""]) { $1 })
        #expect(result.status == 0)
        #expect(result.output == "")
        // Facility daemon (3), priority info (6).
        let lines = (relay.home.text("syslog") ?? "").split(separator: "\n")
        #expect(lines.count == 1, "\(lines)")
        #expect(lines.first?.hasPrefix("<30>") == true, "\(lines)")
        #expect(lines.first?.contains("backup: holds \(relay.first.id)") == true, "\(lines)")
    }
}
