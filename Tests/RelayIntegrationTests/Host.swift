import Glibc
import Handover
import HostTestSupport
import SandboxSupport
import Secrets

/// One machine that holds the managed user's key: a home of its own, in which the real agent runs.
final class Host {
    let name: String
    let home = ScratchDirectory()
    private let environment: [String: String]

    var credentialsPath: String { home.path(".aws/credentials") }

    init(_ name: String, in sandbox: Sandbox, holding key: AccessKey) {
        self.name = name
        // The agent's patience with throttling would take half a minute each time.
        environment = Relay.environment(of: sandbox).merging(["HOME": home.path, "AWS_MAX_ATTEMPTS": "3"]) { $1 }
        mkdir(home.path(".aws"), 0o700)
        hold(key)
        configure(sandbox)
    }

    func configure(_ sandbox: Sandbox, host: String? = nil, targets: String = "") {
        home.write(
            "agent.toml",
            """
            region = "\(sandbox.region)"
            bucket = "\(Relay.bucket)"
            host = "\(host ?? name)"
            adopt_after = "0s"
            state_directory = "\(home.path("state"))"
            [[key]]
            user = "\(Relay.user)"
            \(targets)
            """)
    }

    func hold(_ key: AccessKey) { home.write(".aws/credentials", Self.text(key)) }

    static func text(_ key: AccessKey) -> String {
        """
        # kept
        [default]
        aws_access_key_id = \(key.id)
        aws_secret_access_key = \(key.secret.reveal())

        """
    }

    /// The id in the file; nil when there is none.
    var heldID: String? {
        let prefix = "aws_access_key_id = "
        return home.text(".aws/credentials")?.split(separator: "\n").first { $0.hasPrefix(prefix) }
            .map { String($0.dropFirst(prefix.count)) }
    }

    /// - Parameter tool: a command line that runs the agent.
    func start(_ arguments: String..., under tool: [String] = []) -> Command {
        Command(
            tool + [builtProgram("keybaton-agent")] + arguments + ["--config", home.path("agent.toml")],
            environment: environment)
    }

    @discardableResult
    func run() -> Command.Result { start("run").finish() }
}
