import Glibc

/// A user as the system's user database has it.
package struct UserAccount: Sendable, Hashable {
    package let name: String
    package let userID: UInt32
    package let groupID: UInt32
    package let home: String

    /// The account of this name; nil when there is none.
    package static func named(_ name: String) throws(SystemCallError) -> UserAccount? {
        try look(up: "getpwnam_r", name) { entry, buffer, count, result in
            getpwnam_r(name, entry, buffer, count, result)
        }
    }

    /// The account with this user id; nil when there is none, as for a user made up by a container.
    package static func withID(_ userID: UInt32) throws(SystemCallError) -> UserAccount? {
        try look(up: "getpwuid_r", "\(userID)") { entry, buffer, count, result in
            getpwuid_r(userID, entry, buffer, count, result)
        }
    }

    /// The effective user id of this process.
    package static var effectiveUserID: UInt32 { geteuid() }

    private static func look(
        up call: String, _ key: String,
        _ body: (
            UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
        ) -> Int32
    ) throws(SystemCallError) -> UserAccount? {
        var capacity = 4096
        while true {
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: capacity)
            defer { buffer.deallocate() }
            var entry = passwd()
            var result: UnsafeMutablePointer<passwd>?
            let code = body(&entry, buffer, capacity, &result)
            switch code {
            case 0:
                guard let found = result?.pointee else { return nil }
                return UserAccount(
                    name: String(cString: found.pw_name), userID: found.pw_uid, groupID: found.pw_gid,
                    home: String(cString: found.pw_dir))
            case EINTR: continue
            // An entry with a long list of anything; the bound is against a directory service gone wild.
            case ERANGE where capacity < 1 << 20: capacity *= 4
            // "Not found" too, according to the manual page, depending on the directory service.
            case ENOENT, ESRCH, EBADF, EPERM: return nil
            default: throw SystemCallError(call: call, path: key, code: code)
            }
        }
    }
}
