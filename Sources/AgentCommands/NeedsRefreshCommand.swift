import ArgumentParser
import Console
import Handover
import Refresher

/// `keybaton-agent needs-refresh`: an exit code for scripts.
struct NeedsRefreshCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "needs-refresh", abstract: "Tell by the exit code whether a run would have anything to do",
        discussion: """
            0: yes. A target does not hold the published key, or a hook is owed. 14: no. Any other code: it could not be \
            found out, as `keybaton-agent --help` lists them; so `if keybaton-agent needs-refresh; then …` never takes an \
            error for a yes. Nothing is changed.
            """)

    @OptionGroup var configurationOptions: ConfigurationOptions

    @Option(help: ArgumentHelp("Only the keys of this managed user.", valueName: "name"))
    var user: String?

    @Flag(help: "Compare with what the last run has read, without asking AWS.")
    var offline = false

    @Flag(name: .shortAndLong, help: "Say nothing, except what went wrong.")
    var quiet = false

    @Flag(help: "Print what was found out as JSON.")
    var json = false

    func execute(_ context: CommandContext) async throws {
        let running = RunningUser.current(environment: context.environment)
        var configuration = try configurationOptions.load(for: running)
        if let user {
            configuration.keys.removeAll { $0.user.description != user }
            guard !configuration.keys.isEmpty else {
                throw CommandFailure(.usage, "no [[key]] of the configuration has user = \"\(user)\"")
            }
        }
        let run = AgentRun(
            configuration: configuration, user: running, adopt: false, patience: .zero, context: context)
        let rehearsals = offline ? try run.rehearseOffline() : try await run.rehearse(isThorough: false)
        let status = ExitStatus.needed(rehearsals)
        if json {
            context.output.line(try RehearsalReport(rehearsals, status).text)
        } else {
            if !quiet { rehearsals.flatMap(\.needs).forEach { context.output.line($0.printable) } }
            for problem in rehearsals.flatMap(\.problems) { context.log(.error, "\(problem)") }
        }
        if status != .success { throw ExitCode(status.rawValue) }
    }
}

extension Rehearsal {
    /// What there is to do, a line each.
    fileprivate var needs: [String] {
        targets.filter(\.isStale).map { target in
            let name = TargetName(path: target.path, profile: target.profile, format: target.format)
            let published = publishedKeyID.map { ", not \($0)" } ?? "; no run has read the parameter yet"
            return "\(user): \(name) holds \(target.keyID.map { "\($0)" } ?? "no key")\(published)"
        } + hooks.map { "\(user): the hook \($0) is owed" }
    }
}
