import AWS
import HTTPTransport
import Handover
import Rotation
import RotationServices

/// A table of the configuration that names destinations, such as `[[user.bitbucket]]`.
protocol DestinationSettings: Decodable, Sendable {
    /// Throws when a setting can never be right, with a sentence that names it and says what to write.
    func check(for user: UserName) throws(InvalidSetting)

    /// The places that are written and retried alone; `{user}` in their names is replaced.
    ///
    /// Called after `check(for:)`.
    func destinations(for user: UserName, _ services: DestinationServices) -> [any Destination]

    /// What tells these places from others of the same names, such as the API's address; nil where one place may be given the
    /// keys of several users.
    ///
    /// - Parameter role: the one that is assumed for the user.
    func realm(assuming role: RoleARN?) -> String?

    /// What observing and feeding these places needs of AWS; nothing unless said.
    ///
    /// - Parameter user: a user's name, or `*` for users who are found by path or tag.
    func permissions(for user: String, _ names: ResourceNames) -> [AccessPolicy.Statement]
}

extension DestinationSettings {
    func realm(assuming role: RoleARN?) -> String? { "" }

    func permissions(for user: String, _ names: ResourceNames) -> [AccessPolicy.Statement] { [] }
}

/// What destinations are reached by.
struct DestinationServices: Sendable {
    /// One pool of connections for all of them.
    var sender: any HTTPSender
    /// With the credentials of the user's account.
    var client: AWSClient
    /// The role behind those credentials; nil for the rotator's own.
    var role: RoleARN?
    /// One process's.
    var forges: ForgeClients
}

/// Why a value of the configuration is refused: a sentence that names the key.
struct InvalidSetting: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

extension String {
    /// The text with `{user}` replaced by the user's name.
    func naming(_ user: UserName) -> String { replacing("{user}", with: user.description) }
}
