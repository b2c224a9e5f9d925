import CHostSystem
import Glibc

/// The way along a path, and how far it has been gone. All that lies behind belongs to those who are trusted.
struct PathWalk: ~Copyable {
    private let path: String
    private let trusted: Set<UInt32>
    private let passesShared: Bool
    private var directory: Directory
    /// Whether others may make names in the directory. With the sticky bit (inode(7)) they cannot take others' away.
    private var isShared = false
    /// The directories on the way that others can write to, without those that have the sticky bit.
    private(set) var shared: [String] = []
    /// How many links were followed.
    private(set) var links = 0
    /// Where the name that was looked at last really is.
    private(set) var place = "/"
    /// The names still to go, the next one last.
    private var rest: [Substring]

    /// - Parameters:
    ///   - trusted: the users whose directories and links are gone through.
    ///   - passesShared: whether a directory of theirs that others can write to is gone through as well, as far as what is
    ///     in it is theirs, too.
    init(_ path: String, trusting trusted: Set<UInt32>, passesShared: Bool = false) throws(SystemCallError) {
        let names = try absolutePath(path).split(separator: "/")
        let root = try Directory(handle: "/", at: AT_FDCWD, path: "/")
        self.path = path
        self.trusted = trusted
        self.passesShared = passesShared
        // First the root directory itself.
        rest = names.reversed() + ["."]
        directory = root
    }

    /// Goes on to the end of the path, or to the first thing on the way that somebody else could change.
    mutating func end() throws(SystemCallError) -> PathOwner {
        while true {
            if let owner = try step() { return owner }
        }
    }

    /// Nil when there is more to see.
    private mutating func step() throws(SystemCallError) -> PathOwner? {
        guard let name = rest.popLast().map(String.init) else { return .nobody(try directory.status()) }
        place = directory.path(of: name)
        guard let status = try directory.status(of: name) else {
            if isShared, !passesShared { return .several(at: directory.path) }
            return rest.isEmpty ? .nobody(nil) : .missing(directory: place)
        }
        switch status.kind {
        case .directory: return try enter(name)
        // A file or link in a shared directory may be another name that somebody gave to one of root's.
        case _ where isShared && !passesShared: return .several(at: directory.path)
        case .symbolicLink:
            guard trusted.contains(status.owner) else {
                return .user(status.owner, group: status.group, at: place)
            }
            try follow(name)
            return nil
        case .regular, .other:
            guard rest.isEmpty else { throw SystemCallError(call: "open", path: path, code: ENOTDIR) }
            return .nobody(status)
        }
    }

    private mutating func enter(_ name: String) throws(SystemCallError) -> PathOwner? {
        let next = try directory.handle(of: name)
        // Of what was opened: the name may lead elsewhere by now.
        let status = try next.status()
        guard trusted.contains(status.owner) else {
            return isShared && !passesShared
                ? .several(at: directory.path) : .user(status.owner, group: status.group, at: next.path)
        }
        let isSticky = status.permissions & 0o1000 != 0
        isShared = status.permissions & 0o022 != 0
        if isShared, !isSticky {
            guard passesShared else { return .several(at: next.path) }
            shared.append(next.path)
        }
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
