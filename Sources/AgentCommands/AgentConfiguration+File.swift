package import Console
import Glibc
import HostSystem

extension AgentConfiguration {
    private static let sizeLimit = 1 << 20

    /// Reads the configuration of a file.
    ///
    /// Throws as well when somebody else could have written it: who chooses the targets chooses what is overwritten.
    package init(file path: String, user: RunningUser) throws(CommandFailure) {
        try self.init(text: try Self.read(path, user: user), path: path, user: user)
    }

    /// Follows links, which configuration files often are; each target is judged, not the link.
    private static func read(_ path: String, user: RunningUser) throws(CommandFailure) -> String {
        var path = path
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
                guard status.owner == user.userID || status.owner == 0, status.permissions & 0o022 == 0 else {
                    refusal =
                        "others could have written it (owner \(status.owner), mode "
                        + "0\(String(status.permissions, radix: 8))); look at it, then chown it and chmod 644"
                    break search
                }
                return try file.withContents(limit: sizeLimit) { String(decoding: $0, as: UTF8.self) }
            }
        } catch {
            let advice =
                switch error.code {
                case ENOENT: "make it, or give --config FILE; two lines and a [[key]] are enough: see the manual"
                case EFBIG: "larger than any configuration; give --config FILE"
                default: "make it readable for this user"
                }
            throw CommandFailure(.configuration, "\(error); \(advice)")
        }
        throw CommandFailure(.configuration, "\(path): \(refusal)")
    }
}

private func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
}
