package import ArgumentParser
import Console

/// `keybaton`.
package struct RotatorCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "keybaton",
        abstract: "Rotate IAM access keys: the old key lives until every host has proved that it holds the new one",
        discussion: """
            Call `keybaton run` from a timer, cron or by hand: one idempotent pass over every configured user. \
            `keybaton status` shows who holds which key and what happens next.

            Exit codes, the worst of all users in this order: \(exitCodes).
            """,
        version: keybatonVersion,
        subcommands: [
            InitCommand.self, RunCommand.self, PlanCommand.self, StatusCommand.self, LogCommand.self,
            RotateCommand.self, WaitCommand.self, WaiveCommand.self, RetireCommand.self, RollbackCommand.self,
            ReactivateCommand.self, RevokeCommand.self, NotifyCommand.self, PolicyCommand.self, DoctorCommand.self,
        ])

    package init() {}

    private static var exitCodes: String {
        let others: [ExitStatus] = [.usage, .success]
        return (ExitStatus.rotatorsByUrgency + others).map { status in
            let meaning =
                status == .temporary
                ? "another run is at work, or no rotation can be begun yet: try again later" : status.meaning
            return "\(status.rawValue) \(meaning)"
        }.joined(separator: ", ")
    }
}

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "The configuration (default: /etc/keybaton/rotator.toml as root, else ~/.config/keybaton/rotator.toml).",
        completion: .file(extensions: ["toml"]))
    var config: String?

    func services(_ context: CommandContext) throws(CommandFailure) -> RotatorServices {
        do {
            return try RotatorServices(configurationPath: config, context)
        } catch {
            throw CommandFailure(error)
        }
    }
}

struct UserArgument: ParsableArguments {
    @Argument(help: "The IAM user; may be left out where only one is configured.")
    var user: String?
}

struct UsersArgument: ParsableArguments {
    @Argument(help: "Only these users.") var users: [String] = []
}

struct JSONOption: ParsableArguments {
    @Flag(help: "Print JSON, schema 1.") var json = false
}

/// What every command takes that changes something.
struct ChangeOptions: ParsableArguments {
    @Flag(
        name: [.customShort("n"), .long],
        help: "Only say what would be done; the exit code is \(ExitStatus.wouldChange.rawValue) where it is something.")
    var dryRun = false
    @Flag(help: "Print what was done as JSON, schema 1.") var json = false
}
