/// The INI dialect of the files in `~/.aws`.
enum SharedFile {
    struct Section {
        /// The words of the header: `["default"]`, `["profile", "backup"]`.
        var header: [String]
        /// By name in lower case; continued lines are joined by "\n".
        var properties: [String: String] = [:]
    }

    /// Sections in order, not yet merged. Throws `SharedFileError` with the line, and never with what stands in it.
    static func sections(of file: [UInt8], path: String) throws(SharedFileError) -> [Section] {
        var sections: [Section] = []
        var lastName: String?
        for (index, rawLine) in lines(of: file).enumerated() {
            let line = withoutComment(String(decoding: rawLine, as: UTF8.self))
            let content = line.trimmingWhitespace()
            guard !content.isEmpty else { continue }
            func fail(_ message: String) -> SharedFileError {
                SharedFileError(path: path, line: index + 1, message: message)
            }

            if content.first == "[", line.first == "[" {
                guard content.last == "]" else { throw fail("a section header must end with \"]\"") }
                sections.append(Section(header: words(of: content.dropFirst().dropLast())))
                lastName = nil
                continue
            }
            guard !sections.isEmpty else { throw fail("a setting stands before the first section") }
            if line.first?.isWhitespace == true, let lastName {
                sections[sections.count - 1].properties[lastName, default: ""] += "\n" + content
                continue
            }
            guard let equals = content.firstIndex(of: "=") else { throw fail("there is no \"=\"") }
            let name = content[..<equals].trimmingWhitespace().lowercased()
            guard !name.isEmpty else { throw fail("there is no name before \"=\"") }
            sections[sections.count - 1].properties[name] = String(
                content[content.index(after: equals)...].trimmingWhitespace())
            lastName = name
        }
        return sections
    }

    /// Ended by LF, CRLF or, as for the AWS CLI, a lone CR.
    private static func lines(of file: [UInt8]) -> [ArraySlice<UInt8>] {
        let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
        let text = file.starts(with: byteOrderMark) ? file.dropFirst(3) : file[...]
        return text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).flatMap { line in
            (line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
                .split(separator: UInt8(ascii: "\r"), omittingEmptySubsequences: false)
        }
    }

    /// A comment begins with "#" or ";" at the start of a line or after white space; elsewhere they belong to the value.
    private static func withoutComment(_ line: String) -> Substring {
        var afterSpace = true
        for index in line.indices {
            if afterSpace, line[index] == "#" || line[index] == ";" { return line[..<index] }
            afterSpace = line[index].isWhitespace
        }
        return line[...]
    }

    /// One word, or a kind and a name, which may be quoted.
    private static func words(of header: Substring) -> [String] {
        let header = header.trimmingWhitespace()
        guard let space = header.firstIndex(where: \.isWhitespace) else { return [String(header)] }
        var name = header[space...].trimmingWhitespace()
        if name.count > 1, let quote = name.first, quote == "\"" || quote == "'", name.last == quote {
            name = name.dropFirst().dropLast()
        }
        return [String(header[..<space]), String(name)]
    }
}

/// A file in `~/.aws` that no AWS tool can read.
package struct SharedFileError: Error, Equatable, Sendable, CustomStringConvertible {
    package let path: String
    package let line: Int
    package let message: String

    package var description: String { "could not parse profile file \(path), line \(line): \(message)" }
}
