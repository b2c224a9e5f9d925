package import CredentialsFile
package import Secrets

/// A place on this host that programs read a key from.
package protocol KeyTarget: Sendable {
    var path: String { get }
    var profile: String { get }
    /// The format's stable name, for check-ins.
    var format: String { get }

    /// What it holds at this moment. Throws, without any byte of the file, when it cannot be read or understood.
    func read() throws -> TargetContent

    /// Puts the key there if it still holds `replaced`. When it throws, the error says what to do.
    func install(_ key: AccessKey, replacing replaced: TargetContent) throws -> Installation

    /// What `install` would change, without a secret. Changes nothing. Throws what `install` would throw for the text.
    func preview(_ key: AccessKey) throws -> KeyPreview

    /// Throws what would stop an installation, as far as that can be known without one. Leaves nothing behind.
    func check() throws -> [Installation.Warning]
}

/// What a target holds.
package enum TargetContent: Hashable, Sendable {
    /// Nothing: the file or the profile is missing, or has no credentials.
    case empty
    case key(AccessKey)
    /// A key beside a session token: AWS takes it for a temporary one, whatever it is.
    case keyWithSessionToken(AccessKey)
    /// Credentials that are none of AWS, such as those of a MinIO server. Perhaps the only copy.
    case foreign(description: String)

    package var key: AccessKey? {
        switch self {
        case .key(let key), .keyWithSessionToken(let key): key
        case .empty, .foreign: nil
        }
    }
}
