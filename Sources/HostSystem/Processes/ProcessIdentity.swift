import CHostSystem
import Glibc

/// Whose rights a process has: numbers only, so that becoming it needs no look into a user database.
package struct ProcessIdentity: Sendable, Hashable, Codable {
    package let userID: UInt32
    package let groupID: UInt32
    /// All groups, `groupID` among them or not.
    package let groups: [UInt32]

    package init(userID: UInt32, groupID: UInt32, groups: [UInt32]) {
        self.userID = userID
        self.groupID = groupID
        self.groups = groups
    }

    /// What a login as this user has.
    package init(of account: UserAccount) throws(SystemCallError) {
        var groups = [gid_t](repeating: 0, count: 32)
        while true {
            var count = Int32(groups.count)
            if getgrouplist(account.name, account.groupID, &groups, &count) >= 0 {
                self.init(userID: account.userID, groupID: account.groupID, groups: Array(groups.prefix(Int(count))))
                return
            }
            // The kernel takes no more than 65,536.
            guard groups.count < 65_536 else {
                throw SystemCallError(call: "getgrouplist", path: account.name, code: ERANGE)
            }
            groups = [gid_t](repeating: 0, count: max(Int(count), groups.count) * 2)
        }
    }

    /// What this process may do as.
    package static func current() throws(SystemCallError) -> ProcessIdentity {
        let count = try systemCall("getgroups", "") { getgroups(0, nil) }
        var groups = [gid_t](repeating: 0, count: Int(count))
        try systemCall("getgroups", "") { getgroups(count, &groups) }
        return ProcessIdentity(userID: geteuid(), groupID: getegid(), groups: groups)
    }

    /// Gives this process these rights for good, and nothing that it could win back what it had; for all its threads.
    ///
    /// Throws EPERM when it is root that is to be become, or when a way back is left. Then the process must end.
    package func become() throws(SystemCallError) {
        guard userID != 0 else { throw SystemCallError(call: "setresuid", path: "0", code: EPERM) }
        umask(0o077)
        try systemCall("chdir", "/") { chdir("/") }
        if geteuid() == 0 {
            // In this order: without root's user id the groups cannot be changed any more.
            try systemCall("setgroups", "") { setgroups(groups.count, groups) }
            try systemCall("setresgid", "\(groupID)") { setresgid(groupID, groupID, groupID) }
            try systemCall("setresuid", "\(userID)") { setresuid(userID, userID, userID) }
        }
        try systemCall("prctl", "") { keybaton_set_no_new_privileges() }
        try checkThatItIsForGood()
        // The kernel took the flag back with the ids.
        try disableCoreDumps()
    }

    private func checkThatItIsForGood() throws(SystemCallError) {
        var user: (uid_t, uid_t, uid_t) = (0, 0, 0)
        var group: (gid_t, gid_t, gid_t) = (0, 0, 0)
        try systemCall("getresuid", "") { getresuid(&user.0, &user.1, &user.2) }
        try systemCall("getresgid", "") { getresgid(&group.0, &group.1, &group.2) }
        let now = try Self.current()
        let isComplete =
            user == (userID, userID, userID) && group == (groupID, groupID, groupID)
            && Set(now.groups).union([groupID]) == Set(groups).union([groupID])
        // A capability that outlived the change of ids would let this through (capabilities(7), SECBIT_NO_SETUID_FIXUP).
        guard isComplete, seteuid(0) < 0, setegid(0) < 0 || groupID == 0 else {
            throw SystemCallError(call: "setresuid", path: "\(userID)", code: EPERM)
        }
    }
}
