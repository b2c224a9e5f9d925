package import Secrets

/// The text of a file, any bytes at all, of which one place holds an access key.
///
/// The bytes live in a `Secret`, and everything else is positions in them: printing a document shows no credential.
package protocol KeyDocument: Sendable {
    /// What was parsed, byte for byte.
    var content: Secret { get }

    /// What stands in the place of the key. Throws when the programs that read the file would not agree on it.
    func credentials() throws(DocumentProblem) -> Credentials

    /// The document with this key, and no session token, in its place; everything else stays as it is.
    ///
    /// Id and secret come together. Returns the same document when there is nothing to change. Throws what
    /// `credentials` throws, when a reader would refuse the file as it is, and `.editFailed` when the result is not
    /// exactly what was asked for.
    func installing(_ key: AccessKey) throws(DocumentProblem) -> Self
}

extension KeyDocument {
    /// The key; nil when there is none. Throws when what is there is no key of AWS, or not clearly one.
    package func heldKey() throws(DocumentProblem) -> HeldKey? {
        try credentials().heldKey()
    }

    var hasByteOrderMark: Bool { content.withBytes { $0.starts(with: byteOrderMark) } }
}

/// U+FEFF in UTF-8.
let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
