package import Secrets

/// The text of a shared credentials file, any bytes at all, with what its lines mean to botocore.
///
/// The bytes live in a `Secret`, and everything else is positions in them: printing a document shows no credential, and
/// what is serialised is what was parsed, byte for byte. A byte order mark is kept, and what is behind it is edited as
/// if it were not there; botocore refuses such a file, so `hasByteOrderMark` is there to warn of it.
///
/// The sections of a credentials file are named by the bare profile. The `config` file's `[profile name]` would be
/// another way to find the section; nothing else here depends on it.
package struct CredentialsDocument: Sendable, Equatable {
    let content: Secret
    let lines: [Line]

    package init(_ content: Secret) {
        self.content = content
        lines = content.withBytes { LineReader.lines(of: $0) }
    }

    /// No file and an empty file are the same document.
    package static let empty = CredentialsDocument(Secret([UInt8]()))

    /// The bytes of all lines, one after the other.
    package var serialized: Secret { rewriting([:]) }

    package var hasByteOrderMark: Bool { content.withBytes { $0.starts(with: byteOrderMark) } }
}
