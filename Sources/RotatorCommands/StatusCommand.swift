import ArgumentParser
import Console
import FoundationEssentials
import Rotation

struct StatusCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show who holds which key and what happens next; changes nothing")

    @OptionGroup var options: CommonOptions
    @Argument(help: "Only these users.") var users: [String] = []
    @Flag(help: "Print JSON, schema 1.") var json = false

    func execute(_ context: CommandContext) async throws {
        let services = try options.services(context)
        let report = try await services.report(on: try services.users(named: users), context)
        if json {
            context.output.line(String(decoding: try report.json(), as: UTF8.self))
        } else {
            StatusText(report).write(to: context.output)
        }
    }
}

struct PlanCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Say what `keybaton run` would do next, and why; changes nothing",
        discussion: """
            Exits with \(ExitStatus.wouldChange.rawValue) when it would do something, and with \
            \(ExitStatus.hold.rawValue) on a hold.
            """)

    @OptionGroup var options: CommonOptions
    @Argument(help: "Only these users.") var users: [String] = []
    @Flag(help: "Print JSON, schema 1: that of status.") var json = false

    func execute(_ context: CommandContext) async throws {
        let services = try options.services(context)
        let report = try await services.report(on: try services.users(named: users), context)
        if json {
            context.output.line(String(decoding: try report.json(), as: UTF8.self))
        } else {
            for user in report.users {
                context.output.line("\(user.user): \(StatusText.sentence(user.decision, now: report.generatedAt))")
            }
        }
        if report.users.contains(where: { $0.decision.kind == .hold }) { throw ExitCode(ExitStatus.hold.rawValue) }
        if report.users.contains(where: { $0.decision.kind == .act }) {
            throw ExitCode(ExitStatus.wouldChange.rawValue)
        }
    }
}

extension RotatorServices {
    /// Hosts behind NEW whose problem is looked up: more than a person reads at one time.
    private static let explainedHosts = 100

    func report(on users: [ManagedUser], _ context: CommandContext) async throws -> StatusReport {
        var report = StatusReport(generatedAt: context.now(), users: [])
        for user in users {
            do {
                let driver = driver(for: user, explainedHosts: Self.explainedHosts)
                var seen = try await look(user, driver)
                // Beside a rotator at work a look may meet what does not fit together: nobody shall be called for that.
                if seen.report.decision.kind == .hold, try await driver.isOutdated() {
                    seen = try await look(user, driver)
                }
                report.generatedAt = seen.at
                report.users.append(seen.report)
            } catch {
                throw CommandFailure(error)
            }
        }
        return report
    }

    private func look(_ user: ManagedUser, _ driver: Driver) async throws -> (at: Date, report: StatusReport.User) {
        let (snapshot, observation) = try await driver.look()
        var report = StatusReport.User(user.name, snapshot, observation, policy: user.policy)
        report.undelivered = await undelivered(of: user)
        return (snapshot.now, report)
    }
}
