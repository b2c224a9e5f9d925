import ArgumentParser
import Console
import Handover
import Rotation
import RotationServices
import Secrets

struct RotateCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Begin the next rotation now: create a key and publish it",
        discussion: """
            OLD goes on working; `keybaton run` retires it as the user's policy says. With --path every configured user \
            below that IAM path, one after the other.
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var argument: UserArgument
    @Option(help: "Every configured user below this IAM path, such as /ci/.") var path: String?
    @OptionGroup var change: ChangeOptions

    func validate() throws {
        if path != nil, argument.user != nil { throw ValidationError("give a user or --path, one of them") }
        if let path, !path.hasPrefix("/") || !path.hasSuffix("/") {
            throw ValidationError("--path begins and ends with /, as in /ci/")
        }
    }

    func execute(_ context: CommandContext) async throws {
        let services = try options.services(context)
        let roster: Roster
        if let path {
            roster = try await services.roster(below: path, context)
        } else {
            roster = Roster(users: [try await services.user(named: argument.user)])
        }
        try await services.perform(.rotate, roster, change, context)
    }
}

extension RotatorServices {
    /// The configured users below an IAM path.
    ///
    /// Throws where there are none, or more than one run may give new keys to.
    func roster(below path: String, _ context: CommandContext) async throws(CommandFailure) -> Roster {
        let all = await roster()
        all.tell(context)
        var below: Set<UserName> = []
        for role in Set(entries.map(\.role)) {
            do {
                below.formUnion(try await directory(assuming: role).users(below: path).compactMap { UserName($0) })
            } catch {
                throw CommandFailure(error)
            }
        }
        let chosen = all.users.filter { below.contains($0.name) }
        let others = below.subtracting(chosen.map(\.name)).sorted()
        guard !chosen.isEmpty else {
            throw CommandFailure(
                .configuration, "no configured user is below \(path.printable); IAM has \(shortList(others)) there")
        }
        if !others.isEmpty {
            context.log(
                .warning, "not configured, and left alone: \(shortList(others))")
        }
        guard chosen.count <= limit else {
            throw CommandFailure(
                .configuration,
                "\(chosen.count) users are below \(path.printable), and max_users_per_run = \(limit): nothing was done. "
                    + "Raise it in the configuration, or name a path with fewer users")
        }
        return Roster(users: chosen)
    }
}
