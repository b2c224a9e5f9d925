import Glibc
import HostTestSupport
import Testing

/// The program as cron and people call it, without AWS.
struct CommandLineTests {
    let home = ScratchDirectory()

    private func run(_ arguments: String...) -> Command.Result {
        Command.run([Relay.agent] + arguments, environment: ["HOME": home.path, "XDG_CONFIG_HOME": ""])
    }

    private func configure(mode: mode_t = 0o600) -> String {
        home.write(
            "agent.toml",
            """
            region = "eu-west-1"
            bucket = "123456789012-accesskey-update"
            host = "nas"
            state_directory = "\(home.path("state"))"
            [[key]]
            user = "backup"
            """, mode: mode)
    }

    @Test func `It knows its version and its commands`() {
        let version = run("--version")
        #expect(version.status == 0)
        #expect(version.output == "0.1.0\n")
        #expect(run("--help").output.contains("Exit codes"))
    }

    @Test func `Wrong usage is 64, a wrong configuration 78, and both say what is wrong`() {
        #expect(run("run", "--sply", "1h").status == 64)
        #expect(run("run", "--splay", "soon").status == 64)
        let missing = run("run", "--config", home.path("none.toml"))
        #expect(missing.status == 78)
        #expect(missing.output.contains("none.toml"))
        #expect(run("run", "--config", configure(mode: 0o666)).status == 78)
    }

    @Test(.enabled(if: isAvailable(geteuid() == 0, "root", for: "a configuration in a user's home")))
    func `Root follows no configuration that a user could replace`() {
        let directory = home.path("of-61001")
        #expect(mkdir(directory, 0o700) == 0 && chown(directory, 61001, 61001) == 0)
        #expect(rename(configure(), "\(directory)/agent.toml") == 0)
        let result = run("run", "--config", "\(directory)/agent.toml")
        #expect(result.status == 78)
        #expect(result.output.contains("agent.toml: user 61001, to whom \(directory) belongs, could replace it"))
    }

    @Test(.enabled(if: isAvailable(geteuid() == 0, "root", for: "a state in a user's home")))
    func `Root keeps no state where a user could replace it`() {
        let directory = home.path("of-61001")
        #expect(mkdir(directory, 0o700) == 0 && chown(directory, 61001, 61001) == 0)
        let path = home.write(
            "agent.toml",
            """
            region = "eu-west-1"
            bucket = "123456789012-accesskey-update"
            state_directory = "\(directory)/state"
            [[key]]
            user = "backup"
            """)
        for command in ["run", "status"] {
            let result = run(command, "--config", path)
            #expect(result.status == 78)
            #expect(
                result.output.contains("state_directory: \(directory)/state: user 61001, to whom \(directory) belongs"))
        }
        #expect(access("\(directory)/state", F_OK) != 0)
    }

    @Test func `While another run is at work it waits as long as it may, and ends with 75`() {
        mkdir(home.path("state"), 0o700)
        home.write("ready", "")
        let holder = Command(["flock", home.path("state/lock"), "sh", "-c", "rm \(home.path("ready")); sleep 3"])
        for _ in 1...500 where home.bytes("ready") != nil { usleep(10_000) }
        let result = run("run", "--wait", "0s", "--config", configure())
        #expect(result.status == 75, "\(result.output)")
        #expect(result.output.contains("another run is at work"))
        #expect(holder.finish().status == 0)
    }

    @Test func `A host without a key says what to do, without asking anybody`() {
        let result = run("run", "--config", configure())
        #expect(result.status == 10)
        #expect(result.output.contains("no-key"))
        #expect(result.output.contains("aws configure"))
    }

    @Test func `A damaged state is named, and nothing is done`() {
        mkdir(home.path("state"), 0o700)
        home.write("state/state", "{")
        let result = run("run", "--config", configure())
        #expect(result.status == 65)
        #expect(result.output.contains("state/state"))
    }
}
