import Glibc

extension Directory {
    /// The names in the directory, without `.` and `..`, in no particular order.
    package func names() throws(SystemCallError) -> [String] {
        // A descriptor of its own, because the stream closes what it is given and moves the offset.
        let raw = try systemCall("open", path) { openat(descriptor.rawValue, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard let stream = fdopendir(raw) else {
            let code = errno
            _ = Glibc.close(raw)
            throw SystemCallError(call: "fdopendir", path: path, code: code)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            // The end and an error both return nil; only errno tells them apart.
            errno = 0
            guard let entry = readdir(stream) else {
                if errno == 0 || errno == EINTR { break }
                throw SystemCallError(call: "readdir", path: path, code: errno)
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Where the symbolic link points, as it is written in the link.
    package func destination(ofLink name: String) throws(SystemCallError) -> String {
        let path = path(of: name)
        let buffer = UnsafeMutableBufferPointer<CChar>.allocate(capacity: Int(PATH_MAX))
        defer { buffer.deallocate() }
        guard let start = buffer.baseAddress else { return "" }
        let count = try systemCall("readlink", path) {
            readlinkat(descriptor.rawValue, name, start, buffer.count)
        }
        return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }
}
