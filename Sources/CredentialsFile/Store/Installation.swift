/// What came of installing a key.
package struct Installation: Sendable, Equatable, Codable {
    /// False when the slot held exactly this key before; then nothing was written.
    package let changed: Bool
    package let warnings: [Warning]

    package init(changed: Bool, warnings: [Warning]) {
        self.changed = changed
        self.warnings = warnings
    }

    /// What went well and should still be looked at.
    package enum Warning: Sendable, Equatable, Codable, CustomStringConvertible {
        /// The other names of the file still lead to the old contents.
        case hardLinks(count: UInt64)
        /// Others than its owner may read the file: the lower twelve bits of its mode.
        case readableByOthers(permissions: UInt32)
        case byteOrderMark
        /// The system did not let us keep this extended attribute.
        case attributeNotKept(String)
        /// The file system has no locks: two runs at one time are not kept apart.
        case notLocked
        /// The file could not be replaced; a reader may have seen half of it.
        case rewrittenInPlace
        /// Others than its owner can write to this directory, in or above which the file is.
        case directoryWritableByOthers(String)

        package var description: String {
            switch self {
            case .hardLinks(let count):
                "the file had \(count) names (hard links); the others keep the old key: make them symbolic links"
            case .readableByOthers(let permissions):
                "others than its owner can read the file (mode 0\(String(permissions, radix: 8))): chmod 600"
            case .byteOrderMark:
                "the file begins with a byte order mark, which makes the AWS CLI and others refuse it: remove it"
            case .attributeNotKept(let name): "the extended attribute \(name) was not kept"
            case .notLocked: "the file system has no locks: make sure that no two runs edit this file at one time"
            case .directoryWritableByOthers(let path):
                "others than its owner can write to \(path), and so put another file there: chmod go-w \(path)"
            case .rewrittenInPlace: "the file was rewritten in place: programs may have read half of it"
            }
        }
    }
}
