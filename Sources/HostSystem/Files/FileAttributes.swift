import CHostSystem
import Glibc

/// What a file has besides its contents: owner, group, permissions, extended attributes (POSIX ACLs are among them).
package struct FileAttributes: Sendable, Equatable {
    let owner: UInt32?
    let group: UInt32?
    let permissions: UInt32
    let extended: [String: [UInt8]]

    /// For a file that did not exist: its owner alone may read and write it.
    package static let ownerOnly = made(group: nil, permissions: 0o600)

    /// For a file that did not exist. An owner or group that is nil stays what the system gives the file.
    package static func made(owner: UInt32? = nil, group: UInt32?, permissions: UInt32) -> FileAttributes {
        FileAttributes(owner: owner, group: group, permissions: permissions, extended: [:])
    }
}

extension File {
    package func attributes() throws(SystemCallError) -> FileAttributes {
        let status = try status()
        var extended: [String: [UInt8]] = [:]
        for name in try extendedAttributeNames() {
            extended[name] = try extendedAttribute(name)
        }
        return FileAttributes(
            owner: status.owner, group: status.group, permissions: status.permissions, extended: extended)
    }

    /// Gives the file these attributes; returns the names of extended attributes that it could not be given.
    ///
    /// Throws when the difference could take away or give somebody access: owner, group, permissions, the ACL, and
    /// `user.` attributes, which belong to the user's own programs. The other name spaces (`security.`, `trusted.`)
    /// are the system's, which may well keep them to itself.
    func apply(_ attributes: FileAttributes) throws(SystemCallError) -> [String] {
        let status = try status()
        let (owner, group) = (attributes.owner ?? status.owner, attributes.group ?? status.group)
        if status.owner != owner || status.group != group {
            try systemCall("fchown", path) { fchown(descriptor.rawValue, owner, group) }
        }
        var skipped: [String] = []
        for (name, value) in attributes.extended.sorted(by: { $0.key < $1.key }) {
            do {
                if try extendedAttribute(name) != value { try setExtendedAttribute(name, to: value) }
            } catch  where !isAccessList(name) && !name.hasPrefix("user.") {
                skipped.append(name)
            }
        }
        // A directory's default ACL put entries on the new file that the permissions below would bring to life.
        for name in try extendedAttributeNames() where isAccessList(name) && attributes.extended[name] == nil {
            try systemCall("fremovexattr \(name)", path) { fremovexattr(descriptor.rawValue, name) }
        }
        try systemCall("fchmod", path) { fchmod(descriptor.rawValue, mode_t(attributes.permissions)) }
        return skipped
    }

    private func isAccessList(_ name: String) -> Bool { name.hasPrefix("system.") }

    private func extendedAttributeNames() throws(SystemCallError) -> [String] {
        let list: [UInt8]
        do {
            list = try readAttribute("flistxattr") { start, count in flistxattr(descriptor.rawValue, start, count) }
        } catch  where error.code == ENOTSUP {
            return []
        }
        return list.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Nil when the file has no such attribute.
    private func extendedAttribute(_ name: String) throws(SystemCallError) -> [UInt8]? {
        do {
            return try readAttribute("fgetxattr \(name)") { start, count in
                fgetxattr(descriptor.rawValue, name, start, count)
            }
        } catch  where error.code == ENODATA || error.code == ENOTSUP {
            return nil
        }
    }

    private func setExtendedAttribute(_ name: String, to value: [UInt8]) throws(SystemCallError) {
        try systemCall("fsetxattr \(name)", path) {
            fsetxattr(descriptor.rawValue, name, value, value.count, 0)
        }
    }

    /// 64 KiB is the kernel's own limit both for a list and for a value, so that one call is always enough.
    private func readAttribute(
        _ call: String, _ body: (UnsafeMutablePointer<CChar>?, Int) -> Int
    ) throws(SystemCallError) -> [UInt8] {
        let buffer = UnsafeMutableBufferPointer<CChar>.allocate(capacity: 65_536)
        defer { buffer.deallocate() }
        let count = try systemCall(call, path) { body(buffer.baseAddress, buffer.count) }
        return buffer[..<count].map { UInt8(bitPattern: $0) }
    }
}
