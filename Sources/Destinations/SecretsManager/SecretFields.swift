/// The names of the two fields of a secret's JSON that are the key's.
package struct SecretFields: Hashable, Sendable {
    package static let standard = SecretFields(unchecked: "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")

    package let id: String
    package let secret: String

    /// Nil for names that are empty, longer than 128 bytes, have control characters, or are the same.
    package init?(id: String, secret: String) {
        guard id != secret, [id, secret].allSatisfy(Self.isName) else { return nil }
        self.id = id
        self.secret = secret
    }

    private init(unchecked id: String, _ secret: String) {
        self.id = id
        self.secret = secret
    }

    private static func isName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}
