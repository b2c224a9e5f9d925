import ArgumentParser
import Console
import FoundationEssentials
import Rotation

struct RunCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Take the next step of every user's rotation: what a timer calls",
        discussion: "Idempotent. At most one key a user is created, deactivated or deleted in one run.")

    @OptionGroup var options: CommonOptions
    @Argument(help: "Only these users.") var users: [String] = []
    @Flag(name: .shortAndLong, help: "Tell only what needs a person.") var quiet = false
    @Flag(help: "Print what was done as JSON, schema 1.") var json = false

    private struct Report: Encodable {
        var schema = 1
        var users: [RunResult]
    }

    func execute(_ context: CommandContext) async throws {
        let services = try options.services(context)
        let users = try services.users(named: users)
        let report = Report(
            users: try await services.monitored(context) {
                var results: [RunResult] = []
                // One user's failure never stops the others.
                for user in users { results.append(await services.run(user, .proceed, quiet: quiet, context)) }
                return results
            })
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            context.output.line(String(decoding: try encoder.encode(report), as: UTF8.self))
        }
        let worst = ExitStatus.worst(of: report.users.map(\.status))
        if worst != .success { throw ExitCode(worst.rawValue) }
    }
}
