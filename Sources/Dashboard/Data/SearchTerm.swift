/// What somebody looks for among names, which are ASCII: byte by byte, because ten thousand strings made for every request
/// would be most of what it costs.
struct SearchTerm {
    private let bytes: [UInt8]

    init(_ text: String) {
        bytes = text.utf8.map(Self.folded)
    }

    /// Whatever the case; true for nothing at all.
    func isIn(_ name: String) -> Bool {
        guard let first = bytes.first else { return true }
        var rest = name.utf8[...]
        while rest.count >= bytes.count {
            if Self.folded(rest[rest.startIndex]) == first, rest.lazy.map(Self.folded).starts(with: bytes) {
                return true
            }
            rest = rest.dropFirst()
        }
        return false
    }

    private static func folded(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")) ~= byte ? byte | 0x20 : byte
    }
}
