import AgentCommands
import Console
import CredentialsFile
import Handover
import HTTPTransport
import HostSystem
import HostTestSupport
import Refresher
import Testing

/// What a configuration may say, and how it is told what it may not.
struct AgentConfigurationTests {
    let user = RunningUser(userID: 1000, home: "/home/alice", environment: [:])
    static let head = "region = \"eu-west-1\"\nbucket = \"123456789012-accesskey-update\"\n"

    static let target = head + "[[key]]\nuser = \"backup\"\n[[key.target]]\npath = \"/x\"\n"

    private func read(_ text: String) throws -> AgentConfiguration {
        try AgentConfiguration(text: text, path: "agent.toml", user: user)
    }

    @Test func `Three lines are enough: the rest has defaults`() throws {
        let configuration = try read(Self.head + "[[key]]\nuser = \"backup\"\n")
        #expect(configuration.adoptAfter == .seconds(60))
        #expect(configuration.longestPause == .seconds(28 * 3600))
        #expect(
            configuration.defaultHooksDirectory.hasPrefix("/")
                && configuration.defaultHooksDirectory.hasSuffix("/hooks.d"))
        #expect(configuration.host == nil && configuration.splay == nil && configuration.stateDirectory == nil)
        let key = try #require(configuration.keys.first)
        #expect(key.parameter == "/keybaton/backup")
        #expect(key.expectedPrincipal == nil)
        #expect(key.targets.map(\.path) == ["/home/alice/.aws/credentials"])
        #expect(key.targets.map(\.slot.name) == ["default"])
    }

    @Test func `As root ~name is that user's home, and whose file it is unless owner says otherwise`() throws {
        let nobody = try #require(try UserAccount.named("nobody"))
        let root = RunningUser(userID: 0, home: "/root", environment: [:])
        func target(_ more: String) throws -> AgentConfiguration.Target {
            let text = Self.head + "[[key]]\nuser = \"backup\"\n[[key.target]]\npath = \"~nobody/x\"\n" + more
            return try #require(
                try AgentConfiguration(text: text, path: "agent.toml", user: root).keys.first?.targets.first)
        }
        #expect(try target("").path == "\(nobody.home)/x")
        #expect(try target("").owner == nobody)
        #expect(try target("owner = \"daemon\"\n").path == "\(nobody.home)/x")
        #expect(try target("owner = \"daemon\"\n").owner == UserAccount.named("daemon"))
    }

    @Test func `Everything can be said`() throws {
        let configuration = try read(
            """
            region = "eu-west-1"
            bucket = "123456789012-accesskey-update"
            host = "nas"
            splay = "1h"
            every = "6h"
            adopt_after = "2m"
            state_directory = "~/state"
            ping = "https://hc-ping.com/0b1c"
            textfile = "/var/lib/prometheus/node-exporter/keybaton.prom"
            hooks = "/etc/hooks"
            hook_timeout = "5m"
            [[key]]
            user = "back+up"
            parameter = "/teams/backup"
            expect_arn = "arn:aws:iam::123456789012:user/ops/back+up"
            rendezvous_profile = "keybaton"
            [[key.target]]
            path = "/srv/one"
            profile = "s3"
            in_place = true
            [[key.target]]
            path = "~/two"
            group = "root"
            mode = "0640"
            hook = ["/usr/bin/systemctl", "restart", "backup.service"]
            """)
        #expect(configuration.longestPause == .seconds(7 * 3600))
        #expect(configuration.ping == HTTPURL("https://hc-ping.com/0b1c"))
        #expect(configuration.textfile == "/var/lib/prometheus/node-exporter/keybaton.prom")
        #expect(configuration.hooksDirectory == "/etc/hooks")
        #expect(configuration.hookTimeout == .seconds(300))
        #expect(configuration.host == HostID("nas"))
        #expect(configuration.splay == .seconds(3600))
        #expect(configuration.adoptAfter == .seconds(120))
        #expect(configuration.stateDirectory == "/home/alice/state")
        let key = try #require(configuration.keys.first)
        #expect(key.expectedPrincipal?.userName == key.user)
        #expect(key.targets.map(\.path) == ["/srv/one", "/home/alice/two"])
        #expect(key.targets.map(\.allowsRewritingInPlace) == [true, false])
        #expect(key.rendezvous?.path == "/home/alice/.aws/credentials")
        #expect(key.rendezvous?.profile.text == "keybaton")
        let last = try #require(key.targets.last)
        #expect(last.group == 0 && last.permissions == 0o640)
        #expect(last.hook == ["/usr/bin/systemctl", "restart", "backup.service"])
    }

    @Test func `Every format says where in its file the key stands`() throws {
        let targets = try read(
            Self.head + """
                [[key]]
                user = "backup"
                [[key.target]]
                path = "~/.aws/config"
                format = "aws-config"
                profile = "s3"
                [[key.target]]
                path = "/etc/restic.env"
                format = "env"
                [[key.target]]
                path = "/etc/other.env"
                format = "env"
                id_variable = "S3_ID"
                secret_variable = "S3_SECRET"
                [[key.target]]
                path = "~/.config/rclone/rclone.conf"
                format = "rclone"
                profile = "offsite"
                [[key.target]]
                path = "~/.s3cfg"
                format = "s3cfg"
                [[key.target]]
                format = "json"
                """
        ).keys[0].targets
        #expect(
            try targets.map(\.slot) == [
                .awsConfig(ProfileName("s3")), .environment(id: .accessKeyID, secret: .secretAccessKey),
                .environment(id: #require(VariableName("S3_ID")), secret: #require(VariableName("S3_SECRET"))),
                .rclone(remote: ProfileName("offsite")), .s3cfg, .json,
            ])
        #expect(targets.last?.path == "/home/alice/.aws/keybaton/backup.json")
    }

    @Test func `Root edits another user's files as that user, whose home is theirs`() throws {
        let account = try #require(try UserAccount.named("nobody"))
        let root = RunningUser(userID: 0, home: "/root", environment: [:])
        let text = Self.head + "[[key]]\nuser = \"backup\"\n[[key.target]]\npath = \"~/x\"\nowner = \"nobody\"\n"
        let target = try AgentConfiguration(text: text, path: "agent.toml", user: root).keys[0].targets[0]
        #expect(target.owner == account)
        #expect(target.path == account.home + "/x")
    }

    struct Mistake: Sendable {
        let text: String
        let expected: String

        init(after head: String = "", _ text: String, _ expected: String) {
            self.text = head + text
            self.expected = expected
        }
    }

    static let mistakes = [
        Mistake("", "region"),
        Mistake("region = \"eu-west-1\"\n[[key]]\nuser = \"backup\"\n", "bucket"),
        Mistake(after: head, "", "key is missing"),
        Mistake(after: head, "key = []\n", "add a [[key]]"),
        Mistake(after: head, "regoin = \"x\"\n[[key]]\nuser = \"backup\"\n", "unknown setting regoin"),
        Mistake(after: head, "[[key]]\nuser = \"backup\"\nrendezvous = \"x\"\n", "rendezvous"),
        Mistake("region = \"EU West\"\nbucket = \"abc\"\n[[key]]\nuser = \"backup\"\n", "region: `EU West`"),
        Mistake("region = \"eu-west-1\"\nbucket = \"A/b\"\n[[key]]\nuser = \"backup\"\n", "bucket: `A/b`"),
        Mistake(after: head, "host = \"a b\"\n[[key]]\nuser = \"backup\"\n", "host"),
        Mistake(after: head, "splay = \"1 hour\"\n[[key]]\nuser = \"backup\"\n", "is not a duration"),
        Mistake(after: head, "state_directory = \"state\"\n[[key]]\nuser = \"backup\"\n", "state_directory: `state`"),
        Mistake(after: head, "[[key]]\nuser = \"a b\"\n", "user"),
        Mistake(after: head, "[[key]]\nuser = \"a@b\"\n", "parameter is missing"),
        Mistake(
            after: head, "[[key]]\nuser = \"backup\"\nparameter = \"/keybaton/backup:3\"\n", "not a parameter's name"),
        Mistake(
            after: head, "[[key]]\nuser = \"backup\"\nexpect_arn = \"arn:aws:iam::123456789012:user/other\"\n",
            "expect_arn"),
        Mistake(
            after: head, "[[key]]\nuser = \"backup\"\nexpect_arn = \"arn:aws:iam::123456789012:root\"\n", "expect_arn"),
        Mistake(after: head, "[[key]]\nuser = \"backup\"\n[[key.target]]\npath = \"x\"\n", "target.path: `x`"),
        Mistake(
            after: head, "[[key]]\nuser = \"backup\"\n[[key.target]]\npath = \"~bob/x\"\n",
            "target.path: this machine has no user `bob`"),
        Mistake(
            after: head, "[[key]]\nuser = \"backup\"\n[[key.target]]\npath = \"/x\"\nprofile = \"a]b\"\n",
            "target.profile"),
        Mistake(after: head, "[[key]]\nuser = \"backup\"\n[[key]]\nuser = \"backup\"\n", "two [[key]]s"),
        Mistake(after: head, "[[key]]\nuser = \"one\"\n[[key]]\nuser = \"two\"\n", "is a target twice"),
        Mistake("region = \n", "line 1"),
        Mistake(after: head, "ping = \"hc-ping.com/x\"\n[[key]]\nuser = \"backup\"\n", "ping: not an address"),
        Mistake(after: head, "ping = \"https://me:word@kuma/x\"\n[[key]]\nuser = \"backup\"\n", "ping: not an address"),
        Mistake(after: head, "textfile = \"/a/keybaton.txt\"\n[[key]]\nuser = \"backup\"\n", "must end in .prom"),
        Mistake(after: head, "[[key]]\nuser = \"backup\"\nrendezvous_file = \"/x\"\n", "without rendezvous_profile"),
        Mistake(after: target, "format = \"yaml\"\n", "`yaml` is none of aws-credentials, aws-config"),
        Mistake(after: target, "format = \"rclone\"\n", "names the remote"),
        Mistake(after: target, "format = \"env\"\nprofile = \"s3\"\n", "has no profiles"),
        Mistake(after: target, "id_variable = \"ID\"\n", "belong to format = \"env\""),
        Mistake(after: target, "format = \"env\"\nid_variable = \"A B\"\n", "`A B` is not the name of a variable"),
        Mistake(
            after: target, "format = \"env\"\nid_variable = \"A\"\nsecret_variable = \"A\"\n", "are the same"),
        Mistake(after: target, "owner = \"nobody-of-this-name\"\n", "no user `nobody-of-this-name`"),
        Mistake(
            head + "[[key]]\nuser = \"backup\"\n[[key.target]]\npath = \"~root/x\"\n",
            "target.path: only root may edit files of root"),
        Mistake(after: target, "owner = \"root\"\n", "only root may edit files of root"),
        Mistake(after: target, "group = \"nobody-of-this-name\"\n", "no group `nobody-of-this-name`"),
        Mistake(after: target, "mode = \"0644\"\n", "`0644` is neither"),
        Mistake(after: target, "hook = []\n", "with its whole path"),
        Mistake(after: target, "hook = [\"systemctl\"]\n", "with its whole path"),
        Mistake(
            after: head, "[[key]]\nuser = \"backup\"\n[[key.target]]\nprofile = \"s3\"\n", "target.path is missing"),
    ]

    @Test(arguments: mistakes)
    func `What is wrong is said with its name and the file's`(_ mistake: Mistake) {
        let failure = #expect(throws: CommandFailure.self) { try read(mistake.text) }
        #expect(failure?.status == .configuration)
        #expect(failure?.description.hasPrefix("agent.toml: ") == true)
        #expect(failure?.description.contains(mistake.expected) == true, "\(failure?.description ?? "")")
    }

    @Test func `A file that others can write is refused, and a link is followed`() throws {
        let directory = ScratchDirectory()
        let owner = RunningUser(
            userID: RunningUser.current(environment: [:]).userID, home: "/home/alice", environment: [:])
        let path = directory.write("agent.toml", Self.head + "[[key]]\nuser = \"backup\"\n", mode: 0o644)
        #expect(Command.run(["ln", "-s", "agent.toml", directory.path("link")]).status == 0)
        #expect(try AgentConfiguration(file: directory.path("link"), user: owner).keys.count == 1)
        #expect(Command.run(["chmod", "664", path]).status == 0)
        let failure = #expect(throws: CommandFailure.self) { try AgentConfiguration(file: path, user: owner) }
        #expect(failure?.description.contains("others could have written it") == true)
    }

    @Test func `A missing file is said with what to do`() {
        let failure = #expect(throws: CommandFailure.self) {
            try AgentConfiguration(file: "/nonexistent/agent.toml", user: user)
        }
        #expect(failure?.status == .configuration)
        #expect(failure?.description.contains("`keybaton-agent init` writes one; or give --config FILE") == true)
    }

    @Test func `Files are where the user's or the system's belong`() throws {
        let root = RunningUser(userID: 0, home: "/root", environment: ["XDG_CONFIG_HOME": "/x"])
        #expect(try root.configurationPath == "/etc/keybaton-agent/agent.toml")
        #expect(try root.stateDirectory == "/var/lib/keybaton-agent")
        #expect(try user.configurationPath == "/home/alice/.config/keybaton-agent/agent.toml")
        #expect(try user.stateDirectory == "/home/alice/.local/state/keybaton-agent")
        let other = RunningUser(
            userID: 1000, home: "/home/alice", environment: ["XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "relative"])
        #expect(try other.configurationPath == "/c/keybaton-agent/agent.toml")
        #expect(try other.stateDirectory == "/home/alice/.local/state/keybaton-agent")
        let homeless = RunningUser(userID: 1000, home: nil, environment: [:])
        #expect(throws: CommandFailure.self) { try homeless.configurationPath }
    }
}
