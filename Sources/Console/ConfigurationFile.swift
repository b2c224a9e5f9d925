import TOMLKit

/// Reads a configuration: TOML, in which an unknown key is an error, because a setting that nobody reads is worse than none.
package enum ConfigurationFile {
    /// - Parameter path: named in every error.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from text: String, path: String
    ) throws(CommandFailure) -> Value {
        func failure(_ problem: String) -> CommandFailure { CommandFailure(.configuration, "\(path): \(problem)") }
        do {
            return try TOMLDecoder(strictDecoding: true).decode(type, from: text)
        } catch let error as TOMLParseError {
            throw failure("line \(error.source.begin.line): \(error.description)")
        } catch let error as UnexpectedKeysError {
            let names = error.keys.map { key, path in name(path, key) }.sorted()
            throw failure("unknown \(names.count == 1 ? "key" : "keys") \(names.joined(separator: ", "))")
        } catch DecodingError.keyNotFound(let key, let context) {
            // The library says this of a value of another type as well.
            throw failure(
                "\(name(context.codingPath, key.stringValue)) is missing or of the wrong type")
        } catch DecodingError.dataCorrupted(let context) {
            let path = name(context.codingPath, nil)
            throw failure(path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            throw failure("\(name(context.codingPath, nil)) is of the wrong type")
        } catch {
            throw failure("\(error)")
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
