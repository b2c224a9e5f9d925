import Console
import CredentialsFile
import Glibc
import HostSystem
import Secrets

/// A file that holds one key for its owner alone, in the form that a `credential_process` prints.
struct KeyFile {
    /// Far above what the agent writes.
    private static let sizeLimit = 64 << 10

    let path: String

    /// Throws without any byte of the file, and unless it is this user's alone: a key that somebody else may have put
    /// there would have the user's programs write into that person's account.
    func read() throws(CommandFailure) -> AccessKey {
        do {
            let (folder, name) = splitPath(path)
            let file = try Directory(path: folder).openFile(name)
            try check(try file.status())
            let content = try file.withContents(limit: Self.sizeLimit) { Secret($0) }
            guard let held = try KeySlot.json.document(content).heldKey(), !held.hasSessionToken else {
                throw failure(.badData, "no long-lived key is in it; \(refill)")
            }
            return held.key
        } catch let error as SystemCallError {
            throw explain(error)
        } catch let problem as DocumentProblem {
            throw failure(.badData, "\(problem); remove it, and \(refill)")
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw failure(.unexpected, "\(error)")
        }
    }

    private func check(_ status: FileStatus) throws(CommandFailure) {
        guard status.kind == .regular else { throw failure(.permission, "not a file; remove it, and \(refill)") }
        guard status.owner == UserAccount.effectiveUserID else {
            throw failure(
                .permission,
                "belongs to user \(status.owner), not to user \(UserAccount.effectiveUserID), who runs this; "
                    + "run it as the owner, or \(refill)")
        }
        guard status.permissions & 0o077 == 0 else {
            throw failure(
                .permission,
                "others may read or write it (mode 0\(String(status.permissions, radix: 8))); look at it, then chmod 600"
            )
        }
    }

    private func explain(_ error: SystemCallError) -> CommandFailure {
        switch error.code {
        case ENOENT, ENOTDIR:
            failure(.configuration, "there is no such file; \(refill)")
        case ELOOP:
            failure(.permission, "a link, which is not followed; remove it, and \(refill)")
        case EACCES, EPERM:
            failure(.permission, "\(error.message); run this as the file's owner")
        case EFBIG:
            failure(.badData, "larger than any key; remove it, and \(refill)")
        default: failure(.badData, "\(error); look at the disk")
        }
    }

    private var refill: String {
        "give the user a target with format = \"json\" and this path, and run `keybaton-agent run`"
    }

    private func failure(_ status: ExitStatus, _ problem: String) -> CommandFailure {
        CommandFailure(status, "\(path): \(problem)")
    }
}
