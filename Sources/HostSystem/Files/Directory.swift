import Glibc

/// An open directory; every operation is about a name in this very directory, whatever happens to its path meanwhile.
///
/// No operation follows a symbolic link in `name`.
package struct Directory: ~Copyable {
    let descriptor: FileDescriptor
    /// For messages, and to find out whether the path leads elsewhere by now.
    package let path: String

    init(descriptor: consuming FileDescriptor, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens a directory, following symbolic links on the way.
    package init(path: String) throws(SystemCallError) {
        let raw = try systemCall("open", path) { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        descriptor = FileDescriptor(owning: raw)
        self.path = path
    }

    func path(of name: String) -> String {
        path.hasSuffix("/") ? path + name : "\(path)/\(name)"
    }

    package func status() throws(SystemCallError) -> FileStatus {
        var status = stat()
        try systemCall("fstat", path) { fstat(descriptor.rawValue, &status) }
        return FileStatus(status)
    }

    /// The status of the file or link itself; nil when there is nothing of this name.
    package func status(of name: String) throws(SystemCallError) -> FileStatus? {
        var status = stat()
        do {
            try systemCall("stat", path(of: name)) {
                fstatat(descriptor.rawValue, name, &status, AT_SYMLINK_NOFOLLOW)
            }
        } catch  where error.code == ENOENT {
            return nil
        }
        return FileStatus(status)
    }

    /// Opens a file for reading. A FIFO or a device neither blocks nor is waited for.
    package func openFile(_ name: String) throws(SystemCallError) -> File {
        try open(name, O_RDONLY | O_NONBLOCK)
    }

    /// Makes an empty file that did not exist, for its owner only.
    func createFile(_ name: String) throws(SystemCallError) -> File {
        try open(name, O_RDWR | O_CREAT | O_EXCL)
    }

    func open(_ name: String, _ flags: Int32) throws(SystemCallError) -> File {
        let path = path(of: name)
        let raw = try systemCall("open", path) {
            openat(descriptor.rawValue, name, flags | O_NOFOLLOW | O_CLOEXEC, 0o600)
        }
        return File(descriptor: FileDescriptor(owning: raw), path: path)
    }

    /// Takes away the file; that it is gone already is no error.
    package func removeFile(_ name: String) throws(SystemCallError) {
        do {
            try systemCall("unlink", path(of: name)) { unlinkat(descriptor.rawValue, name, 0) }
        } catch  where error.code == ENOENT {
            return
        }
    }

    func rename(_ name: String, to newName: String) throws(SystemCallError) {
        try systemCall("rename", path(of: newName)) {
            renameat(descriptor.rawValue, name, descriptor.rawValue, newName)
        }
    }

    /// Makes a directory, as a rule for its owner only; that it exists already is no error.
    package func createDirectory(_ name: String, permissions: UInt32 = 0o700) throws(SystemCallError) {
        do {
            try systemCall("mkdir", path(of: name)) { mkdirat(descriptor.rawValue, name, mode_t(permissions)) }
        } catch  where error.code == EEXIST {
            return
        }
        try sync()
    }

    /// Returns when the names in the directory would survive a power cut.
    package func sync() throws(SystemCallError) {
        do {
            try systemCall("fsync", path) { fsync(descriptor.rawValue) }
        } catch  where error.code == EINVAL {
            // Some network and user-space file systems have no such operation for directories: nothing more can be done.
            return
        }
    }
}
