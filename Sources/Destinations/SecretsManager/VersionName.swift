import Secrets

/// The names of a secret's versions, from what they hold: a request whose answer was lost is sent again, and finds its own
/// version instead of making a second one.
enum VersionName {
    /// The first version with this key.
    static func first(with key: AccessKeyID, in fields: SecretFields) -> String { name(key, fields, "") }

    /// A version with this key whose other fields are those of `version`.
    static func with(_ key: AccessKeyID, in fields: SecretFields, after version: String) -> String {
        name(key, fields, version)
    }

    /// In the form of a UUID, which the service asks for. Of nothing secret: names are shown to whoever lists them.
    private static func name(_ key: AccessKeyID, _ fields: SecretFields, _ version: String) -> String {
        let text = ["keybaton secret v1", "\(key)", fields.id, fields.secret, version].joined(separator: "\0")
        let digits = Array(SHA256.hash(Array(text.utf8)).prefix(16).hexadecimal)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }
}
