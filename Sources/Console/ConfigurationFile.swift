import TOMLKit

/// Reads a configuration: TOML, in which an unknown setting is an error, because a setting that nobody reads is worse than none.
package enum ConfigurationFile {
    /// - Parameter path: named in every error.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from text: String, path: String
    ) throws(CommandFailure) -> Value {
        func failure(_ problem: String) -> CommandFailure { CommandFailure(.configuration, "\(path): \(problem)") }
        if let line = lineOfNamelessTable(in: text) {
            throw failure("line \(line): a table's name begins with a letter, a digit, _, - or a quote, as in [[user]]")
        }
        do {
            return try TOMLDecoder(strictDecoding: true).decode(type, from: text)
        } catch let error as TOMLParseError {
            throw failure("line \(error.source.begin.line): \(error.description)")
        } catch let error as UnexpectedKeysError {
            let names = error.keys.map { key, path in name(path, key) }.sorted()
            throw failure("unknown \(names.count == 1 ? "setting" : "settings") \(names.joined(separator: ", "))")
        } catch DecodingError.keyNotFound(let key, let context) {
            // The library says this of a value of another type as well.
            let given = settings(beside: key.stringValue, context.codingPath, in: text)
            let isGiven = given.contains(key.stringValue)
            // The right one misspelt is among them.
            let hint = isGiven || given.isEmpty ? "" : "; what is set there: \(given.joined(separator: ", "))"
            let problem = isGiven ? "is of the wrong type" : "is missing"
            throw failure("\(name(context.codingPath, key.stringValue)) \(problem)\(hint)")
        } catch DecodingError.dataCorrupted(let context) {
            let path = name(context.codingPath, nil)
            throw failure(path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            throw failure("\(name(context.codingPath, nil)) is of the wrong type")
        } catch {
            throw failure("\(error)")
        }
    }

    /// The names in the table in which a setting was looked for, sorted.
    private static func settings(beside key: String, _ path: [any CodingKey], in text: String) -> [String] {
        var value: (any TOMLValueConvertible)? = try? TOMLTable(string: text)
        for part in path.last?.stringValue == key ? path.dropLast() : path {
            if let index = part.intValue {
                guard let array = value?.array, array.indices.contains(index) else { return [] }
                value = array[index]
            } else {
                value = value?.table?[part.stringValue]
            }
        }
        return value?.table?.keys.sorted() ?? []
    }

    /// The parser ends the process at such a line instead of refusing it, until it has
    /// https://github.com/marzer/tomlplusplus/pull/301. No value of ours has lines that begin with a bracket.
    private static func lineOfNamelessTable(in text: String) -> Int? {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        for (index, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            // Before it the parser takes a byte order mark and Unicode's spaces for blanks, too.
            let header = line.drop { $0 <= UInt8(ascii: " ") || $0 >= 0x7F }
            guard header.first == UInt8(ascii: "[") else { continue }
            let inner = header.dropFirst().drop(while: isBlank)
            let name = inner.first == UInt8(ascii: "[") ? inner.dropFirst().drop(while: isBlank) : inner
            guard let first = name.first, isStartOfName(first) else { return index + 1 }
        }
        return nil
    }

    private static func isStartOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        // The parser itself refuses `[]`.
        default: "_-\"']".utf8.contains(byte)
        }
    }

    /// As in `user #2.policy.grace`: tables of an array are counted from 1, in the order of the file.
    private static func name(_ path: [any CodingKey], _ key: String?) -> String {
        var name = ""
        for part in path {
            if let index = part.intValue {
                name += " #\(index + 1)"
            } else {
                name += (name.isEmpty ? "" : ".") + part.stringValue
            }
        }
        guard let key, path.last?.stringValue != key else { return name }
        return name.isEmpty ? key : "\(name).\(key)"
    }
}
