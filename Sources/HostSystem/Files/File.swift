import Glibc

/// An open file.
package struct File: ~Copyable {
    let descriptor: FileDescriptor
    /// For messages only: the file may have another name by now.
    package let path: String

    init(descriptor: consuming FileDescriptor, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    package func status() throws(SystemCallError) -> FileStatus {
        var status = stat()
        try systemCall("fstat", path) { fstat(descriptor.rawValue, &status) }
        return FileStatus(status)
    }

    /// Lends the bytes from the beginning to the end of the file, at most `limit`; the buffer is wiped afterwards.
    ///
    /// Throws EFBIG when there are more.
    package func withContents<Result>(
        limit: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(SystemCallError) -> Result {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: limit + 1, alignment: 1)
        var count = 0
        guard let start = buffer.baseAddress else { preconditionFailure("an allocation of no bytes") }
        defer {
            // Not a loop of stores: the optimiser may drop those, as nobody reads the buffer again.
            explicit_bzero(start, count)
            buffer.deallocate()
        }
        while count < buffer.count {
            let read = try systemCall("read", path) {
                pread(descriptor.rawValue, start + count, buffer.count - count, off_t(count))
            }
            if read == 0 { return body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            count += read
        }
        throw SystemCallError(call: "read", path: path, code: EFBIG)
    }

    /// Writes all bytes from the beginning of the file on, however many calls that takes.
    func writeAll(_ bytes: UnsafeRawBufferPointer) throws(SystemCallError) {
        var written = 0
        while written < bytes.count {
            let part = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = try systemCall("write", path) {
                pwrite(descriptor.rawValue, part.baseAddress, part.count, off_t(written))
            }
            // Zero for a non-empty buffer is no progress and no error: going on would never end.
            if count == 0 { throw SystemCallError(call: "write", path: path, code: EIO) }
            written += count
        }
    }

    func truncate(to size: Int) throws(SystemCallError) {
        try systemCall("ftruncate", path) { ftruncate(descriptor.rawValue, off_t(size)) }
    }

    /// Returns when the contents would survive a power cut.
    func sync() throws(SystemCallError) {
        try systemCall("fsync", path) { fsync(descriptor.rawValue) }
    }
}
