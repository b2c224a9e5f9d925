import ArgumentParser
import Console
import Refresher

/// `keybaton-agent status`: what the files hold and how the last runs went, without the network.
struct StatusCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the keys in the files and the last runs, without asking AWS")

    @OptionGroup var configurationOptions: ConfigurationOptions

    @Flag(help: "Print it as JSON.")
    var json = false

    func execute(_ context: CommandContext) async throws {
        let user = RunningUser.current(environment: context.environment)
        let configuration = try configurationOptions.load(for: user)
        let directory = StateDirectory(path: try configuration.stateDirectoryPath(for: user))
        let state: AgentState
        do {
            state = try directory.load()
        } catch {
            throw CommandFailure(.badData, "\(error)")
        }
        let report = StatusReport(configuration, state, TargetOpener(for: user), generatedAt: context.now())
        if json {
            context.output.line(try AgentCommands.json(report))
        } else {
            report.lines(now: context.now()).forEach { context.output.line($0) }
        }
    }
}
