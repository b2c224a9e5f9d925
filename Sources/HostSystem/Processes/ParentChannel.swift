import Glibc

/// The child's side of `ChildProcess`: messages by standard input and output.
package struct ParentChannel {
    package init() {}

    /// The next message; nil when the parent has no more, or is gone.
    package func receive() throws(SystemCallError) -> [UInt8]? {
        guard let header = try read(MessageFrame.headerSize) else { return nil }
        guard let length = MessageFrame.length(header) else {
            throw SystemCallError(call: "read", path: "standard input", code: EMSGSIZE)
        }
        return try read(length)
    }

    package func send(_ message: some Collection<UInt8>) throws(SystemCallError) {
        guard let frame = MessageFrame.frame(message) else {
            throw SystemCallError(call: "write", path: "standard output", code: EMSGSIZE)
        }
        var rest = frame[...]
        while !rest.isEmpty {
            let count = try systemCall("write", "standard output") {
                rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(count)
        }
    }

    private func read(_ count: Int) throws(SystemCallError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            let more = try systemCall("read", "standard input") {
                bytes.withUnsafeMutableBytes {
                    Glibc.read(STDIN_FILENO, $0.baseAddress.map { $0 + received }, count - received)
                }
            }
            if more == 0 { return nil }
            received += more
        }
        return bytes
    }
}
