import Console
import Glibc
import HostSystem

/// A file that is made where none is, or in place of one that is kept under another name.
struct NewFile {
    let directory: String
    let name: String

    var path: String { directory == "/" ? "/\(name)" : "\(directory)/\(name)" }

    /// - Parameter path: relative to the working directory, or absolute.
    init(path: String) throws(CommandFailure) {
        guard let slash = path.lastIndex(of: "/") else {
            directory = "."
            name = path
            return
        }
        directory = slash == path.startIndex ? "/" : String(path[..<slash])
        name = String(path[path.index(after: slash)...])
        guard !["", ".", ".."].contains(name) else { throw CommandFailure(.usage, "\(path): not the path of a file") }
    }

    var exists: Bool { access(path, F_OK) == 0 || isLink }

    private var isLink: Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// Writes it at one stroke; everybody may read it. Returns where the file is kept that was there; nil: none was.
    ///
    /// - Parameter directoryPermissions: of the directories that are made.
    func write(_ text: String, directoryPermissions: UInt32) throws(CommandFailure) -> String? {
        guard !isLink else {
            throw CommandFailure(.configuration, "\(path) is a link; write the file that it leads to, with --config")
        }
        try checkThatItIsRoots()
        do throws(SystemCallError) {
            try makeDirectory(directoryPermissions)
            let folder = try Directory(path: directory)
            let current = try folder.status(of: name)
            let kept = try current == nil ? nil : keep(folder)
            try replace(name, Array(text.utf8), .made(group: nil, permissions: 0o644), current, in: folder)
            return kept
        } catch {
            throw CommandFailure(
                .configuration, "\(error); run as the user whose configuration it is, or give --config FILE")
        }
    }

    /// Root would refuse to read it anywhere else, and a user's link could lead what it writes anywhere.
    private func checkThatItIsRoots() throws(CommandFailure) {
        guard UserAccount.effectiveUserID == 0 else { return }
        do {
            try requireOnlyRootCanChange(path, mayBeMissing: true)
        } catch {
            throw CommandFailure(.configuration, "\(error); nothing was written")
        }
    }

    /// Under the first name that is free.
    private func keep(_ folder: borrowing Directory) throws(SystemCallError) -> String {
        let bytes = try folder.openFile(name).withContents(limit: 1 << 20) { Array($0) }
        var number = 1
        while try folder.status(of: "\(name).old-\(number)") != nil { number += 1 }
        try replace("\(name).old-\(number)", bytes, .ownerOnly, nil, in: folder)
        return "\(path).old-\(number)"
    }

    private func replace(
        _ name: String, _ bytes: [UInt8], _ attributes: FileAttributes, _ current: FileStatus?,
        in folder: borrowing Directory
    ) throws(SystemCallError) {
        let failure = bytes.withUnsafeBytes { bytes -> ReplacementError? in
            do throws(ReplacementError) {
                _ = try folder.replaceFile(name, with: bytes, attributes: attributes, ifStill: current)
                return nil
            } catch {
                return error
            }
        }
        switch failure {
        case nil: return
        case .changedMeanwhile: throw SystemCallError(call: "rename", path: path, code: EEXIST)
        case .attributesNotKept(let cause), .notDurable(let cause), .failed(let cause): throw cause
        }
    }

    private func makeDirectory(_ permissions: UInt32) throws(SystemCallError) {
        var parent = directory.hasPrefix("/") ? "/" : "."
        for part in directory.split(separator: "/") {
            try Directory(path: parent).createDirectory(String(part), permissions: permissions)
            parent += parent == "/" ? String(part) : "/\(part)"
        }
    }
}
