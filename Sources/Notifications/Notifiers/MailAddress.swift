/// One mail address, as little as this program needs of one: a person types it, or a tag of an IAM user holds it.
package struct MailAddress: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// Nil for what is not `local@domain` of visible ASCII, and for everything that would make two addresses or a header
    /// of it: spaces, commas, brackets, quotes, line ends.
    package init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, (1...64).contains(parts[0].utf8.count), !parts[1].isEmpty,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"()<>[]:;,\\\"".utf8.contains($0) }),
            parts[1].utf8.allSatisfy({
                $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || Character(Unicode.Scalar($0)).isLetter
                    || Character(Unicode.Scalar($0)).isNumber
            }), !parts[1].hasPrefix("."), !parts[1].hasPrefix("-")
        else { return nil }
        description = text
    }

    /// Not the whole of it: the log is read by others.
    var masked: String {
        let parts = description.split(separator: "@")
        return "\(parts[0].prefix(2))…@\(parts[1])"
    }
}
