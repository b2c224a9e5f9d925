import Glibc
import Handover
import HostSystem
import Rotation
import Secrets

/// The file of an outfile: its owner's alone, replaced as a whole, with all users that are in it.
struct OutfileFile {
    /// Some 50,000 users.
    private static let sizeLimit = 16 << 20
    private static let patience = Duration.seconds(30)

    let path: String

    private struct Version {
        let status: FileStatus
        let attributes: FileAttributes
        let document: OutfileDocument
    }

    func read() throws(DestinationProblem) -> OutfileDocument {
        let (folder, name) = try place()
        let directory = try failing { () throws(SystemCallError) in try Directory(path: folder) }
        return try version(name, in: directory)?.document ?? OutfileDocument()
    }

    /// Throws what would keep a key from being stored; leaves nothing behind.
    func check() throws(DestinationProblem) {
        _ = try read()
        let (folder, _) = try place()
        try failing { () throws(SystemCallError) in try Directory(path: folder).checkCreation() }
    }

    /// When it returns, the key survives a power cut.
    func store(_ key: AccessKey, of user: UserName) throws(EffectError) {
        do {
            let (folder, name) = try place()
            let directory = try lock(folder)
            try? directory.removeStaleTemporaries(of: [UserAccount.effectiveUserID])
            // Each time a file of a program that writes in between; more often than that is no accident.
            for _ in 1...5 {
                let version = try version(name, in: directory)
                var document = version?.document ?? OutfileDocument()
                guard document.keys.updateValue(key, forKey: user) != key else { return }
                if try replace(version, with: document, name, in: directory) { return }
            }
            throw problem("another program keeps writing it: stop that, and run again")
        } catch let error as EffectError {
            throw error
        } catch {
            throw .refused(error)
        }
    }

    /// False when that is not the newest version any more.
    private func replace(
        _ version: Version?, with document: OutfileDocument, _ name: String, in directory: borrowing Directory
    ) throws -> Bool {
        do throws(ReplacementError) {
            _ = try document.text.withBytes { bytes throws(ReplacementError) in
                try directory.replaceFile(
                    name, with: bytes, attributes: version?.attributes ?? .ownerOnly, ifStill: version?.status)
            }
            return true
        } catch {
            switch error {
            case .changedMeanwhile: return false
            case .notDurable: throw EffectError.uncertain(problem("\(error)"))
            case .attributesNotKept, .failed: throw problem("\(error)")
            }
        }
    }

    private func version(_ name: String, in directory: borrowing Directory) throws(DestinationProblem) -> Version? {
        guard let named = try failing({ () throws(SystemCallError) in try directory.status(of: name) }) else {
            return nil
        }
        guard named.kind != .symbolicLink else {
            throw problem(
                "it is a link, and keys are written to no other place than the one named: name the file itself")
        }
        guard named.kind == .regular else {
            throw problem("it is not a file: name one, or - for standard output")
        }
        let file = try failing { () throws(SystemCallError) in try directory.openFile(name) }
        let status = try failing { () throws(SystemCallError) in try file.status() }
        guard status.owner == UserAccount.effectiveUserID, status.permissions & 0o077 == 0 else {
            throw problem(
                "it is not for this user alone (owner \(status.owner), mode 0\(String(status.permissions, radix: 8))): "
                    + "look who reads it, then chown it and chmod 600, or name another file")
        }
        let attributes = try failing { () throws(SystemCallError) in try file.attributes() }
        let text = try failing { () throws(SystemCallError) in
            try file.withContents(limit: Self.sizeLimit) { Array($0) }
        }
        guard let document = OutfileDocument(text) else {
            throw problem(
                "it holds something else than users with their AccessKeyId and SecretAccessKey, which would be lost: name "
                    + "another file")
        }
        return Version(status: status, attributes: attributes, document: document)
    }

    private func place() throws(DestinationProblem) -> (directory: String, name: String) {
        let absolute = try failing { () throws(SystemCallError) in try absolutePath(self.path) }
        let place = splitPath(absolute)
        guard !["", ".", ".."].contains(place.name), !absolute.utf8.contains(0) else {
            throw problem("that is not the path of a file")
        }
        do {
            let shared = try requireOwnWay(to: place.directory, of: UserAccount.effectiveUserID)
            guard shared.isEmpty else {
                throw problem("others can write to \(shared[0]), and replace it: choose another directory")
            }
        } catch let error as UntrustedPath {
            throw DestinationProblem("\(error)")
        } catch let error as DestinationProblem {
            throw error
        } catch {
            throw problem("\(error)")
        }
        return place
    }

    private func lock(_ folder: String) throws(DestinationProblem) -> Directory {
        do throws(LockError) {
            return try Directory(lockedAt: folder, waitingAtMost: Self.patience)
        } catch {
            // The look at the file's status before it is replaced stands in for the lock.
            guard case .unsupported = error else { throw problem("\(error)") }
            return try failing { () throws(SystemCallError) in try Directory(path: folder) }
        }
    }

    private func failing<Result: ~Copyable>(
        _ body: () throws(SystemCallError) -> Result
    ) throws(DestinationProblem) -> Result {
        do {
            return try body()
        } catch {
            throw problem(error.code == ENOENT ? "its directory does not exist: make it first" : "\(error)")
        }
    }

    private func problem(_ sentence: String) -> DestinationProblem { DestinationProblem("\(path): \(sentence)") }
}
