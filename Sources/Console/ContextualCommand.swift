package import ArgumentParser

/// A command that gets its context passed in instead of reaching for the process.
package protocol ContextualCommand: ParsableCommand {
    func execute(_ context: CommandContext) async throws
}

/// Parses the arguments, runs the command and returns the exit code: all that an executable does.
package func runCommand<Root: ParsableCommand>(
    _ root: Root.Type, arguments: [String], context: CommandContext
) async -> Int32 {
    do {
        var command = try root.parseAsRoot(arguments)
        if let command = command as? any ContextualCommand {
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
