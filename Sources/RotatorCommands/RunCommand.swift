import ArgumentParser
import Console
import Rotation

struct RunCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Take the next step of every user's rotation: what a timer calls",
        discussion: """
            Idempotent. At most one key a user is created, deactivated or deleted in one run, but for a revocation, and \
            but for the deletion that `next-rotation` makes room by; and no more rotations begin than \
            `max_users_per_run` says. Ctrl-C ends it between two steps.
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var chosen: UsersArgument
    @Flag(name: .shortAndLong, help: "Tell only what needs a person.") var quiet = false
    @OptionGroup var change: ChangeOptions

    func execute(_ context: CommandContext) async throws {
        let services = try options.services(context)
        if change.dryRun {
            let roster = try await services.roster(of: chosen.users)
            return try await services.rehearse(.proceed, roster, json: change.json, context)
        }
        let (report, status) = try await services.monitored(context) {
            await services.run(try await services.roster(of: chosen.users), isQuiet: quiet, context)
        }
        if change.json { try context.printJSON(report) }
        if status != .success { throw ExitCode(status.rawValue) }
    }
}

extension RotatorServices {
    /// One pass over each of the users, side by side, and the exit code that most needs a person.
    fileprivate func run(
        _ roster: Roster, isQuiet: Bool, _ context: CommandContext
    ) async -> (report: RunReport, status: ExitStatus) {
        Interruption.await(saying: "\nstopping after the steps under way; Ctrl-C again stops at once\n")
        let log = RunLog(context, isQuiet: isQuiet, users: roster.users.count)
        for problem in roster.problems { log.say(problem.status == .success ? .warning : .error, "\(problem)") }
        let results = Results()
        let sweep = Sweep(
            limit: limit, isStopping: { Interruption.isNoted },
            pass: { user, mayBegin in await pass(over: user, mayBegin: mayBegin, log) },
            finished: { outcome in
                await results.add(await conclude(outcome, .proceed, log, context))
                log.advance()
            })
        let outcomes = await sweep.run(roster.users)
        log.end()
        var report = RunReport(
            users: await results.ordered(like: roster.users), problems: roster.problems.map { "\($0)" })
        let waiting = outcomes.count { $0.withheldSince != nil }
        if waiting > 0 {
            log.say(.notice, "\(counted(waiting, "more user")) due: max_users_per_run = \(limit)")
        }
        var statuses = report.users.map(\.status) + [roster.status]
        if Interruption.isNoted, report.users.count < roster.users.count {
            let text = "stopped: \(report.users.count) of \(roster.users.count) users are done; run again to go on"
            log.say(.warning, text)
            report.problems.append(text)
            statuses.append(.temporary)
        }
        return (report, .worst(of: statuses))
    }

    var limit: Int { configuration.maxUsersPerRun ?? RotatorConfiguration.usualLimit }
}

/// What passes side by side came to.
private actor Results {
    private var results: [RunResult] = []

    func add(_ result: RunResult) { results.append(result) }

    func ordered(like users: [ManagedUser]) -> [RunResult] {
        let byName = Dictionary(results.map { ($0.user, $0) }) { _, last in last }
        return users.compactMap { byName[$0.name] }
    }
}

/// As in `1 more user is` and `3 more users are`.
func counted(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun) is" : "\(number) \(noun)s are" }
