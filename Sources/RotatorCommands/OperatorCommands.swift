import ArgumentParser
import Console
import Handover
import Rotation

struct RollbackCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Make OLD the key that every host must move to again",
        discussion: "OLD is activated and proved first. NEW stays valid until every host holds OLD again.")

    @OptionGroup var asked: OneUserOptions

    func execute(_ context: CommandContext) async throws { try await asked.perform(.rollback, context) }
}

struct ReactivateCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "reactivate", abstract: "Make a deactivated OLD work again, until it is deleted",
        discussion: "OLD is deactivated again only after every host has checked in with NEW since.")

    @OptionGroup var asked: OneUserOptions

    func execute(_ context: CommandContext) async throws { try await asked.perform(.reactivate, context) }
}

struct WaiveCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "waive", abstract: "Decide, with a reason, not to wait in this rotation",
        discussion: "A waived host may lose access when OLD goes. The waiver ends with this publication.")

    @OptionGroup var asked: OneUserOptions
    @Option(help: "The host not to wait for.") var host: String?
    @Flag(help: "Do not wait until OLD is quiet: a forgotten consumer may lose access.") var unknownUse = false
    @OptionGroup var why: ReasonOption

    func validate() throws {
        guard (host != nil) != unknownUse else { throw ValidationError("give --host or --unknown-use, one of them") }
        if let host, HostID(host) == nil { throw ValidationError("\(host.printable) is not the id of a host") }
    }

    func execute(_ context: CommandContext) async throws {
        let subject = host.flatMap { HostID($0) }.map { Journal.Waiver.Subject.host($0) } ?? .unknownUse
        try await asked.perform(
            .waive(subject, reason: why.reason.printable, by: operatorName(context.environment) ?? "unknown"), context)
    }
}

/// Why an operator decided so.
struct ReasonOption: ParsableArguments {
    @Option(help: "Why; kept in the journal.") var reason: String

    func validate() throws { try Self.check(reason) }

    /// Throws for what says nothing, and for what would fill the journal.
    static func check(_ reason: String) throws(ValidationError) {
        guard !reason.allSatisfy(\.isWhitespace) else { throw ValidationError("--reason must say why") }
        guard reason.unicodeScalars.count <= limit else {
            throw ValidationError("--reason must say it in \(limit) characters")
        }
    }

    private static let limit = 500
}

/// What every command takes that asks for something of one user's keys.
struct OneUserOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions
    @OptionGroup var argument: UserArgument
    @OptionGroup var change: ChangeOptions

    func perform(_ request: Request, _ context: CommandContext) async throws {
        let services = try common.services(context)
        let roster = Roster(users: [try await services.user(named: argument.user)])
        try await services.perform(request, roster, change, context)
    }
}

extension RotatorServices {
    /// Does for each of the users what an operator asks for, one after the other.
    func perform(_ request: Request, _ roster: Roster, _ change: ChangeOptions, _ context: CommandContext) async throws
    {
        if change.dryRun { return try await rehearse(request, roster, json: change.json, context) }
        Interruption.await(saying: "\nstopping after the step under way; Ctrl-C again stops at once\n")
        let log = RunLog(context)
        var results: [RunResult] = []
        for user in roster.users { results.append(await run(user, request, log, context)) }
        if change.json { try context.printJSON(RunReport(users: results)) }
        let worst = ExitStatus.worst(of: results.map(\.status))
        if worst != .success { throw ExitCode(worst.rawValue) }
    }
}
