import Console
import HostSystem
import Secrets

/// Reads the token that everybody must send: the file's first line.
///
/// Throws when others may read or write it, and when it is too short to withstand guessing.
func readToken(_ path: String) throws(CommandFailure) -> Secret {
    func failure(_ problem: String) -> CommandFailure {
        CommandFailure(.configuration, "token_file \(path): \(problem)")
    }
    let make = "make one with `(umask 077; openssl rand -hex 32 > \(path))`"
    let token: Secret
    var refusal: String?
    do throws(SystemCallError) {
        let (folder, name) = splitPath(path)
        let file = try Directory(path: folder).openFile(name)
        let status = try file.status()
        // A group may read what root gives it: systemd's credentials and a proxy's group need that.
        let forbidden: UInt32 = status.owner == 0 ? 0o027 : 0o077
        if status.kind != .regular {
            refusal = "not a file; \(make)"
        } else if status.owner != UserAccount.effectiveUserID && status.owner != 0
            || status.permissions & forbidden != 0
        {
            refusal = "others could read or write it; chown it to this user and chmod 600"
        }
        token = try file.withContents(limit: 4096) { bytes in
            Secret(Array(bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }))
        }
    } catch {
        throw failure("\(error); \(make)")
    }
    if let refusal { throw failure(refusal) }
    guard token.count >= 16, token.withBytes({ $0.allSatisfy { (0x21...0x7E).contains($0) } }) else {
        throw failure("a token is at least 16 characters without spaces; \(make)")
    }
    return token
}
