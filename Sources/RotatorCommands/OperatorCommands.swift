import ArgumentParser
import Console
import Handover
import Rotation

struct RotateCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Begin the next rotation now: create a key and publish it",
        discussion: "OLD goes on working. `keybaton run` retires it once every host holds NEW.")

    @OptionGroup var options: CommonOptions
    @OptionGroup var argument: UserArgument

    func execute(_ context: CommandContext) async throws {
        try await execute(.rotate, options, argument, context)
    }
}

struct RollbackCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Make OLD the key that every host must move to again",
        discussion: "OLD is activated and proved first. NEW stays valid until every host holds OLD again.")

    @OptionGroup var options: CommonOptions
    @OptionGroup var argument: UserArgument

    func execute(_ context: CommandContext) async throws {
        try await execute(.rollback, options, argument, context)
    }
}

struct ReactivateCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "reactivate", abstract: "Make a deactivated OLD work again, until it is deleted",
        discussion: "OLD is deactivated again only after every host has checked in with NEW since.")

    @OptionGroup var options: CommonOptions
    @OptionGroup var argument: UserArgument

    func execute(_ context: CommandContext) async throws {
        try await execute(.reactivate, options, argument, context)
    }
}

struct WaiveCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "waive", abstract: "Decide, with a reason, not to wait in this rotation",
        discussion: "A waived host may lose access when OLD goes. The waiver ends with this publication.")

    @OptionGroup var options: CommonOptions
    @OptionGroup var argument: UserArgument
    @Option(help: "The host not to wait for.") var host: String?
    @Flag(help: "Do not wait until OLD is quiet: a forgotten consumer may lose access.") var unknownUse = false
    @Option(help: "Why; kept in the journal.") var reason: String

    func validate() throws {
        guard (host != nil) != unknownUse else { throw ValidationError("give --host or --unknown-use, one of them") }
        guard !reason.allSatisfy(\.isWhitespace) else { throw ValidationError("--reason must say why") }
        if let host, HostID(host) == nil { throw ValidationError("\(host.printable) is not the id of a host") }
    }

    func execute(_ context: CommandContext) async throws {
        let services = try options.services(context)
        let user = try services.user(named: argument.user)
        let by = ["SUDO_USER", "USER", "LOGNAME"].lazy.compactMap { context.environment[$0] }.first ?? "unknown"
        let subject = host.flatMap { HostID($0) }.map { Journal.Waiver.Subject.host($0) } ?? .unknownUse
        let request = Request.waive(subject, reason: reason.printable, by: by.printable)
        let status = await services.run(user, request, context).status
        if status != .success { throw ExitCode(status.rawValue) }
    }
}

extension ContextualCommand {
    fileprivate func execute(
        _ request: Request, _ options: CommonOptions, _ argument: UserArgument, _ context: CommandContext
    ) async throws {
        let services = try options.services(context)
        let status = await services.run(try services.user(named: argument.user), request, context).status
        if status != .success { throw ExitCode(status.rawValue) }
    }
}
