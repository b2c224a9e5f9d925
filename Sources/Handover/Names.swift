/// The name of the managed IAM user: 1 to 64 characters of `[A-Za-z0-9_+=,.@-]`.
/// https://docs.aws.amazon.com/IAM/latest/APIReference/API_User.html
package struct UserName: Hashable, Sendable, Comparable, CustomStringConvertible, Codable {
    package let description: String

    /// Nil for anything that IAM would not accept as a user's name, and for `.` and `..`, which are no part of a path.
    package init?(_ text: some StringProtocol) {
        guard isName(text, also: "_+=,.@-"), text != ".", text != ".." else { return nil }
        description = String(text)
    }

    /// Where this user's keys are published unless the configuration says otherwise; nil for a name with one of
    /// `+=,@`, which a parameter's name may not contain.
    package var defaultParameter: String? {
        isName(description, also: "_.-") ? "/keybaton/\(description)" : nil
    }

    package static func < (left: Self, right: Self) -> Bool { left.description < right.description }

    package init(from decoder: any Decoder) throws {
        self = try decodeName(from: decoder, "an IAM user name", Self.init)
    }

    package func encode(to encoder: any Encoder) throws { try encodeName(description, to: encoder) }
}

/// The name under which one host checks in: 1 to 64 characters of `[A-Za-z0-9._-]`.
///
/// Hosts choose their own names and whoever holds a key can write any object name, while the dashboard and the
/// commands print names into ready-made command lines: anything else is ignored where it is read.
package struct HostID: Hashable, Sendable, Comparable, CustomStringConvertible, Codable {
    package let description: String

    /// Nil for any other text, and for a leading `-` or `.`, which a command line or a shell would misread.
    package init?(_ text: some StringProtocol) {
        guard isName(text, also: "._-"), let first = text.utf8.first, first != UInt8(ascii: "-"),
            first != UInt8(ascii: ".")
        else { return nil }
        description = String(text)
    }

    /// The id without the `-` and the eight hexadecimal digits that an agent derives from its machine; nil without them.
    package var stem: HostID? {
        let (name, suffix) = (description.utf8.dropLast(9), description.utf8.suffix(9))
        let digits = suffix.dropFirst()
        guard suffix.first == UInt8(ascii: "-"), digits.count == 8,
            digits.allSatisfy({ isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")) ~= $0 })
        else { return nil }
        return HostID(Substring(name))
    }

    /// Whether this id is that of a host which was declared as `name`: the name itself, or the name with a suffix.
    package func meets(declared name: HostID) -> Bool { self == name || stem == name }

    package static func < (left: Self, right: Self) -> Bool { left.description < right.description }

    package init(from decoder: any Decoder) throws {
        self = try decodeName(from: decoder, "a host id", Self.init)
    }

    package func encode(to encoder: any Encoder) throws { try encodeName(description, to: encoder) }
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= byte }

private func isName(_ text: some StringProtocol, also others: StaticString) -> Bool {
    (1...64).contains(text.utf8.count)
        && text.utf8.allSatisfy { byte in
            isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")) ~= byte | 0x20 && byte < 0x80
                || others.withUTF8Buffer { $0.contains(byte) }
        }
}

private func decodeName<Name>(
    from decoder: any Decoder, _ what: String, _ make: (String) -> Name?
) throws -> Name {
    guard let name = make(try decoder.singleValueContainer().decode(String.self)) else {
        throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not \(what)"))
    }
    return name
}

private func encodeName(_ name: String, to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
}

/// So that a dictionary by host becomes a JSON object.
extension HostID: CodingKeyRepresentable {
    package var codingKey: any CodingKey { HostKey(stringValue: description) }

    package init?(codingKey: some CodingKey) { self.init(codingKey.stringValue) }
}

private struct HostKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
}
