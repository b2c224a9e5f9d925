import HostTestSupport
import SandboxSupport
import Secrets

/// A machine with the agent.
final class AgentHost {
    let home = ScratchDirectory()
    private let environment: [String: String]

    var credentialsPath: String { home.path(".aws/credentials") }

    init(_ name: String, in job: Job, user: String, holding key: AccessKey) {
        _ = Command.run(["mkdir", "-m", "700", home.path(".aws")])
        home.write(".aws/credentials", Job.profile(key))
        home.write(
            "agent.toml",
            """
            region = "\(job.sandbox.region)"
            bucket = "\(Job.bucket)"
            host = "\(name)"
            adopt_after = "0s"
            state_directory = "\(home.path("state"))"
            [[key]]
            user = "\(user)"
            """)
        environment = job.sandbox.environment.merging([
            "HOME": home.path, "AWS_CONFIG_FILE": "/dev/null", "XDG_CONFIG_HOME": "",
        ]) { $1 }
    }

    func run() -> Command.Result {
        Command.run(
            [builtProgram("keybaton-agent"), "run", "--config", home.path("agent.toml")], environment: environment)
    }

    func holds(_ id: String) -> Bool { home.text(".aws/credentials")?.contains(id) == true }
}
