/// Why there are no credentials, and what to do about it. Never holds a secret.
package struct CredentialsError: Error, Equatable, Sendable, CustomStringConvertible {
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind { case notConfigured, invalidConfiguration, unsupported, processFailed, refused, unavailable }
        private let kind: Kind

        /// The source is not set up on this machine: a chain asks the next one.
        package static let notConfigured = Code(kind: .notConfigured)
        /// The source is set up wrongly: a chain stops, because going on would use somebody else's keys.
        package static let invalidConfiguration = Code(kind: .invalidConfiguration)
        /// Set up in a way that an unattended program cannot follow.
        package static let unsupported = Code(kind: .unsupported)
        /// The `credential_process` failed or wrote something else than credentials.
        package static let processFailed = Code(kind: .processFailed)
        /// The service answered with an error.
        package static let refused = Code(kind: .refused)
        /// The service could not be reached or its answer not be understood; may work later.
        package static let unavailable = Code(kind: .unavailable)

        package var description: String { "\(kind)" }
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
