import Glibc
package import HostSystem

/// Why a credentials file was not read or not edited.
///
/// The file is what it was before, unless the reason is `.notDurable`, `.unverified` or `.overwritten`.
package struct CredentialsStoreError: Error, Equatable, CustomStringConvertible {
    package enum Reason: Sendable, Equatable {
        case unusablePath
        case problem(DocumentProblem)
        case locked(waited: Duration)
        /// The user ids of the file or link and of the one expected to own it.
        case foreignOwner(UInt32, expected: UInt32)
        /// A directory in which another is to be made, and the user ids of its owner and of the one expected.
        case foreignDirectory(String, owner: UInt32, expected: UInt32)
        case notARegularFile
        case tooLarge(limit: Int)
        case danglingLink(destination: String)
        case tooManyLinks
        /// The file is a mount point of its own, and rewriting in place is not allowed.
        case mountPoint
        case attributesNotKept(SystemCallError)
        /// The slot holds another key than the one that was to be replaced.
        case holdsAnotherKey
        /// Another program wrote the file each time that we were about to.
        case keepsChanging
        /// The new key was written, and is not there any more.
        case overwritten
        /// The new key is there, but may be gone after a power cut.
        case notDurable(SystemCallError)
        /// The new key was written, but could not be read back.
        case unverified(SystemCallError)
        case refused(SystemCallError)
    }

    package let path: String
    package let reason: Reason

    package var description: String { "\(path): \(sentence)" }

    private var sentence: String {
        switch reason {
        case .unusablePath: "not the path of a file"
        case .problem(let problem): "\(problem)"
        case .locked(let waited):
            "locked by another run (waited \(waited)); let it finish, or find it with fuser -v on the directory"
        case .foreignOwner(let owner, let expected):
            "belongs to user \(owner), not to user \(expected); run as its owner, or change it with chown"
        case .foreignDirectory(let directory, let owner, let expected):
            "its directory does not exist, and would be made in \(directory), which belongs to user \(owner), not to user "
                + "\(expected); make it first"
        case .notARegularFile: "not a regular file; remove it or configure another path"
        case .tooLarge(let limit): "larger than \(limit) bytes, so hardly a credentials file; configure another path"
        case .danglingLink(let destination):
            "a link to \(destination), which does not exist; mount or make it, or remove the link"
        case .tooManyLinks: "a link that leads to itself; correct it"
        case .mountPoint:
            "mounted as a single file, which cannot be replaced; mount its directory instead, or allow rewriting it in "
                + "place (in_place = true for this target)"
        case .attributesNotKept(let error):
            "a new file cannot be given the owner, permissions and attributes of this one (\(error)); run as its owner, "
                + "a member of its group"
        case .holdsAnotherKey:
            "somebody put another key there a moment ago; nothing was changed: look at it, and run again"
        case .keepsChanging: "another program keeps writing it; stop that, or try again"
        case .overwritten: "another program overwrote the new key at once; find it, or configure another path"
        case .notDurable(let error): "the new key is written, but may be lost in a power cut (\(error)); try again"
        case .unverified(let error): "the new key is written, but could not be read back (\(error)); run again to check"
        case .refused(let error): "\(error)\(advice(for: error))"
        }
    }
}

private func advice(for error: SystemCallError) -> String {
    switch error.code {
    case ENOSPC: "; make space and try again"
    case EDQUOT: "; the quota of its owner is used up: make space and try again"
    case EROFS: "; mount it for writing, or move the credentials elsewhere"
    case EACCES: "; run as its owner, and give the owner of the directory permission to write there"
    case EPERM: "; it may be immutable: look with lsattr, change with chattr -i"
    case ENOENT: "; make the directory first"
    case ENOTDIR: "; a part of the path is a file"
    case ELOOP: "; a link leads to itself, or was put there a moment ago"
    case EIO: "; the disk is failing: look into the kernel's log"
    default: ""
    }
}
