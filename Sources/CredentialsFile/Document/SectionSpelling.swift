/// Whether a line is the header of a profile's section, for every SDK or only for some.
enum SectionSpelling {
    /// `[name]`, with nothing behind it but a comment.
    case unmistakable
    /// `[ name ]`, `["name"]`, `[profile name]`, an indented `[name]` that continues a value, and the like: some SDKs
    /// strip what others take for a part of the name.
    case doubtful
    case other

    init(_ line: Line, of profile: ProfileName, in bytes: UnsafeRawBufferPointer) {
        guard line.kind != .comment, let first = line.content.first, bytes[first] == UInt8(ascii: "[") else {
            self = .other
            return
        }
        if case .header(let name) = line.kind, bytes[name].elementsEqual(profile.text.utf8) {
            let rest = bytes[name.upperBound + 1..<line.content.upperBound].drop { $0 == 0x20 || $0 == 0x09 }
            let isComment = rest.first == UInt8(ascii: "#") || rest.first == UInt8(ascii: ";")
            self = rest.isEmpty || isComment ? .unmistakable : .doubtful
            return
        }
        let inner = bytes[first + 1..<line.content.upperBound].prefix { $0 != UInt8(ascii: "]") }
        // Neither quotes nor white space can be part of a profile's name, so both may go wherever they stand.
        var bare = Array(inner.filter { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") })
        if bare.elementsEqual(profile.text.utf8) {
            self = .doubtful
            return
        }
        let prefix = Array("profile".utf8)
        if bare.starts(with: prefix) { bare.removeFirst(prefix.count) }
        // "profilex" is a name of its own; only white space or a quote makes the word a prefix.
        let isSeparate = inner.count > bare.count + prefix.count
        self = isSeparate && bare.elementsEqual(profile.text.utf8) ? .doubtful : .other
    }
}
