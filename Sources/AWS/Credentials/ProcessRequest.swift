package import Secrets

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
