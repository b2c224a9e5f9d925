import Glibc

/// An exclusive advisory lock (`flock`), held until this value goes away, or its process.
///
/// Not a file with a process id in it: that one outlives a killed process, and says nothing about a re-used number.
package struct FileLock: ~Copyable {
    private let file: File

    /// Locks the file at `path`, which is made if it does not exist and left in place afterwards.
    ///
    /// The file may be removed and made anew between our opening and our locking it; a lock on the removed one would
    /// exclude nobody, so the name is looked up again with the lock in hand (as certbot does).
    package init(path: String, waitingAtMost patience: Duration) throws(LockError) {
        let deadline = ContinuousClock.now + patience
        while true {
            let file: File
            do {
                let raw = try systemCall("open", path) {
                    open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
                }
                file = File(descriptor: FileDescriptor(owning: raw), path: path)
            } catch {
                throw .failed(error)
            }
            try lockExclusively(file.descriptor, path: path, until: deadline, patience: patience)
            if try stillLeads(path, to: file.descriptor) {
                self.file = file
                return
            }
        }
    }
}

extension Directory {
    /// Opens a directory and locks it by its own descriptor, for as long as the value lives.
    ///
    /// So no lock file lies about afterwards. `.unsupported` where the file system has no such lock: NFS wants a
    /// descriptor open for writing, which a directory never is.
    package init(lockedAt path: String, waitingAtMost patience: Duration) throws(LockError) {
        let deadline = ContinuousClock.now + patience
        while true {
            let directory: Directory
            do {
                directory = try Directory(path: path)
            } catch {
                throw .failed(error)
            }
            try lockExclusively(directory.descriptor, path: path, until: deadline, patience: patience)
            if try stillLeads(path, to: directory.descriptor) {
                self = directory
                return
            }
        }
    }
}

private func lockExclusively(
    _ descriptor: borrowing FileDescriptor, path: String, until deadline: ContinuousClock.Instant, patience: Duration
) throws(LockError) {
    while true {
        do {
            try systemCall("flock", path) { flock(descriptor.rawValue, LOCK_EX | LOCK_NB) }
            return
        } catch {
            switch error.code {
            case EWOULDBLOCK: break
            case EBADF, ENOLCK, ENOTSUP, ENOSYS: throw .unsupported(error)
            default: throw .failed(error)
            }
        }
        // Asking again rather than a blocking flock with an alarm: signals belong to the program, not to a library.
        if ContinuousClock.now >= deadline { throw .heldElsewhere(path: path, waited: patience) }
        usleep(20_000)
    }
}

private func stillLeads(_ path: String, to descriptor: borrowing FileDescriptor) throws(LockError) -> Bool {
    var named = stat()
    var held = stat()
    do {
        try systemCall("fstat", path) { fstat(descriptor.rawValue, &held) }
        try systemCall("stat", path) { stat(path, &named) }
    } catch {
        if error.code == ENOENT { return false }
        throw .failed(error)
    }
    return named.st_dev == held.st_dev && named.st_ino == held.st_ino
}
