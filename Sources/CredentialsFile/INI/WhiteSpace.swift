/// What Python's `str.isspace` takes for white space, in UTF-8: botocore strips it and counts indentation in it.
///
/// https://docs.python.org/3/library/stdtypes.html#str.isspace
enum WhiteSpace {
    /// The number of bytes of the white space character at `index`; 0 when there is none.
    static func length(at index: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        switch bytes[index] {
        case 0x09...0x0D, 0x1C...0x20: return 1
        case 0xC2 where index + 1 < bytes.count:
            return bytes[index + 1] == 0x85 || bytes[index + 1] == 0xA0 ? 2 : 0
        case 0xE1...0xE3 where index + 2 < bytes.count:
            return isWide(bytes[index], bytes[index + 1], bytes[index + 2]) ? 3 : 0
        default: return 0
        }
    }

    /// The number of bytes of the white space character that ends before `index`; 0 when there is none.
    static func length(before index: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        for count in 1...3 where index >= count && length(at: index - count, in: bytes) == count {
            return count
        }
        return 0
    }

    /// U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F, U+3000.
    private static func isWide(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
        switch (first, second, third) {
        case (0xE1, 0x9A, 0x80), (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8...0xA9), (0xE2, 0x80, 0xAF),
            (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80):
            true
        default: false
        }
    }

    /// The number of bytes of a character at `index` at which Python's `str.splitlines` splits, beyond CR and LF.
    static func lineBreakLength(at index: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        let length = length(at: index, in: bytes)
        let isBreak =
            switch (length, bytes[index + max(length - 1, 0)]) {
            case (1, 0x0B...0x0C), (1, 0x1C...0x1E), (2, 0x85): true
            case (3, 0xA8...0xA9): bytes[index + 1] == 0x80
            default: false
            }
        return isBreak ? length : 0
    }
}
