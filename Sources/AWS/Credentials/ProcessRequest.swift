package import Secrets
import Subprocess
import SystemPackage

/// A program to run without a shell.
package struct ProcessRequest: Sendable, Equatable {
    /// The program, looked up in `PATH` unless it holds a slash, and its arguments; never empty.
    package let arguments: [String]
    package let environment: [String: String]
    package let timeLimit: Duration
    /// In bytes, for either stream.
    package let outputLimit: Int

    package init(arguments: [String], environment: [String: String], timeLimit: Duration, outputLimit: Int) {
        self.arguments = arguments
        self.environment = environment
        self.timeLimit = timeLimit
        self.outputLimit = outputLimit
    }
}

extension ProcessRequest: CustomStringConvertible, CustomReflectable {
    /// Without the environment, which may hold secrets.
    package var description: String { arguments.joined(separator: " ") }
    package var customMirror: Mirror { Mirror(self, children: ["arguments": arguments]) }
}

/// How a program ended and what it wrote.
package struct ProcessOutcome: Sendable {
    /// The exit code, or 128 and the signal's number as shells have it.
    package let exitCode: Int
    /// Credentials, if all went well.
    package let standardOutput: Secret
    package let standardError: [UInt8]

    package init(exitCode: Int, standardOutput: [UInt8] = [], standardError: [UInt8] = []) {
        self.exitCode = exitCode
        self.standardOutput = Secret(standardOutput)
        self.standardError = standardError
    }
}

extension ProcessRequest {
    /// Runs it with an empty input, in a session of its own: a program that wants a terminal fails instead of waiting.
    ///
    /// Throws `CredentialsError` when it does not start, runs longer than the limit (it and its children are killed) or
    /// writes more than the limit.
    package func run() async throws -> ProcessOutcome {
        try await withThrowingTaskGroup(of: ProcessOutcome?.self) { group in
            group.addTask { try await runWithoutTimeLimit() }
            group.addTask {
                try await Task.sleep(for: timeLimit)
                return nil
            }
            defer { group.cancelAll() }
            guard let outcome = try await group.next() ?? nil else {
                throw CredentialsError(.processFailed, "it was stopped because it ran longer than \(timeLimit)")
            }
            return outcome
        }
    }

    private func runWithoutTimeLimit() async throws -> ProcessOutcome {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(100))
        ]
        let program = arguments[0]
        do {
            let result = try await Subprocess.run(
                program.contains("/") ? .path(FilePath(program)) : .name(program),
                arguments: Arguments(Array(arguments.dropFirst())),
                environment: .custom(
                    Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), $1) })),
                platformOptions: options, input: .none, output: .bytes(limit: outputLimit),
                error: .bytes(limit: outputLimit))
            let exitCode =
                switch result.terminationStatus {
                case .exited(let code): Int(code)
                case .signaled(let signal): 128 + Int(signal)
                }
            return ProcessOutcome(
                exitCode: exitCode, standardOutput: result.standardOutput, standardError: result.standardError)
        } catch let error as SubprocessError {
            throw CredentialsError(.processFailed, "\(program): \(error)")
        }
    }
}
