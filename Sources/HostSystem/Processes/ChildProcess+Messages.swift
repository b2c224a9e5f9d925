import Glibc

/// Why there is no answer from a child.
package enum NoAnswer: Error, Equatable {
    /// It has closed its output: it ended, or is about to.
    case ended
    case tooLate
    case malformed
    case failed(SystemCallError)
}

extension ChildProcess {
    /// Sends a message and waits for the one that answers it.
    ///
    /// After an error the child is in no state that is known: finish it.
    package mutating func exchange(
        _ message: some Collection<UInt8>, waitingAtMost patience: Duration
    ) throws(NoAnswer) -> [UInt8] {
        let deadline = ContinuousClock.now + patience
        guard let frame = MessageFrame.frame(message) else {
            throw .failed(SystemCallError(call: "send", path: "", code: EMSGSIZE))
        }
        try send(frame, until: deadline)
        guard let length = MessageFrame.length(try receive(MessageFrame.headerSize, until: deadline)) else {
            throw .malformed
        }
        return try receive(length, until: deadline)
    }

    private mutating func send(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) throws(NoAnswer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            try wait(for: POLLOUT, until: deadline)
            let count = rest.withUnsafeBytes {
                Glibc.send(channel.rawValue, $0.baseAddress, $0.count, dontBlock)
            }
            rest = rest.dropFirst(try judge(count))
        }
    }

    private mutating func receive(
        _ count: Int, until deadline: ContinuousClock.Instant
    ) throws(NoAnswer) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            try wait(for: POLLIN, until: deadline)
            let more = bytes.withUnsafeMutableBytes {
                recv(channel.rawValue, $0.baseAddress.map { $0 + received }, count - received, dontBlock)
            }
            if more == 0 { throw .ended }
            received += try judge(more)
        }
        return bytes
    }

    /// Returns when the channel may be ready; reads the child's standard error meanwhile.
    private mutating func wait(for event: Int32, until deadline: ContinuousClock.Instant) throws(NoAnswer) {
        while true {
            let rest = (deadline - ContinuousClock.now) / .milliseconds(1)
            guard rest > 0 else { throw .tooLate }
            var descriptors = [
                pollfd(fd: channel.rawValue, events: Int16(event), revents: 0),
                pollfd(
                    fd: standardError.isOpen ? standardError.descriptor.rawValue : -1, events: Int16(POLLIN), revents: 0
                ),
            ]
            let count = poll(&descriptors, 2, Int32(min(rest.rounded(.up), 60_000)))
            if count < 0, errno != EINTR {
                throw .failed(SystemCallError(call: "poll", path: "", code: errno))
            }
            guard count > 0 else { continue }
            if descriptors[1].revents != 0 { standardError.drain() }
            if descriptors[0].revents != 0 { return }
        }
    }

    private func judge(_ count: Int) throws(NoAnswer) -> Int {
        if count >= 0 { return count }
        switch errno {
        case EINTR, EAGAIN: return 0
        case EPIPE, ECONNRESET: throw .ended
        default: throw .failed(SystemCallError(call: "send", path: "", code: errno))
        }
    }
}

/// Without a signal to us when the child has closed its end.
private let dontBlock = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
