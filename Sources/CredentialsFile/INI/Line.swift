/// One line of a document, as positions in its bytes: no text, so that nothing of a secret can be printed from here.
struct Line: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case blank
        case comment
        /// `[name]`
        case header(name: Range<Int>)
        /// `key = value` or `key: value`; `delimiter` is the position of the sign.
        case property(key: Range<Int>, delimiter: Int, value: Range<Int>)
        /// More of the value above, because it is indented deeper than its key.
        case continuation
        /// None of these; botocore refuses the whole file.
        case malformed
    }

    let kind: Kind
    /// From the first byte to the line end, included.
    let range: Range<Int>
    /// Without white space at either end, and without the line end.
    let content: Range<Int>
    /// LF, CR LF, or a CR alone, which Python reads as a line end, too; empty at the end of a file that lacks it.
    let ending: Range<Int>
}
