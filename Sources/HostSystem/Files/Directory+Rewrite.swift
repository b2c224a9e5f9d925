import CHostSystem
import Glibc

extension Directory {
    /// Overwrites the contents of a file that cannot be replaced, because it is a mount point of its own.
    ///
    /// **This is not atomic.** A reader may see the new beginning with the old rest, and a power cut or a kill between
    /// the calls leaves that behind. A full disk is found out before the first byte is touched, where the file system
    /// can reserve space; after any other error the old contents are written back.
    ///
    /// - Parameters:
    ///   - old: what the file holds now.
    ///   - expected: the status of the file when `old` was read.
    package func rewriteFile(
        _ name: String, with contents: UnsafeRawBufferPointer, replacing old: UnsafeRawBufferPointer,
        ifStill expected: FileStatus
    ) throws(ReplacementError) {
        let file = try wrapping(as: ReplacementError.failed) { () throws(SystemCallError) in
            try open(name, O_RDWR | O_NONBLOCK)
        }
        let current = try wrapping(as: ReplacementError.failed) { () throws(SystemCallError) in try file.status() }
        guard current.isSameVersion(as: expected) else { throw .changedMeanwhile }
        try wrapping(as: ReplacementError.failed) { () throws(SystemCallError) in
            if contents.count > old.count { try file.reserve(contents.count) }
            do throws(SystemCallError) {
                try file.overwrite(with: contents)
            } catch {
                try? file.overwrite(with: old)
                throw error
            }
        }
    }
}

extension File {
    fileprivate func overwrite(with contents: UnsafeRawBufferPointer) throws(SystemCallError) {
        try writeAll(contents)
        try truncate(to: contents.count)
        try sync()
    }

    /// Makes sure of the space for a file of this size, where the file system can; the size stays what it is.
    fileprivate func reserve(_ size: Int) throws(SystemCallError) {
        do {
            try systemCall("fallocate", path) { keybaton_reserve(descriptor.rawValue, off_t(size)) }
        } catch  where error.code == ENOTSUP || error.code == ENOSYS {
            return
        }
    }
}
