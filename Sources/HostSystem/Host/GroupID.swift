import Glibc

/// The system's groups.
package enum GroupID {
    /// The id of the group of this name; nil when there is none.
    package static func named(_ name: String) throws(SystemCallError) -> UInt32? {
        var capacity = 4096
        while true {
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: capacity)
            defer { buffer.deallocate() }
            var entry = group()
            var result: UnsafeMutablePointer<group>?
            let code = getgrnam_r(name, &entry, buffer, capacity, &result)
            switch code {
            case 0: return result?.pointee.gr_gid
            case EINTR: continue
            // A group with many members.
            case ERANGE where capacity < 1 << 24: capacity *= 4
            // "Not found" too, according to the manual page, depending on the directory service.
            case ENOENT, ESRCH, EBADF, EPERM: return nil
            default: throw SystemCallError(call: "getgrnam_r", path: name, code: code)
            }
        }
    }
}
