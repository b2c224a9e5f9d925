import Console
import CredentialsFile
import FoundationEssentials
import Glibc
import Handover
import HostTestSupport
import Synchronization
import Testing

@testable import AgentCommands

/// `init`: what is asked, what is written, and what is left alone.
struct InitTests {
    let home = ScratchDirectory()
    let text = Transcript()

    final class Transcript: Sendable {
        private let written = Mutex("")
        var all: String { written.withLock { $0 } }
        func add(_ text: String) { written.withLock { $0 += text } }
    }

    private func initialise(_ arguments: String..., answers: [String]? = nil) async -> Int32 {
        let rest = Mutex(answers ?? [])
        let output = Output(isTerminal: answers != nil, environment: ["TERM": "dumb"]) { [text] in text.add($0) }
        let context = CommandContext(
            environment: ["HOME": home.path, "XDG_CONFIG_HOME": ""],
            input: Input(isTerminal: answers != nil) {
                rest.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            },
            output: output, messages: output, now: { Date(timeIntervalSince1970: 1_790_000_000) })
        return await runCommand(
            AgentCommand.self,
            arguments: ["init", "--no-doctor", "--config", home.path("etc/agent.toml")] + arguments, context: context)
    }

    @Test(.enabled(if: isAvailable(geteuid() == 0, "root", for: "init in a user's directory")))
    func `Root writes nothing where a user could lead it elsewhere`() async {
        #expect(mkdir(home.path("elsewhere"), 0o755) == 0)
        #expect(symlink("elsewhere", home.path("etc")) == 0)
        #expect(lchown(home.path("etc"), 1234, 1234) == 0)
        let status = await initialise("--region", "eu-west-1", "--bucket", "a-bucket", "--user", "backup")
        #expect(status == ExitStatus.configuration.rawValue)
        #expect(text.all.contains("user 1234") && text.all.contains("nothing was written"), "\(text.all)")
        #expect(Command.run(["ls", "-A", home.path("elsewhere")]).output.isEmpty)
    }

    private func load() throws -> AgentConfiguration {
        try AgentConfiguration(
            file: home.path("etc/agent.toml"),
            user: RunningUser(userID: geteuid(), home: home.path, environment: [:]))
    }

    @Test func `Three options make a configuration that everybody may read and that the agent understands`()
        async throws
    {
        #expect(await initialise("--region", "eu-west-1", "--bucket", "a-bucket", "--user", "backup") == 0)
        let configuration = try load()
        #expect(configuration.region == "eu-west-1" && configuration.bucket == "a-bucket")
        #expect(configuration.keys.map(\.user.description) == ["backup"])
        #expect(configuration.keys.first?.targets.map(\.path) == [home.path(".aws/credentials")])
        #expect(text.all.contains("Wrote \(home.path("etc/agent.toml"))"))
        var status = stat()
        #expect(stat(home.path("etc/agent.toml"), &status) == 0 && status.st_mode & 0o777 == 0o644)
        #expect(home.names == ["etc"])
    }

    @Test func `Every option finds its place`() async throws {
        let status = await initialise(
            "--region", "eu-west-1", "--bucket", "a-bucket", "--user", "back+up", "--parameter", "/teams/backup",
            "--path", "/srv/credentials", "--profile", "s3", "--host", "attic", "--credential-process")
        #expect(status == 0, "\(text.all)")
        let configuration = try load()
        #expect(configuration.host?.description == "attic")
        let key = try #require(configuration.keys.first)
        #expect(key.parameter == "/teams/backup")
        #expect(key.targets.map(\.path) == ["/srv/credentials", home.path(".aws/keybaton/back+up.json")])
        #expect(key.targets.map(\.slot.name) == ["s3", ""])
        #expect(text.all.contains("credentials --user back+up"))
    }

    @Test func `What is missing is named where nobody can be asked, and nothing is written`() async {
        #expect(await initialise("--bucket", "a-bucket", "--user", "backup") == 64)
        #expect(text.all.contains("--region is missing"))
        #expect(await initialise("--region", "eu-west-1", "--bucket", "a-bucket", "--user", "back+up") == 64)
        #expect(text.all.contains("--parameter is missing"))
        #expect(home.names.isEmpty)
    }

    @Test(
        arguments: [
            ["--region", "eu west", "--bucket", "a-bucket", "--user", "backup"],
            ["--region", "eu-west-1", "--bucket", "A", "--user", "backup"],
            ["--region", "eu-west-1", "--bucket", "a-bucket", "--user", "back up"],
            ["--region", "eu-west-1", "--bucket", "a-bucket", "--user", "backup", "--host", ".x"],
            ["--region", "eu-west-1", "--bucket", "a-bucket", "--user", "backup", "--path", "relative"],
            ["--region", "eu-west-1", "--bucket", "a-bucket", "--user", "backup", "--profile", "a]\nb = \"c"],
            ["--region", "eu-west-1", "--bucket", "a-bucket", "--user", "backup", "--owner", "no-such-user-here"],
        ])
    func `What the agent would not accept is not written`(_ arguments: [String]) async {
        let context = CommandContext(
            environment: ["HOME": home.path],
            output: Output(isTerminal: false, environment: [:]) { [text] in text.add($0) },
            messages: Output(isTerminal: false, environment: [:]) { [text] in text.add($0) },
            now: { Date(timeIntervalSince1970: 0) })
        let status = await runCommand(
            AgentCommand.self, arguments: ["init", "--config", home.path("agent.toml")] + arguments, context: context)
        #expect(status == 78, "\(text.all)")
        #expect(home.names.isEmpty)
    }

    @Test func `An existing configuration stays, and with --force a copy of it does`() async throws {
        mkdir(home.path("etc"), 0o700)
        home.write("etc/agent.toml", "mine\n")
        #expect(await initialise("--region", "eu-west-1", "--bucket", "a-bucket", "--user", "backup") == 78)
        #expect(text.all.contains("--force"))
        #expect(home.text("etc/agent.toml") == "mine\n")
        for number in 1...2 {
            #expect(
                await initialise("--force", "--region", "eu-west-1", "--bucket", "b-\(number)-x", "--user", "backup")
                    == 0)
        }
        #expect(home.text("etc/agent.toml.old-1") == "mine\n")
        #expect(home.text("etc/agent.toml.old-2")?.contains("b-1-x") == true)
        #expect(try load().bucket == "b-2-x")
        #expect(text.all.contains("Kept what was there as \(home.path("etc/agent.toml.old-1"))"))
    }

    @Test func `A link is not written through`() async {
        mkdir(home.path("etc"), 0o700)
        home.write("elsewhere", "mine\n")
        symlink(home.path("elsewhere"), home.path("etc/agent.toml"))
        #expect(
            await initialise("--force", "--region", "eu-west-1", "--bucket", "a-bucket", "--user", "backup") == 78)
        #expect(home.text("elsewhere") == "mine\n")
    }

    @Test func `A person is asked for what is missing, and each answer is checked at once`() async throws {
        var answers = ["", "eu west", "eu-west-1", "Bad_Bucket", "a-bucket", "back up", "backup"]
        // Root is asked whose file it is, first.
        if geteuid() == 0 { answers = ["no-such-user-here", ""] + answers }
        #expect(await initialise(answers: answers) == 0, "\(text.all)")
        let configuration = try load()
        #expect(configuration.region == "eu-west-1" && configuration.bucket == "a-bucket")
        #expect(configuration.keys.map(\.user.description) == ["backup"])
        #expect(text.all.contains("one looks like eu-west-1"))
        #expect(text.all.contains("3 to 63 of a-z"))
        #expect(text.all.contains("`back up` is not an IAM user's name"))
    }

    @Test func `The region of the user's own configuration is offered`() async throws {
        mkdir(home.path(".aws"), 0o700)
        home.write(".aws/config", "[profile s3]\nregion = ap-south-2\n")
        #expect(await initialise("--bucket", "a-bucket", "--user", "backup", "--profile", "s3") == 0, "\(text.all)")
        #expect(try load().region == "ap-south-2")
    }

    @Test func `Who gives no answer gets no configuration`() async {
        #expect(await initialise(answers: []) == 64)
        #expect(await initialise(answers: Array(repeating: "no such thing", count: 20)) == 64)
        #expect(home.names.isEmpty)
    }

    @Test func `Any text survives as TOML`() throws {
        var answers = InitialConfiguration(
            region: "eu-west-1", bucket: "a-bucket", user: "backup", parameter: nil, path: "", profile: "default",
            hasProcess: false)
        for path in ["/a\"b", "/a\\b", "/a\tb\u{1}\u{7F}", "/é/日本", "/a'#b"] {
            answers.path = path
            let configuration = try AgentConfiguration(
                text: answers.text, path: "x", user: RunningUser(userID: 1, home: "/h", environment: [:]))
            #expect(configuration.keys.first?.targets.first?.path == path)
        }
    }

    @Test func `The key for a process lies in the home of whose credentials it is`() async throws {
        let status = await initialise(
            "--region", "eu-west-1", "--bucket", "a-bucket", "--user", "backup", "--path",
            "/home/alice/.aws/credentials",
            "--credential-process")
        #expect(status == 0, "\(text.all)")
        #expect(
            try load().keys.first?.targets.map(\.path) == [
                "/home/alice/.aws/credentials", "/home/alice/.aws/keybaton/backup.json",
            ])
    }

    @Test func `Where cron starts every host at the same minute, the runs are spread; a timer does that itself`() throws
    {
        var answers = InitialConfiguration(
            region: "eu-west-1", bucket: "a-bucket", user: "backup", path: "/p", profile: "default", hasProcess: false)
        for (isStartedByCron, splay, pause) in [(true, 0.5, 24.5), (false, nil, 28)] as [(Bool, Double?, Double)] {
            answers.isStartedByCron = isStartedByCron
            let configuration = try AgentConfiguration(
                text: answers.text, path: "x", user: RunningUser(userID: 0, home: "/root", environment: [:]))
            #expect(configuration.splay == splay.map { .seconds($0 * 3600) })
            #expect(configuration.longestPause == .seconds(pause * 3600))
        }
    }

    @Test func `Only root's runs are started by cron's daily script, and only where systemd is not init`() async throws
    {
        #expect(await initialise("--region", "eu-west-1", "--bucket", "a-bucket", "--user", "backup") == 0)
        let isStartedByCron = geteuid() == 0 && access("/run/systemd/system", F_OK) != 0
        #expect(try load().splay == (isStartedByCron ? .seconds(1800) : nil))
    }

    @Test func `The profile for a process is another than that of the key`() {
        var answers = InitialConfiguration(
            region: "r", bucket: "b", user: "backup", parameter: nil, path: "/p", profile: "default", hasProcess: true)
        #expect(answers.processProfile(program: "/x").first == "[profile backup]")
        answers.profile = "backup"
        #expect(answers.processProfile(program: "/x").first == "[profile backup-keybaton]")
    }
}
