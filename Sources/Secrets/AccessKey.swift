/// The id of an IAM access key. It names the generation: hosts and rotator compare ids, never dates.
///
/// IAM allows 16 to 128 characters of `[\w]`; real ids are upper-case letters and digits only, and nothing else is
/// accepted here, because ids become object names, command lines and lines of INI files.
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html
package struct AccessKeyID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let description: String

    /// Nil unless the text matches `[A-Z0-9]{16,128}`.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        guard (16...128).contains(text.utf8.count), text.utf8.allSatisfy(Self.allows) else { return nil }
        description = text
    }

    package static func < (left: Self, right: Self) -> Bool { left.description < right.description }

    private static func allows(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}

extension AccessKeyID: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let id = AccessKeyID(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "not an access key id"))
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// An access key with its secret.
package struct AccessKey: Hashable, Sendable {
    package let id: AccessKeyID
    package let secret: Secret

    /// Nil unless the secret matches `[A-Za-z0-9/+=]{16,128}`: what AWS issues, and what survives INI files,
    /// environment files, JSON and shell scripts alike without quoting.
    package init?(id: AccessKeyID, secret: Secret) {
        guard (16...128).contains(secret.count), secret.withBytes({ $0.allSatisfy(Self.allows) }) else { return nil }
        self.id = id
        self.secret = secret
    }

    private static func allows(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "="):
            true
        default: false
        }
    }
}
