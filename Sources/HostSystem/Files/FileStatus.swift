import Glibc

/// What the system knows about a file without opening it.
package struct FileStatus: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case regular, directory, symbolicLink, other
    }

    /// Seconds and nanoseconds since 1970.
    package struct Time: Sendable, Equatable {
        package let seconds: Int
        package let nanoseconds: Int
    }

    package let kind: Kind
    package let device: UInt64
    package let inode: UInt64
    package let owner: UInt32
    package let group: UInt32
    /// The lower twelve bits of the mode.
    package let permissions: UInt32
    package let linkCount: UInt64
    package let size: Int64
    package let modified: Time
    package let changed: Time

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            default: .other
            }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        owner = status.st_uid
        group = status.st_gid
        permissions = UInt32(status.st_mode) & 0o7777
        linkCount = UInt64(status.st_nlink)
        size = Int64(status.st_size)
        modified = Time(seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
        changed = Time(seconds: status.st_ctim.tv_sec, nanoseconds: status.st_ctim.tv_nsec)
    }

    /// Whether both describe the same file: the same inode of the same device.
    package func isSameFile(as other: FileStatus) -> Bool {
        device == other.device && inode == other.inode
    }

    /// Whether nothing wrote to the file, or changed its mode, owner or names, between the two.
    ///
    /// The time of change cannot be set back by a program, so it is compared as well as the time of modification.
    package func isSameVersion(as other: FileStatus) -> Bool {
        isSameFile(as: other) && size == other.size && modified == other.modified && changed == other.changed
    }
}
