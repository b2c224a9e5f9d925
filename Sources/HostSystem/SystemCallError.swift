import Glibc

/// What the system said when it refused a call.
package struct SystemCallError: Error, Equatable, CustomStringConvertible {
    /// The name of the call, as its manual page has it.
    package let call: String
    /// What the call was about; empty when it was about no file.
    package let path: String
    /// `errno`.
    package let code: Int32

    package init(call: String, path: String, code: Int32) {
        self.call = call
        self.path = path
        self.code = code
    }

    /// The system's own text for `code`.
    package var message: String { systemMessage(for: code) }

    package var description: String {
        path.isEmpty ? "\(call): \(message)" : "\(call) \(path): \(message)"
    }
}

private func systemMessage(for code: Int32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
        buffer.initialize(repeating: 0)
        guard let start = buffer.baseAddress, strerror_r(code, start, buffer.count) == 0 else { return "error \(code)" }
        return String(cString: start)
    }
}

/// Makes the call again as long as a signal interrupts it; throws what else it reports by a negative result.
@discardableResult
func systemCall<Result: SignedInteger>(
    _ name: String, _ path: String, _ body: () -> Result
) throws(SystemCallError) -> Result {
    while true {
        let result = body()
        if result >= 0 { return result }
        let code = errno
        if code != EINTR { throw SystemCallError(call: name, path: path, code: code) }
    }
}
