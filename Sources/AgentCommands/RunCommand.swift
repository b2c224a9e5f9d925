import ArgumentParser
import Console
import Refresher

/// `keybaton-agent run`: one idempotent pass, which cron or a timer calls.
struct RunCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Read what is published, install it where it is new, and check in",
        discussion: """
            A rotation is told to programs by hooks: the `hook` of a target that changed, then the programs of the \
            directory `hooks` in the order of their names. What fails is run again by every run until it succeeds; until \
            then this host does not acknowledge the new key, so that the old one lives.
            """)

    static let isScheduled = true

    @OptionGroup var configurationOptions: ConfigurationOptions

    @Flag(help: "Replace keys that were never published, too. Look at `keybaton-agent status` first.")
    var adopt = false

    @Flag(
        name: [.customShort("n"), .long],
        help: """
            Change nothing, not even a check-in: show what would change, without secrets, and end with 12 if anything would.
            """)
    var dryRun = false

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
        let run = AgentRun(
            configuration: configuration, user: user, adopt: adopt, patience: wait, context: context)
        if dryRun { return try await rehearse(run, context) }
        // To sleep at all starts libdispatch's threads.
        if let splay = splay ?? configuration.splay, splay > .zero, !context.messages.isTerminal,
            !context.output.isTerminal
        {
            let pause = splay * Double.random(in: 0..<1)
            context.log(.info, "starts in \(pause.inWords)", isQuiet: quiet)
            try await Task.sleep(for: pause)
        }
        let outcomes = try await configuration.observers(context).observing(context) { try await run.execute() }
        for outcome in outcomes {
            let isQuiet = quiet && outcome.problems.isEmpty
            context.log(outcome.severity, outcome.line, isQuiet: isQuiet)
            for hook in outcome.hooks ?? [] {
                let severity: Severity = hook.failure == nil ? .info : .error
                context.log(
                    severity, "\(outcome.user): hook \(hook.name): \(hook.failure ?? "done")", isQuiet: isQuiet)
                for line in hook.output {
                    context.log(severity, "\(outcome.user): hook \(hook.name): | \(line)", isQuiet: isQuiet)
                }
            }
        }
        for warning in outcomes.flatMap(\.warnings) { context.log(.warning, warning) }
        let status = ExitStatus.worst(of: outcomes)
        if json { context.output.line(try RunReport(outcomes, status).text) }
        if status != .success { throw ExitCode(status.rawValue) }
    }

    private func rehearse(_ run: AgentRun, _ context: CommandContext) async throws {
        let rehearsals = try await run.rehearse(isThorough: true)
        let status = ExitStatus.rehearsed(rehearsals)
        let report = RehearsalReport(rehearsals, status)
        if json {
            context.output.line(try report.text)
        } else {
            report.lines(quiet: quiet).forEach { context.output.line($0.printable) }
            for warning in report.warnings { context.log(.warning, warning) }
        }
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
