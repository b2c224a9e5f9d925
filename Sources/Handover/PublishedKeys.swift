package import Secrets

/// The two keys in a managed user's parameter: NEW, which every host must move to, and OLD, which hosts still hold.
///
/// OLD is absent before the first rotation, and stays published after IAM has deleted it, until the next rotation,
/// so that a host that returns late recognises the key it holds.
package struct PublishedKeys: Hashable, Sendable {
    package let new: AccessKey
    package let old: AccessKey?

    /// Nil when both keys have one id: a host could not tell then which secret belongs to it.
    package init?(new: AccessKey, old: AccessKey?) {
        guard new.id != old?.id else { return nil }
        self.new = new
        self.old = old
    }

    package var ids: PublishedIDs { PublishedIDs(new: new.id, old: old?.id) }

    /// The key with this id, if it is one of the two.
    package func key(_ id: AccessKeyID) -> AccessKey? {
        id == new.id ? new : id == old?.id ? old : nil
    }
}

/// What a publication says without its secrets.
package struct PublishedIDs: Hashable, Sendable {
    package let new: AccessKeyID
    package let old: AccessKeyID?

    package init(new: AccessKeyID, old: AccessKeyID?) {
        self.new = new
        self.old = old
    }
}

/// The published text, an existing format that shell-script hosts read: it is a contract in both directions.
extension PublishedKeys {
    /// The parameter's value: lines `name = value` under the markers, no final newline.
    package var text: Secret {
        var bytes = Self.block(marker: Marker.new, new)
        if let old {
            bytes += [UInt8(ascii: "\n")] + Self.block(marker: Marker.old, old)
        }
        return Secret(bytes)
    }

    private static func block(marker: Marker, _ key: AccessKey) -> [UInt8] {
        Array("\(marker.rawValue)\n\(Field.id.prefix)\(key.id)\n\(Field.secret.prefix)".utf8)
            + key.secret.withBytes { Array($0) }
    }

    /// Reads a parameter's value strictly: markers and lines are whole lines, in order; blank lines and CRLF are fine.
    ///
    /// Nothing that a parameter holds may reach a credentials file unless it went through here. Markers are
    /// compared as whole lines because `NEW` and `OLD` can occur inside a key.
    package init(parsing value: Secret) throws(PublishedTextError) {
        let keys = try value.withBytes { bytes throws(PublishedTextError) in
            var reader = LineReader(bytes)
            let new = try reader.block(.new)
            let old = try reader.isAtEnd ? nil : reader.block(.old)
            try reader.expectEnd()
            return (new, old)
        }
        guard let published = PublishedKeys(new: keys.0, old: keys.1) else {
            throw PublishedTextError(line: nil, problem: "NEW and OLD have the same id")
        }
        self = published
    }
}

/// Why a parameter's value was refused. It never holds a part of the value.
package struct PublishedTextError: Error, Hashable, CustomStringConvertible {
    /// Counted from 1; nil when the value as a whole is wrong.
    package let line: Int?
    package let problem: String

    package var description: String {
        line.map { "line \($0) of the parameter's value: \(problem)" } ?? "the parameter's value: \(problem)"
    }
}

private enum Marker: String {
    case new = "NEW"
    case old = "OLD"
}

private enum Field: String {
    case id = "aws_access_key_id"
    case secret = "aws_secret_access_key"

    var prefix: String { rawValue + " = " }
}

private struct LineReader {
    private let lines: [(number: Int, bytes: UnsafeRawBufferPointer.SubSequence)]
    private var next = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
            .map {
                (
                    number: $0.offset + 1,
                    bytes: $0.element.last == UInt8(ascii: "\r") ? $0.element.dropLast() : $0.element
                )
            }
            .filter { !$0.bytes.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }
    }

    var isAtEnd: Bool { next == lines.count }

    mutating func block(_ marker: Marker) throws(PublishedTextError) -> AccessKey {
        let line = try take("the marker \(marker.rawValue)")
        guard line.bytes.elementsEqual(marker.rawValue.utf8) else {
            throw PublishedTextError(
                line: line.number, problem: "expected the marker \(marker.rawValue) alone on the line")
        }
        let idLine = try value(of: .id, under: marker)
        guard let id = AccessKeyID(String(decoding: idLine.bytes, as: UTF8.self)) else {
            throw PublishedTextError(
                line: idLine.number, problem: "not an access key id ([A-Z0-9], 16 to 128 characters)")
        }
        let secretLine = try value(of: .secret, under: marker)
        guard let key = AccessKey(id: id, secret: Secret(secretLine.bytes)) else {
            throw PublishedTextError(
                line: secretLine.number, problem: "not a secret access key ([A-Za-z0-9/+=], 16 to 128 characters)")
        }
        return key
    }

    func expectEnd() throws(PublishedTextError) {
        if !isAtEnd { throw PublishedTextError(line: lines[next].number, problem: "unexpected line after the keys") }
    }

    private mutating func value(
        of field: Field, under marker: Marker
    ) throws(PublishedTextError) -> (number: Int, bytes: UnsafeRawBufferPointer.SubSequence) {
        let line = try take("\(field.rawValue) of \(marker.rawValue)")
        guard line.bytes.starts(with: field.prefix.utf8) else {
            throw PublishedTextError(line: line.number, problem: "expected `\(field.prefix)…`")
        }
        return (line.number, line.bytes.dropFirst(field.prefix.utf8.count))
    }

    private mutating func take(
        _ what: String
    ) throws(PublishedTextError) -> (number: Int, bytes: UnsafeRawBufferPointer.SubSequence) {
        guard !isAtEnd else { throw PublishedTextError(line: nil, problem: "\(what) is missing") }
        defer { next += 1 }
        return lines[next]
    }
}
