package import FoundationEssentials
package import Handover
package import Secrets

/// What AWS does for whoever holds one of the managed user's keys: all that a run asks of the network.
package protocol KeyServices: Sendable {
    /// The newest version of a parameter, or the one asked for.
    func parameter(
        _ name: String, version: Int?, with key: AccessKey
    ) async throws(ServiceFailure) -> ParameterVersion

    /// Whose the key is.
    func principal(of key: AccessKey) async throws(ServiceFailure) -> Principal

    /// Writes a check-in into the update bucket.
    func put(_ checkIn: SignedCheckIn, as name: String, with key: AccessKey) async throws(ServiceFailure)

    /// How far the services' clock is ahead of this machine's; nil as long as nothing was refused for it.
    var clockSkew: Duration? { get }
}

/// One version of a parameter.
package struct ParameterVersion: Hashable, Sendable {
    package let value: Secret
    package let number: Int
    /// Nil where the service did not say.
    package let writtenAt: Date?

    package init(value: Secret, number: Int, writtenAt: Date?) {
        self.value = value
        self.number = number
        self.writtenAt = writtenAt
    }
}

/// Why a service did not do it, after retries.
package struct ServiceFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable, CaseIterable {
        /// The key is unknown, inactive, deleted, or not known everywhere yet: AWS has one answer for all of them.
        case keyNotAccepted
        /// AWS knows the key id, and the secret is not its own.
        case wrongSecret
        case accessDenied
        case notFound
        case clock
        case unavailable
        /// As it was asked it will never succeed.
        case refused
    }

    package let kind: Kind
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
