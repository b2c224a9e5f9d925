import Glibc

/// A connection that sends exactly what a test says, on a thread of its own: the test's threads belong to the server, too.
struct Wire: Sendable {
    let port: Int
    /// After so long without a byte the other side counts as hanging.
    var patience = 60

    struct Answer: Sendable {
        let text: String
        /// Whether the server closed the connection; false when nothing came for `patience`.
        let isClosed: Bool

        var status: Int? { text.split(separator: " ").dropFirst().first.flatMap { Int($0) } }
        var body: String { text.range(ofHeadEnd: ()).map { String(text[$0...]) } ?? "" }

        func header(_ name: String) -> String? {
            text.split(separator: "\r\n", omittingEmptySubsequences: false).dropFirst().prefix { !$0.isEmpty }
                .first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
                .map { String($0.dropFirst(name.count + 1).drop { $0 == " " }) }
        }
    }

    /// One request, after whose answer the server closes.
    func get(_ path: String, _ headers: [String] = [], method: String = "GET", host: String = "localhost") async
        -> Answer
    {
        let lines = ["\(method) \(path) HTTP/1.1", "Host: \(host)", "Connection: close"] + headers
        return await exchange([lines.joined(separator: "\r\n") + "\r\n\r\n"])
    }

    /// Sends the parts, waits between them, and reads until the server closes or hangs.
    ///
    /// - Parameter readsAfter: milliseconds before anything is read.
    func exchange(_ parts: [String], pauses: Int = 0, readsAfter: Int = 0) async -> Answer {
        await onThread {
            let socket = open()
            defer { close(socket) }
            for (index, part) in parts.enumerated() {
                if index > 0, pauses > 0 { usleep(UInt32(pauses) * 1000) }
                var bytes = Array(part.utf8)[...]
                while !bytes.isEmpty {
                    let sent = bytes.withUnsafeBytes {
                        send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                    // It has closed already: what it said is still to be read.
                    guard sent > 0 else { break }
                    bytes = bytes.dropFirst(sent)
                }
            }
            if readsAfter > 0 { usleep(UInt32(readsAfter) * 1000) }
            return readAll(socket)
        }
    }

    /// Opens connections and keeps them for as long as the body runs.
    func holding<Result: Sendable>(_ count: Int, _ body: () async -> Result) async -> Result {
        let sockets = await onThread { (0..<count).map { _ in open() } }
        let result = await body()
        for socket in sockets { close(socket) }
        return result
    }

    private func open() -> Int32 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var timeout = timeval(tv_sec: patience, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return socket
    }

    private func readAll(_ socket: Int32) -> Answer {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            if count <= 0 {
                let isClosed = count == 0 || errno == ECONNRESET
                return Answer(text: String(decoding: received, as: UTF8.self), isClosed: isClosed)
            }
            received += buffer[..<count]
        }
    }

    /// Not by libdispatch, which takes a second to see that a thread of its pool is blocked.
    private func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            let job = Unmanaged.passRetained(Job { continuation.resume(returning: body()) })
            var thread = pthread_t()
            let code = pthread_create(
                &thread, nil,
                { job in
                    Unmanaged<Job>.fromOpaque(job.unsafelyUnwrapped).takeRetainedValue().run()
                    return nil
                }, job.toOpaque())
            precondition(code == 0, "pthread_create: \(code)")
            pthread_detach(thread)
        }
    }

    private final class Job: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}

extension String {
    /// Where the body of an HTTP message begins.
    fileprivate func range(ofHeadEnd: Void) -> Index? {
        let bytes = Array(utf8)
        guard bytes.count >= 4 else { return nil }
        for index in 0...(bytes.count - 4) where bytes[index..<(index + 4)].elementsEqual("\r\n\r\n".utf8) {
            return utf8.index(utf8.startIndex, offsetBy: index + 4)
        }
        return nil
    }
}
