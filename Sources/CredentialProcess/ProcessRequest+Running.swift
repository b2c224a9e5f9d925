package import AWS
import Subprocess
import SystemPackage

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
