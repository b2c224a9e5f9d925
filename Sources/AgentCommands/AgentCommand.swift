package import ArgumentParser
import Console
import HostSystem

/// `keybaton-agent`.
package struct AgentCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "keybaton-agent",
        abstract: "Keeps this host's AWS access keys those that Keybaton has published",
        discussion: """
            Exit codes, the worst of all keys in this order: 10 a person must look (a key that was never published, or \
            none that works), 65 a parameter or file that is not what it must be, 78 wrong configuration, 77 a \
            permission is missing, 15 a hook failed (it is run again by the next run), 69 AWS or the network is \
            unavailable, 75 try again later (another run is at work, or AWS does not accept the new key yet), 12 a dry \
            run would change something, 14 needs-refresh found nothing to do, 1 unexpected, 64 usage, 0 done or nothing \
            to do.
            """,
        version: keybatonVersion,
        subcommands: [
            RunCommand.self, StatusCommand.self, NeedsRefreshCommand.self, DoctorCommand.self, InitCommand.self,
            CredentialsCommand.self, WorkerCommand.self,
        ])

    package init() {}
}

/// What every command needs to find its configuration.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "The configuration (default: /etc/keybaton-agent/agent.toml as root, otherwise keybaton-agent/agent.toml "
                + "below ~/.config).", valueName: "file"),
        completion: .file(extensions: ["toml"]))
    var file: String?

    func load(for user: RunningUser) throws -> AgentConfiguration {
        try AgentConfiguration(file: try file ?? user.configurationPath, user: user)
    }
}

extension AgentConfiguration {
    func stateDirectoryPath(for user: RunningUser) throws -> String {
        let path = try stateDirectory ?? user.stateDirectory
        guard user.userID == 0 else { return path }
        do {
            try requireOnlyRootCanChange(path, mayBeMissing: true)
        } catch {
            throw CommandFailure(.configuration, "state_directory: \(error)")
        }
        return path
    }
}
