import ArgumentParser
import Console
import FoundationEssentials
import Rotation

struct StatusCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show who holds which key and what happens next; changes nothing")

    @OptionGroup var options: CommonOptions
    @OptionGroup var chosen: UsersArgument
    @OptionGroup var output: JSONOption

    func execute(_ context: CommandContext) async throws {
        let services = try options.services(context)
        let (report, failed) = try await services.report(on: try await services.roster(of: chosen.users), context)
        if output.json {
            context.output.line(String(decoding: try report.json(), as: UTF8.self))
        } else {
            StatusText(report).write(to: context.output)
        }
        if failed != .success { throw ExitCode(failed.rawValue) }
    }
}

struct PlanCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Say what `keybaton run` would do next, and why; changes nothing",
        discussion: """
            Exits with \(ExitStatus.wouldChange.rawValue) when it would do something, and with \
            \(ExitStatus.hold.rawValue) on a hold. The JSON is that of status.
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var chosen: UsersArgument
    @OptionGroup var output: JSONOption

    func execute(_ context: CommandContext) async throws {
        let services = try options.services(context)
        let (report, failed) = try await services.report(on: try await services.roster(of: chosen.users), context)
        if output.json {
            context.output.line(String(decoding: try report.json(), as: UTF8.self))
        } else {
            for user in report.users {
                context.output.line("\(user.user): \(StatusText.sentence(user.decision, now: report.generatedAt))")
            }
        }
        let worst = ExitStatus.worst(of: report.users.map(\.decision.status) + [failed])
        if worst != .success { throw ExitCode(worst.rawValue) }
    }
}

extension RotatorServices {
    /// Hosts behind NEW whose problem is looked up: more than a person reads at one time.
    private static let explainedHosts = 100

    /// What a look at each of the users says; the others' failures are told, and their exit code is the second value.
    ///
    /// Throws where there is nothing to report but one failure.
    func report(on roster: Roster, _ context: CommandContext) async throws(CommandFailure) -> (StatusReport, ExitStatus)
    {
        var report = StatusReport(generatedAt: context.now(), users: [])
        var statuses = [roster.status]
        roster.tell(context)
        for look in await look(at: roster.users, explainedHosts: Self.explainedHosts) {
            switch look.seen {
            case .success(let (snapshot, observation)):
                report.generatedAt = snapshot.now
                var user = StatusReport.User(look.user.name, snapshot, observation, policy: look.user.policy)
                user.undelivered = await undelivered(of: look.user, now: snapshot.now)
                report.users.append(user)
            case .failure(let failure):
                if roster.users.count == 1 { throw failure }
                context.log(.error, "\(look.user.name): \(failure)")
                statuses.append(failure.status)
            }
        }
        return (report, .worst(of: statuses))
    }
}
