/// One line of an environment file, as positions in its bytes.
struct EnvironmentLine: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case blank
        case comment
        /// `NAME=value`, perhaps behind `export`.
        case assignment(name: Range<Int>, value: Range<Int>, isExported: Bool)
        /// `export NAME`, which changes no value.
        case export
        /// None of these, or not the same to every reader.
        case problem(DocumentProblem.Reason)
    }

    let kind: Kind
    /// From the first byte to the line end, included.
    let range: Range<Int>
    /// Without blanks at either end, and without the line end.
    let content: Range<Int>
    /// LF or CR LF; empty at the end of a file that lacks it.
    let ending: Range<Int>
}
