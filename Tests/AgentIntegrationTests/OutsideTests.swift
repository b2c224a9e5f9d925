import Glibc
import HostTestSupport
import Testing

/// A run as it is seen from outside: by a monitor, by Prometheus, in the log. Without AWS, as the host has no key.
struct OutsideTests {
    let home = ScratchDirectory()

    private func configure(_ settings: String) -> String {
        home.write(
            "agent.toml",
            """
            region = "eu-west-1"
            bucket = "123456789012-accesskey-update"
            host = "nas"
            state_directory = "\(home.path("state"))"
            \(settings)
            [[key]]
            user = "backup"
            """)
    }

    private func run(_ settings: String, _ arguments: String...) -> Command.Result {
        Command.run(
            [Relay.agent, "run", "--config", configure(settings)] + arguments,
            environment: ["HOME": home.path, "JOURNAL_STREAM": ""])
    }

    @Test func `Healthchecks hears the start and the exit code, with what the log says`() throws {
        let monitor = try RecordingServer()
        let result = run("ping = \"\(monitor.address)/ping/0b1c\"")
        #expect(result.status == 10)
        let requests = try monitor.requests
        #expect(requests.map(\.path) == ["/ping/0b1c/start", "/ping/0b1c/10"])
        #expect(requests.map(\.method) == ["POST", "POST"])
        #expect(requests.last?.body.contains("backup: holds no key") == true)
        #expect(requests.last?.body.contains("no-key") == true)
        #expect(requests.last?.headers["User-Agent"]?.hasPrefix("keybaton-agent/") == true)
        #expect(requests.allSatisfy { $0.headers["Authorization"] == nil })
    }

    @Test func `A run that cannot begin is told with its reason, and AWS's settings are not the monitor's`() throws {
        let monitor = try RecordingServer()
        let result = Command.run(
            [Relay.agent, "run", "--config", configure("ping = \"\(monitor.address)/x\"")],
            environment: ["HOME": home.path, "AWS_CA_BUNDLE": "/nonexistent/ca.pem"])
        #expect(result.status == 78, "\(result.output)")
        #expect(try monitor.requests.map(\.path) == ["/x/start", "/x/78"])
        #expect(try monitor.requests.last?.body.contains("/nonexistent/ca.pem") == true)
    }

    @Test func `Uptime Kuma hears that it is down`() throws {
        let monitor = try RecordingServer()
        #expect(run("ping = \"\(monitor.address)/api/push/T0k?status=up&msg=OK&ping=\"").status == 10)
        let requests = try monitor.requests
        #expect(requests.map(\.method) == ["GET"])
        #expect(requests.last?.path.hasPrefix("/api/push/T0k?status=down&msg=backup%3A%20holds%20no%20key") == true)
    }

    @Test func `A monitor that is down for a moment hears of the end at the second attempt`() throws {
        let monitor = try RecordingServer()
        let result = run("ping = \"\(monitor.address)/flaky\"")
        #expect(result.status == 10)
        #expect(try monitor.requests.map(\.path) == ["/flaky/start", "/flaky/10", "/flaky/10"])
        // The start is not told again, and that it was not heard is said.
        #expect(result.output.contains("answered 503"), "\(result.output)")
    }

    @Test(arguments: [
        ("unknown", "answered 404", 2), ("moved", "answered 301", 2), ("huge", "larger than", 2),
        ("down", "answered 500", 4),
    ])
    func `A monitor's failure is a warning without its address, and the run ends as it does`(
        _ kind: String, _ expected: String, _ count: Int
    ) throws {
        let monitor = try RecordingServer()
        let result = run("ping = \"\(monitor.address)/\(kind)\"")
        #expect(result.status == 10)
        #expect(result.output.contains("the monitor at 127.0.0.1"), "\(result.output)")
        #expect(result.output.contains(expected), "\(result.output)")
        #expect(!result.output.contains("/\(kind)"))
        #expect(try monitor.requests.count == count)
    }

    @Test func `A monitor that hangs or is not there keeps nobody from the key for long`() throws {
        let monitor = try RecordingServer()
        let clock = ContinuousClock()
        let start = clock.now
        let hanging = run("ping = \"\(monitor.address)/hang\"")
        #expect(hanging.status == 10)
        #expect(try monitor.requests.map(\.path) == ["/hang/start", "/hang/10"])
        #expect(start.duration(to: clock.now) < .seconds(25))
        let absent = run("ping = \"http://127.0.0.1:1/x\"")
        #expect(absent.status == 10)
        #expect(absent.output.contains("the monitor at 127.0.0.1 was not reached"), "\(absent.output)")
    }

    @Test func `Looking at the state tells nobody`() throws {
        let monitor = try RecordingServer()
        let path = configure("ping = \"\(monitor.address)/x\"\ntextfile = \"\(home.path("keybaton.prom"))\"")
        let result = Command.run([Relay.agent, "status", "--config", path], environment: ["HOME": home.path])
        #expect(result.status == 0, "\(result.output)")
        #expect(try monitor.requests.isEmpty)
        #expect(home.text("keybaton.prom") == nil)
    }

    @Test func `The metrics tell the exit code, and a directory that is not there is a warning`() {
        #expect(run("textfile = \"\(home.path("keybaton.prom"))\"").status == 10)
        #expect(home.text("keybaton.prom")?.contains("keybaton_agent_last_run_exit_code 10\n") == true)
        let missing = run("textfile = \"\(home.path("none/keybaton.prom"))\"")
        #expect(missing.status == 10)
        #expect(missing.output.contains("textfile \(home.path("none/keybaton.prom"))"), "\(missing.output)")
    }

    @Test func `In the journal a line carries its priority, and only there`() {
        let path = configure("")
        func log(_ stream: String) -> String {
            _ = Command.run(
                [
                    "sh", "-c",
                    "exec 2>\(home.path("stderr")); JOURNAL_STREAM=\(stream) exec \(Relay.agent) run --config \(path)",
                ], environment: ["HOME": home.path])
            return home.text("stderr") ?? ""
        }
        #expect(log("$(stat -L -c %d:%i /proc/self/fd/2)").hasPrefix("<3>backup: holds no key"))
        #expect(log("8:1").hasPrefix("backup: holds no key"))
    }

    @Test func `Under cron every line goes to syslog with its priority, and errors to standard error`() {
        let command = ["unshare", "--mount", "python3", script("syslog.py")]
        guard isAvailable(geteuid() == 0 && hasCommand("unshare"), "root and unshare", for: "the system's log") else {
            return
        }
        let agent = [Relay.agent, "run", "--quiet", "--config", configure("")]
        let result = Command.run(
            command + [home.path("syslog")] + agent, environment: ["HOME": home.path, "JOURNAL_STREAM": ""])
        #expect(result.status == 10, "\(result.output)")
        #expect(result.output.hasPrefix("backup: holds no key"), "\(result.output)")
        // Facility daemon (3), priority error (3): https://www.rfc-editor.org/rfc/rfc3164
        let line = home.text("syslog") ?? ""
        #expect(line.hasPrefix("<27>"), "\(line)")
        #expect(line.contains(" keybaton-agent["), "\(line)")
        #expect(line.contains("]: backup: holds no key"), "\(line)")
        #expect(line.split(separator: "\n").count == 1, "\(line)")

        let status = Command.run(
            command + [home.path("syslog")] + [Relay.agent, "status", "--config", home.path("none.toml")],
            environment: ["HOME": home.path, "JOURNAL_STREAM": ""])
        #expect(status.status == 78)
        #expect(home.text("syslog") == "")
    }
}
