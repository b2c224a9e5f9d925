import Dashboard
import FoundationEssentials
import Glibc
import HostSystem

/// The folder that pages are written to. It knows by a list of its own which files are its to remove.
struct ExportFolder {
    private static let list = ".keybaton-dashboard"
    private static let listLimit = 1 << 20
    private static let folders = ["assets", "users"]

    private let path: String

    init(_ path: String) {
        self.path = path
    }

    /// Writes every page, each atomically, and returns how many there are.
    func write(_ site: ExportedSite) throws -> Int {
        let root = try make(path)
        for folder in Self.folders { _ = try make("\(path)/\(folder)") }
        let earlier = try earlierFiles(in: root)
        var written: Set<String> = []
        try site.forEachFile { path, bytes in
            let (folder, name) = split(path)
            try replace(name, in: Directory(path: folder.isEmpty ? self.path : "\(self.path)/\(folder)"), bytes)
            written.insert(path)
        }
        for stale in earlier.subtracting(written) {
            let (folder, name) = split(stale)
            let directory = try Directory(path: folder.isEmpty ? path : "\(path)/\(folder)")
            if try directory.status(of: name) != nil { try directory.removeFile(name) }
        }
        try replace(Self.list, in: root, Array((written.sorted().joined(separator: "\n") + "\n").utf8))
        return written.count
    }

    private func make(_ path: String) throws -> Directory {
        do throws(SystemCallError) {
            return try Directory(path: path)
        } catch {
            guard error.code == ENOENT else { throw error }
            let (parent, name) = splitPath(path)
            try Directory(path: parent).createDirectory(name, permissions: 0o755)
            return try Directory(path: path)
        }
    }

    private func replace(_ name: String, in directory: borrowing Directory, _ bytes: [UInt8]) throws {
        let status = try directory.status(of: name)
        try bytes.withUnsafeBytes { bytes in
            _ = try directory.replaceFile(
                name, with: bytes, attributes: .made(group: nil, permissions: 0o644), ifStill: status)
        }
    }

    /// What an earlier export wrote here. Whatever does not look like one of our files is left out: it is not ours to remove.
    private func earlierFiles(in root: borrowing Directory) throws -> Set<String> {
        guard try root.status(of: Self.list) != nil else { return [] }
        let text = try root.openFile(Self.list).withContents(limit: Self.listLimit) {
            String(decoding: $0, as: UTF8.self)
        }
        return Set(
            text.split(separator: "\n").map(String.init).filter { path in
                let (folder, name) = split(path)
                return !name.isEmpty && !name.hasPrefix(".") && !name.contains("/")
                    && (folder.isEmpty || Self.folders.contains(folder))
                    && [".html", ".svg", ".json", ".css", ".js"].contains { name.hasSuffix($0) }
            })
    }

    private func split(_ path: String) -> (folder: String, name: String) {
        let parts = path.split(separator: "/", maxSplits: 1)
        return parts.count == 2 ? ("\(parts[0])", "\(parts[1])") : ("", path)
    }
}
