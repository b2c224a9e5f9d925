import ArgumentParser
import Console
import Refresher

/// `keybaton-agent run`: one idempotent pass, which cron or a timer calls.
struct RunCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Read what is published, install it where it is new, and check in")

    static let isScheduled = true

    @OptionGroup var configurationOptions: ConfigurationOptions

    @Flag(help: "Replace keys that were never published, too. Look at `keybaton-agent status` first.")
    var adopt = false

    @Flag(name: .shortAndLong, help: "Say nothing when all is well.")
    var quiet = false

    @Option(
        help: ArgumentHelp(
            "Start after a random part of this time, unless a person looks on (default: `splay` of the configuration).",
            valueName: "duration"), transform: duration)
    var splay: Duration?

    @Option(
        help: ArgumentHelp("How long to wait for another run that is at work.", valueName: "duration"),
        transform: duration)
    var wait: Duration = .seconds(300)

    @Flag(help: "Print how the run ended as JSON.")
    var json = false

    func execute(_ context: CommandContext) async throws {
        let user = RunningUser.current(environment: context.environment)
        let configuration = try configurationOptions.load(for: user)
        if let splay = splay ?? configuration.splay, !context.messages.isTerminal, !context.output.isTerminal {
            try await Task.sleep(for: splay * Double.random(in: 0..<1))
        }
        let run = AgentRun(configuration: configuration, user: user, adopt: adopt, patience: wait, context: context)
        let outcomes = try await configuration.observers(context).observing(context) { try await run.execute() }
        for outcome in outcomes {
            context.log(outcome.severity, outcome.line, isQuiet: quiet && outcome.problems.isEmpty)
        }
        for warning in outcomes.flatMap(\.warnings) { context.log(.warning, warning) }
        let status = ExitStatus.worst(of: outcomes)
        if json { context.output.line(try RunReport(outcomes, status).text) }
        if status != .success { throw ExitCode(status.rawValue) }
    }
}

@Sendable
private func duration(_ text: String) throws -> Duration {
    guard let duration = DurationText(text) else {
        throw ValidationError("write a number and one of s m h d w, as in 30m")
    }
    return duration.duration
}
