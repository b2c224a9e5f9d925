package import FoundationEssentials
package import HTTPTransport

/// Everything that finding credentials takes from its surroundings.
package struct CredentialsContext: Sendable {
    package var environment: [String: String]
    /// Nil when there is no such file; throws when it cannot be read.
    package var readFile: @Sendable (_ path: String) throws -> [UInt8]?
    package var now: @Sendable () -> Date
    package var sleep: @Sendable (Duration) async throws -> Void
    package var runProcess: @Sendable (_ process: ProcessRequest) async throws -> ProcessOutcome
    /// All addresses of a host name.
    package var resolve: @Sendable (_ host: String) async throws -> [String]
    package var sender: any HTTPSender

    package init(
        environment: [String: String], readFile: @escaping @Sendable (String) throws -> [UInt8]?,
        now: @escaping @Sendable () -> Date, sleep: @escaping @Sendable (Duration) async throws -> Void,
        runProcess: @escaping @Sendable (ProcessRequest) async throws -> ProcessOutcome,
        resolve: @escaping @Sendable (String) async throws -> [String], sender: any HTTPSender
    ) {
        self.environment = environment
        self.readFile = readFile
        self.now = now
        self.sleep = sleep
        self.runProcess = runProcess
        self.resolve = resolve
        self.sender = sender
    }

    /// This machine; the environment is given, because not every program trusts all of its own.
    package static func live(
        environment: [String: String], sender: any HTTPSender,
        runProcess: @escaping @Sendable (ProcessRequest) async throws -> ProcessOutcome
    ) -> CredentialsContext {
        CredentialsContext(
            environment: environment, readFile: { try SmallFile.read($0) }, now: { Date() },
            sleep: { try await Task.sleep(for: $0) }, runProcess: runProcess,
            resolve: { try HostAddresses.of($0) }, sender: sender)
    }
}

extension CredentialsContext: CustomStringConvertible, CustomReflectable {
    /// The environment may hold secrets, so only names are shown.
    package var description: String { "environment: \(environment.keys.sorted().joined(separator: ", "))" }
    package var customMirror: Mirror { Mirror(self, children: ["environment": environment.keys.sorted()]) }
}
