import Glibc

/// Reads configuration and token files.
enum SmallFile {
    /// Far above any configuration file, far below what would hurt.
    private static let limit = 1 << 20

    /// Nil when there is no such file. Throws `CredentialsError` when it cannot be read, or is larger than 1 MiB.
    static func read(_ path: String) throws(CredentialsError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            let code = errno
            if code == ENOENT || code == ENOTDIR { return nil }
            throw unreadable(path, "open: \(String(cString: strerror(code)))")
        }
        defer { close(descriptor) }
        var contents: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path, "read: \(String(cString: strerror(errno)))") }
            if count == 0 { return contents }
            contents += chunk[..<count]
            guard contents.count <= limit else { throw unreadable(path, "it is larger than 1 MiB") }
        }
    }

    private static func unreadable(_ path: String, _ reason: String) -> CredentialsError {
        CredentialsError(.invalidConfiguration, "cannot read \(path): \(reason)")
    }
}
