import Glibc

/// What a child writes: read so that it can always write, remembered only as far as the end of it.
struct OutputTail: ~Copyable {
    let descriptor: FileDescriptor
    private let limit: Int
    private(set) var isOpen = true
    private var bytes: [UInt8] = []
    private var isCut = false

    /// - Parameter descriptor: must not block.
    init(descriptor: consuming FileDescriptor, limit: Int) {
        self.descriptor = descriptor
        self.limit = limit
    }

    /// Reads what is there by now.
    mutating func drain() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        // Bounded: whoever writes faster than this is read must not keep us.
        for _ in 0..<64 where isOpen {
            let count = read(descriptor.rawValue, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return }
            isOpen = count > 0
            bytes += buffer[..<max(count, 0)]
            isCut = isCut || bytes.count > limit
            bytes = bytes.suffix(limit)
        }
    }

    var lastWords: String {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    /// Without the line whose beginning is forgotten: it may begin in the middle of a word that is to be hidden.
    var wholeLines: [UInt8] {
        guard isCut else { return bytes }
        return bytes.firstIndex(of: UInt8(ascii: "\n")).map { Array(bytes[($0 + 1)...]) } ?? []
    }
}
