import CHostSystem
import Glibc

/// What can be known of a replacement without making one.
extension Directory {
    /// Throws when no file can be made here; leaves none behind.
    package func checkCreation() throws(SystemCallError) {
        let temporary = TemporaryName.random()
        _ = try createFile(temporary)
        try removeFile(temporary)
    }

    /// Throws what renaming another file to this name would: EPERM for an immutable file, EBUSY for a mount point.
    ///
    /// Some file systems say nothing of it; there only the replacement itself shows it.
    package func checkReplaceable(_ name: String) throws(SystemCallError) {
        let attributes = keybaton_attributes(descriptor.rawValue, name, AT_SYMLINK_NOFOLLOW)
        if attributes & keybaton_mount_root != 0 {
            throw SystemCallError(call: "rename", path: path(of: name), code: EBUSY)
        }
        if attributes & keybaton_unchangeable != 0 {
            throw SystemCallError(call: "rename", path: path(of: name), code: EPERM)
        }
    }
}
