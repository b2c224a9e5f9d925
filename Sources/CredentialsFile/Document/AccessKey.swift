package import Secrets

/// A pair of access key id and secret in the form that AWS issues, and so safe to write into any file.
package struct AccessKey: Sendable, Equatable {
    package let id: String
    package let secret: Secret

    /// Throws unless the id is `[A-Z0-9]{16,128}` and the secret `[A-Za-z0-9/+=]{16,128}`.
    ///
    /// Neither set contains anything that an INI file, a shell or JSON takes for more than itself.
    package init(id: String, secret: Secret) throws(InvalidInput) {
        guard isAccessKeyID(id.utf8) else { throw .accessKeyID }
        guard secret.withBytes({ isSecretAccessKey($0) }) else { throw .secretAccessKey }
        self.id = id
        self.secret = secret
    }
}

/// A value that must not get into a credentials file. The value is not part of it: it may be a secret in the wrong place.
package enum InvalidInput: Error, Equatable, CustomStringConvertible {
    case profileName, accessKeyID, secretAccessKey

    package var description: String {
        switch self {
        case .profileName:
            "the profile name must be 1 to 128 of A-Z a-z 0-9 _ - . / % @ : + and not DEFAULT"
        case .accessKeyID: "the access key id must be 16 to 128 of A-Z 0-9"
        case .secretAccessKey: "the secret access key must be 16 to 128 of A-Z a-z 0-9 / + ="
        }
    }
}

func isAccessKeyID(_ bytes: some Collection<UInt8>) -> Bool {
    (16...128).contains(bytes.count) && bytes.allSatisfy { isLetterOrDigit($0) && $0 < UInt8(ascii: "a") }
}

func isSecretAccessKey(_ bytes: some Collection<UInt8>) -> Bool {
    (16...128).contains(bytes.count) && bytes.allSatisfy { isLetterOrDigit($0) || "/+=".utf8.contains($0) }
}
