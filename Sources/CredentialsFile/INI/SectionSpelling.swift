/// Whether a line is the header of a section, for every reader or only for some.
enum SectionSpelling {
    /// `[name]`, or what the dialect writes, with nothing behind it but a comment.
    case unmistakable
    /// `[ name ]`, `["name"]`, `[profile name]`, an indented `[name]` that continues a value, and the like: some SDKs
    /// strip what others take for a part of the name.
    case doubtful
    case other

    init(_ line: Line, of section: ProfileName, _ dialect: Dialect, in bytes: UnsafeRawBufferPointer) {
        guard line.kind != .comment, let first = line.content.first, bytes[first] == UInt8(ascii: "[") else {
            self = .other
            return
        }
        if case .header(let name) = line.kind, bytes[name].elementsEqual(dialect.header(of: section).utf8) {
            let rest = bytes[name.upperBound + 1..<line.content.upperBound].drop { $0 == 0x20 || $0 == 0x09 }
            // goconfig takes a header with something behind it for no header.
            let isComment = dialect != .rclone && (rest.first == UInt8(ascii: "#") || rest.first == UInt8(ascii: ";"))
            self = rest.isEmpty || isComment ? .unmistakable : .doubtful
            return
        }
        let inner = bytes[first + 1..<line.content.upperBound].prefix { $0 != UInt8(ascii: "]") }
        // Neither quotes nor white space can be part of a profile's name, so both may go wherever they stand.
        var bare = Array(inner.filter { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") })
        if bare.elementsEqual(section.text.utf8) {
            self = .doubtful
            return
        }
        let prefix = Array("profile".utf8)
        if bare.starts(with: prefix) { bare.removeFirst(prefix.count) }
        // "profilex" is a name of its own; only white space or a quote makes the word a prefix.
        let isSeparate = inner.count > bare.count + prefix.count
        self = isSeparate && bare.elementsEqual(section.text.utf8) ? .doubtful : .other
    }
}
