import Secrets

/// `credential_process`: a program that prints credentials, which is how operators log in through SSO or a vault.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
package struct ProcessCredentialsProvider: CredentialsProvider {
    private static let timeLimit = Duration.seconds(60)
    private static let outputLimit = 64 << 10

    private let command: String
    private let source: String
    private let context: CredentialsContext

    /// `command` is split as a shell would, but no shell runs: pipes and variables do not work.
    package init(command: String, source: String, context: CredentialsContext) {
        self.command = command
        self.source = source
        self.context = context
    }

    /// What the program wrote to its error output is part of the error, what it printed never is.
    package func credentials() async throws -> AWSCredentials {
        guard let arguments = CommandLineSplitter.split(command), !arguments.isEmpty else {
            throw CredentialsError(
                .invalidConfiguration, "\(source): credential_process has a quote that is not closed, or is empty")
        }
        let outcome: ProcessOutcome
        do {
            outcome = try await context.runProcess(
                ProcessRequest(
                    arguments: arguments, environment: context.environment, timeLimit: Self.timeLimit,
                    outputLimit: Self.outputLimit))
        } catch let error as CredentialsError {
            throw CredentialsError(error.code, "\(source): credential_process: \(error.message)")
        }
        guard outcome.exitCode == 0 else {
            let said = String(decoding: outcome.standardError, as: UTF8.self).printable
            throw CredentialsError(
                .processFailed,
                "\(source): credential_process \(arguments[0]) exited with code \(outcome.exitCode)"
                    + (said.isEmpty ? "" : ": \(said)"))
        }
        return try CredentialsDocument.credentials(
            in: outcome.standardOutput.withBytes { Array($0) }, dialect: .process,
            source: "\(source), credential_process",
            failure: .processFailed)
    }
}
