import ArgumentParser
import Console
import Rotation

struct RunCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Take the next step of every user's rotation: what a timer calls",
        discussion: "Idempotent. At most one key a user is created, deactivated or deleted in one run.")

    @OptionGroup var options: CommonOptions
    @Argument(help: "Only these users.") var users: [String] = []

    func execute(_ context: CommandContext) async throws {
        let services = try options.services(context)
        let chosen = try users.isEmpty ? services.users : users.map { try services.user(named: $0) }
        var statuses: [ExitStatus] = []
        for user in chosen {
            // One user's failure never stops the others.
            statuses.append(await services.run(user, .proceed, context))
        }
        let worst = ExitStatus.worst(of: statuses)
        if worst != .success { throw ExitCode(worst.rawValue) }
    }
}
