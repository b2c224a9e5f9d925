package import ArgumentParser

/// A command that gets its context passed in instead of reaching for the process.
package protocol ContextualCommand: ParsableCommand {
    /// Whether cron or a timer runs it: where nobody looks on, its log belongs into the system's. False if not said.
    static var isScheduled: Bool { get }

    func execute(_ context: CommandContext) async throws
}

extension ContextualCommand {
    package static var isScheduled: Bool { false }
}

/// Parses the arguments, runs the command and returns the exit code: all that an executable does.
package func runCommand<Root: ParsableCommand>(
    _ root: Root.Type, arguments: [String], context: CommandContext
) async -> Int32 {
    var context = context
    do {
        var command = try root.parseAsRoot(arguments)
        if let command = command as? any ContextualCommand {
            if case .messagesAndSystem = context.logDestination, !type(of: command).isScheduled {
                context.logDestination = .messages
            }
            try await command.execute(context)
        } else {
            try command.run()
        }
        return ExitStatus.success.rawValue
    } catch let failure as CommandFailure {
        for line in "\(root._commandName): \(failure)".split(separator: "\n") { context.log(.error, String(line)) }
        return failure.status.rawValue
    } catch let exit as ExitCode {
        return exit.rawValue
    } catch {
        let code = root.exitCode(for: error)
        let text = root.fullMessage(for: error)
        if code.isSuccess { context.output.line(text) } else { context.messages.line(text) }
        return code.rawValue
    }
}
