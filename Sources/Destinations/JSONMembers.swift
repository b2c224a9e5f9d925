import FoundationEssentials

/// The members of a JSON object by their places in its text, so that one can be changed while all else stays as it is.
///
/// A decoder forgets their order, names that come twice, and how a number was written.
struct JSONMembers {
    struct Member {
        let name: String
        /// Of the name, its quotes included, and of the value.
        let nameRange: Range<Int>
        let value: Range<Int>
    }

    let text: [UInt8]
    let members: [Member]
    /// Where the object's brace opens.
    let start: Int

    /// Nil for anything but one JSON object.
    init?(_ text: [UInt8]) {
        // The walk below relies on it: it looks for ends, not for mistakes.
        guard (try? JSONDecoder().decode([String: AnyValue].self, from: Data(text))) != nil else { return nil }
        var walk = Walk(text: text)
        guard walk.next() == UInt8(ascii: "{") else { return nil }
        self.text = text
        start = walk.place
        walk.place += 1
        var members: [Member] = []
        while walk.next() == UInt8(ascii: "\"") {
            let name = walk.place..<walk.endOfString()
            guard let decoded = try? JSONDecoder().decode(String.self, from: Data(text[name])) else { return nil }
            walk.place = name.upperBound
            guard walk.next() == UInt8(ascii: ":") else { return nil }
            walk.place += 1
            guard walk.next() != nil else { return nil }
            let value = walk.place..<walk.endOfValue()
            members.append(Member(name: decoded, nameRange: name, value: value))
            walk.place = value.upperBound
            guard walk.next() == UInt8(ascii: ",") else { break }
            walk.place += 1
            // The decoder passes by a comma behind the last member, at which others stop.
            guard walk.next() == UInt8(ascii: "\"") else { return nil }
        }
        // The decoder knows encodings beside UTF-8, of which this walk would see an end anywhere.
        guard walk.next() == UInt8(ascii: "}") else { return nil }
        walk.place += 1
        guard walk.next() == nil else { return nil }
        self.members = members
    }

    /// Whether every name stands there once.
    var areDistinct: Bool { Set(members.map(\.name)).count == members.count }

    subscript(name: String) -> Member? { members.first { $0.name == name } }

    /// Nil for a value that is no text.
    func text(of member: Member) -> String? {
        try? JSONDecoder().decode(String.self, from: Data(text[member.value]))
    }

    func isNull(_ member: Member) -> Bool { text[member.value].elementsEqual("null".utf8) }

    /// The text with this value in place of the member's own, or with one more member, written as the others are.
    ///
    /// - Parameter value: needs no escapes.
    func setting(_ name: String, to value: String) -> [UInt8] {
        let value = Array("\"\(value)\"".utf8)
        var text = text
        if let member = self[name] {
            text.replaceSubrange(member.value, with: value)
            return text
        }
        let member = quoted(name) + Array(": ".utf8) + value
        if let (first, last) = members.first.flatMap({ first in members.last.map { (first, $0) } }) {
            let between = text[(start + 1)..<first.nameRange.lowerBound]
            let separator = between.isEmpty ? Array(" ".utf8) : Array(between)
            text.insert(contentsOf: Array(",".utf8) + separator + member, at: last.value.upperBound)
        } else {
            text.insert(contentsOf: member, at: start + 1)
        }
        return text
    }

    private func quoted(_ name: String) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // A text can always be encoded.
        return (try? encoder.encode(name)).map(Array.init) ?? []
    }
}

/// A walk over JSON that is known to be well-formed.
private struct Walk {
    let text: [UInt8]
    var place = 0

    /// Goes on to the next byte that is no white space; nil at the end.
    mutating func next() -> UInt8? {
        while place < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[place]) { place += 1 }
        return place < text.count ? text[place] : nil
    }

    /// Behind the string that begins here.
    func endOfString() -> Int {
        var end = place + 1
        while end < text.count, text[end] != UInt8(ascii: "\"") {
            end += text[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(end + 1, text.count)
    }

    /// Behind the value that begins here.
    func endOfValue() -> Int {
        var walk = self
        var depth = 0
        while walk.place < text.count {
            switch text[walk.place] {
            case UInt8(ascii: "\""):
                walk.place = walk.endOfString()
                if depth == 0 { return walk.place }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                // The end of the object that a number or a word is the last value of.
                if depth == 0 { return walk.place }
                depth -= 1
                if depth == 0 { return walk.place + 1 }
            case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D: if depth == 0 { return walk.place }
            default: break
            }
            walk.place += 1
        }
        return walk.place
    }
}

/// What is read to its end and not kept.
private struct AnyValue: Decodable {
    init(from decoder: any Decoder) throws {}
}
