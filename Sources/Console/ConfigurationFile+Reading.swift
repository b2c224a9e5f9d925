import FoundationEssentials
import Glibc
import HostSystem

extension ConfigurationFile {
    /// More than any configuration has; so no wrong path makes us read a disk into memory.
    private static let sizeLimit = 1 << 20

    /// Reads and decodes a file.
    ///
    /// Throws as well when somebody else could have written it: who writes a configuration chooses whose keys are made,
    /// where they are sent, and which files are overwritten.
    package static func load<Value: Decodable>(_ type: Value.Type, path: String) throws(CommandFailure) -> Value {
        try decode(type, from: try read(path), path: path)
    }

    /// Follows links, which configuration files often are; each target is judged, not the link.
    ///
    /// - Parameter advice: what to do where there is none.
    package static func read(
        _ given: String, whenMissing advice: String = "make it, or give --config FILE; the README shows a short one"
    ) throws(CommandFailure) -> String {
        var path = given
        var refusal = "too many links; give --config FILE"
        search: do throws(SystemCallError) {
            for _ in 1...8 {
                let (folder, name) = split(path)
                let directory = try Directory(path: folder)
                if try directory.status(of: name)?.kind == .symbolicLink {
                    let destination = try directory.destination(ofLink: name)
                    path = destination.hasPrefix("/") ? destination : "\(folder)/\(destination)"
                    continue
                }
                let file = try directory.openFile(name)
                let status = try file.status()
                guard status.kind == .regular else {
                    refusal = "not a file; give --config FILE"
                    break search
                }
                guard status.owner == UserAccount.effectiveUserID || status.owner == 0, status.permissions & 0o022 == 0
                else {
                    refusal =
                        "others could have written it (owner \(status.owner), mode "
                        + "0\(String(status.permissions, radix: 8))); look at it, then chown it and chmod 644"
                    break search
                }
                if let distrust = distrust(of: given) {
                    refusal = distrust
                    break search
                }
                return try file.withContents(limit: sizeLimit) { String(decoding: $0, as: UTF8.self) }
            }
        } catch {
            let advice =
                switch error.code {
                case ENOENT, ENOTDIR: advice
                case EFBIG: "larger than any configuration; give --config FILE"
                default: "make it readable for this user"
                }
            throw CommandFailure(.configuration, "\(error); \(advice)")
        }
        throw CommandFailure(.configuration, "\(path): \(refusal)")
    }
}

/// Whoever can replace a file on the way to root's configuration can make root do as he likes. Nil: nobody can.
private func distrust(of path: String) -> String? {
    guard UserAccount.effectiveUserID == 0 else { return nil }
    do {
        try requireOnlyRootCanChange(path)
        return nil
    } catch {
        return error.problem
    }
}

private func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
}
