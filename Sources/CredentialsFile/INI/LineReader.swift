/// Splits a document into lines and tells what each is, exactly as Python's `configparser` does for botocore.
///
/// It is the strictest reader of the file among the SDKs, and the AWS CLI's. Its rules, from `RawConfigParser._read`:
/// full-line comments only; a line indented deeper than the key above continues its value; the first of `=` and `:`
/// separates; a header extends to the last `]` of its line.
struct LineReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    private var indentation = 0
    private var isBelowHeader = false
    private var isBelowKey = false

    static func lines(of bytes: UnsafeRawBufferPointer) -> [Line] {
        var reader = LineReader(bytes: bytes)
        var lines: [Line] = []
        while reader.position < bytes.count {
            lines.append(reader.nextLine())
        }
        return lines
    }

    private init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    private mutating func nextLine() -> Line {
        let start = position
        var end = start
        while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
        var next = min(end + 1, bytes.count)
        if end + 1 < bytes.count, bytes[end] == 0x0D, bytes[end + 1] == 0x0A { next = end + 2 }
        position = next

        let (content, indentation) = trimmed((start + byteOrderMarkLength(at: start))..<end)
        return Line(kind: kind(of: content, indentation), range: start..<next, content: content, ending: end..<next)
    }

    /// A byte order mark at the very beginning is no part of the first line.
    private func byteOrderMarkLength(at start: Int) -> Int {
        start == 0 && bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    }

    /// The range without white space at its ends, and the number of characters that were stripped at its beginning.
    private func trimmed(_ range: Range<Int>) -> (Range<Int>, Int) {
        var lower = range.lowerBound
        var upper = range.upperBound
        var stripped = 0
        while lower < upper, case let length = WhiteSpace.length(at: lower, in: bytes), length > 0 {
            lower += length
            stripped += 1
        }
        while lower < upper, case let length = WhiteSpace.length(before: upper, in: bytes), length > 0 {
            upper -= length
        }
        return (min(lower, upper)..<upper, stripped)
    }

    private mutating func kind(of content: Range<Int>, _ contentIndentation: Int) -> Line.Kind {
        guard let first = content.first.map({ bytes[$0] }) else { return .blank }
        if first == UInt8(ascii: "#") || first == UInt8(ascii: ";") { return .comment }
        if isBelowKey, contentIndentation > indentation { return .continuation }
        indentation = contentIndentation
        if first == UInt8(ascii: "["), let close = content.last(where: { bytes[$0] == UInt8(ascii: "]") }),
            close > content.lowerBound + 1
        {
            isBelowHeader = true
            isBelowKey = false
            return .header(name: content.lowerBound + 1..<close)
        }
        guard isBelowHeader,
            let delimiter = content.first(where: { bytes[$0] == UInt8(ascii: "=") || bytes[$0] == UInt8(ascii: ":") }),
            case let key = trimmed(content.lowerBound..<delimiter).0, !key.isEmpty
        else { return .malformed }
        isBelowKey = true
        return .property(key: key, delimiter: delimiter, value: trimmed(delimiter + 1..<content.upperBound).0)
    }
}
