/// A message on a stream of bytes: its length as four bytes, the highest first, then the message.
enum MessageFrame {
    static let headerSize = 4
    /// More than any message has; so no damaged header makes us wait for, or allocate, gigabytes.
    static let limit = 4 << 20

    /// Nil for a message above the limit.
    static func frame(_ message: some Collection<UInt8>) -> [UInt8]? {
        guard message.count <= limit else { return nil }
        return (0..<headerSize).map { UInt8(truncatingIfNeeded: message.count >> (8 * (headerSize - 1 - $0))) }
            + message
    }

    /// Nil for a length above the limit.
    static func length(_ header: [UInt8]) -> Int? {
        let length = header.reduce(0) { $0 << 8 | Int($1) }
        return length <= limit ? length : nil
    }
}
