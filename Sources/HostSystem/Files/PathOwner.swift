import CHostSystem
import Glibc

/// Who, besides root, decides what a path leads to.
///
/// What root does at a path that somebody else can change, somebody else decides: a link is enough to make it write or
/// reveal any file of the machine (CVE-2018-6954). Nothing that belongs to a user is opened to find this out, and no
/// link is followed that a user could have made.
package enum PathOwner: Sendable, Equatable {
    /// Nobody. The status of what stands there; nil when nothing does. A file may still be another user's to write to.
    case root(FileStatus?)
    /// Nobody, but the directory of this path, in which the rest would be, does not exist.
    case missing(directory: String)
    /// This user: the directory of this path is the first on the way that is not root's. What lies below was not looked at.
    case user(UInt32, group: UInt32, at: String)
    /// Whoever comes first: this directory can be written to by others than its owner, as /tmp can.
    case several(at: String)

    /// Walks along the path from `/`, following links, as far as everything is root's.
    package init(of path: String) throws(SystemCallError) {
        var walk = try Walk(path)
        while true {
            if let owner = try walk.step() {
                self = owner
                return
            }
        }
    }
}

/// The way along a path, and how far it has been gone. All that lies behind can be changed by root only.
private struct Walk: ~Copyable {
    private let path: String
    private var directory: Directory
    /// Whether others may make names in the directory, though not take away root's (the sticky bit, inode(7)).
    private var isShared = false
    /// The names still to go, the next one last.
    private var rest: [Substring]
    private var links = 0

    init(_ path: String) throws(SystemCallError) {
        let names = try absolutePath(path).split(separator: "/")
        let root = try Directory(handle: "/", at: AT_FDCWD, path: "/")
        self.path = path
        // First the root directory itself.
        rest = names.reversed() + ["."]
        directory = root
    }

    /// Nil when there is more to see.
    mutating func step() throws(SystemCallError) -> PathOwner? {
        guard let name = rest.popLast().map(String.init) else { return .root(try directory.status()) }
        guard let status = try directory.status(of: name) else {
            if isShared { return .several(at: directory.path) }
            return rest.isEmpty ? .root(nil) : .missing(directory: directory.path(of: name))
        }
        switch status.kind {
        case .directory: return try enter(name)
        // A file or link in a shared directory may be another name that somebody gave to one of root's.
        case _ where isShared: return .several(at: directory.path)
        case .symbolicLink:
            try follow(name)
            return nil
        case .regular, .other:
            guard rest.isEmpty else { throw SystemCallError(call: "open", path: path, code: ENOTDIR) }
            return .root(status)
        }
    }

    private mutating func enter(_ name: String) throws(SystemCallError) -> PathOwner? {
        let next = try directory.handle(of: name)
        // Of what was opened: the name may lead elsewhere by now.
        let status = try next.status()
        guard status.owner == 0 else {
            return isShared
                ? .several(at: directory.path) : .user(status.owner, group: status.group, at: next.path)
        }
        let isSticky = status.permissions & 0o1000 != 0
        let isWritableByOthers = status.permissions & 0o022 != 0
        if isWritableByOthers, !isSticky { return .several(at: next.path) }
        isShared = isWritableByOthers
        directory = next
        return nil
    }

    private mutating func follow(_ name: String) throws(SystemCallError) {
        links += 1
        // The kernel's own limit (path_resolution(7)).
        guard links <= 40 else { throw SystemCallError(call: "open", path: path, code: ELOOP) }
        let destination = try directory.destination(ofLink: name)
        if destination.hasPrefix("/") { directory = try Directory(handle: "/", at: AT_FDCWD, path: "/") }
        rest += destination.split(separator: "/").reversed()
    }
}

/// The path as seen from `/`.
package func absolutePath(_ path: String) throws(SystemCallError) -> String {
    if path.hasPrefix("/") { return path }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    try systemCall("getcwd", "") { getcwd(&buffer, buffer.count) == nil ? -1 : 0 }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/" + path
}

extension Directory {
    /// A directory to look around in, for which no permission to read it is needed; a link is not followed.
    fileprivate init(handle name: String, at parent: Int32, path: String) throws(SystemCallError) {
        let raw = try systemCall("open", path) {
            openat(parent, name, keybaton_o_path | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        }
        self.init(descriptor: FileDescriptor(owning: raw), path: path)
    }

    fileprivate func handle(of name: String) throws(SystemCallError) -> Directory {
        let path =
            switch name {
            case ".": path
            case "..": String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
            default: path(of: name)
            }
        return try Directory(handle: name, at: descriptor.rawValue, path: path.isEmpty ? "/" : path)
    }
}
