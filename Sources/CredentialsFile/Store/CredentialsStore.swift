import Glibc
import HostSystem
package import Secrets

/// A file with an access key that other programs read at any moment, and that is never torn, never half edited.
///
/// The file is the truth: nothing is remembered between two calls.
package struct CredentialsStore: Sendable {
    package struct Options: Sendable, Equatable {
        /// How long to wait for another run that is editing a file of the same directory.
        package var patience: Duration
        /// Whether a file that cannot be replaced, because it is mounted by itself, may be rewritten in place. That is
        /// not atomic: see `Directory.rewriteFile`.
        package var allowsRewritingInPlace: Bool
        /// The user id that must own the file.
        package var owner: UInt32
        /// For a file that is made.
        package var creation: Creation

        package init(
            patience: Duration = .seconds(30), allowsRewritingInPlace: Bool = false,
            owner: UInt32 = UserAccount.effectiveUserID, creation: Creation = Creation()
        ) {
            self.patience = patience
            self.allowsRewritingInPlace = allowsRewritingInPlace
            self.owner = owner
            self.creation = creation
        }
    }

    /// What a file gets that did not exist; what exists keeps its own.
    package struct Creation: Sendable, Equatable {
        /// Nil: the one that the system gives it.
        package var group: UInt32?
        package var permissions: UInt16

        package init(group: UInt32? = nil, permissions: UInt16? = nil) {
            self.group = group
            self.permissions = permissions ?? 0o600
        }
    }

    /// What an installation may replace.
    package enum Replaced: Sendable, Equatable {
        /// What `read` returned, and nothing else: somebody may have put another key there since, perhaps the only copy.
        case held(HeldKey?)
        /// Whatever is there, also what is no key of AWS. For an operator who has said so.
        case anything
    }

    /// More than any credentials file has; so no wrong path makes us read a disk into memory.
    package static let sizeLimit = 1 << 20

    package let path: String
    package let options: Options

    package init(path: String, options: Options = Options()) {
        self.path = path
        self.options = options
    }

    /// The key that the slot holds; nil when there is none in it, or no such slot, or no file. Never writes.
    package func read(_ slot: KeySlot) throws(CredentialsStoreError) -> HeldKey? {
        guard let place = try resolve(makingDirectory: false) else { return nil }
        let directory = try refusing { () throws(SystemCallError) in try Directory(path: place.directory) }
        guard let version = try load(place.name, in: directory) else { return nil }
        return try parsing { () throws(DocumentProblem) in try slot.document(version.content).heldKey() }
    }

    /// Puts the key into the slot, id and secret together, and takes away a session token that is left there.
    ///
    /// Afterwards every reader sees the new key; at no moment did one see anything but the old file or the new one.
    /// A missing file is made, and so are missing directories, for their owner only, below one that is the owner's.
    package func install(
        _ key: AccessKey, in slot: KeySlot, replacing replaced: Replaced
    ) throws(CredentialsStoreError) -> Installation {
        guard let place = try resolve(makingDirectory: true) else { throw failure(.unusablePath) }
        var lockWarnings: [Installation.Warning] = []
        let directory = try lock(place, &lockWarnings)
        // Litter that cannot be removed is no reason to keep an old key.
        try? directory.removeStaleTemporaries(of: [UserAccount.effectiveUserID, options.owner])
        // Each time a file of a program that writes in between; more often than that is no accident.
        for _ in 1...5 {
            let version = try load(place.name, in: directory)
            let document = slot.document(version?.content ?? .empty)
            let edited = try edit(document, key, replaced)
            let warnings = lockWarnings + (version.map(self.warnings(of:)) ?? [])
            if version != nil, edited == document.content { return Installation(changed: false, warnings: warnings) }
            if let more = try write(edited, over: version, place.name, in: directory) {
                try verify(key, in: slot, place.name, in: directory)
                return Installation(changed: true, warnings: warnings + more)
            }
        }
        throw failure(.keepsChanging)
    }

    /// The directory under its lock, or with a warning where the file system has none.
    func lock(
        _ place: Place, _ warnings: inout [Installation.Warning]
    ) throws(CredentialsStoreError) -> Directory {
        do {
            return try Directory(lockedAt: place.directory, waitingAtMost: options.patience)
        } catch {
            switch error {
            case .heldElsewhere(_, let waited): throw failure(.locked(waited: waited))
            case .failed(let error): throw failure(.refused(error))
            case .unsupported:
                // Still no torn file: the look at its status before the rename stands in for the lock.
                warnings.append(.notLocked)
                return try refusing { () throws(SystemCallError) in try Directory(path: place.directory) }
            }
        }
    }

    private func edit(
        _ document: any KeyDocument, _ key: AccessKey, _ replaced: Replaced
    ) throws(CredentialsStoreError) -> Secret {
        var mayReplace = true
        let edited = try parsing { () throws(DocumentProblem) in
            if case .held(let expected) = replaced {
                let held = try document.heldKey()
                mayReplace = held == expected || held?.key == key
            }
            return try document.installing(key).content
        }
        guard mayReplace else { throw failure(.holdsAnotherKey) }
        return edited
    }

    /// Throws unless the slot now holds the key; other parts of the file are others' to change.
    private func verify(
        _ key: AccessKey, in slot: KeySlot, _ name: String, in directory: borrowing Directory
    ) throws(CredentialsStoreError) {
        let version: Version?
        do {
            version = try load(name, in: directory)
        } catch {
            if case .refused(let cause) = error.reason { throw failure(.unverified(cause)) }
            throw failure(.overwritten)
        }
        let held = try? slot.document(version?.content ?? .empty).heldKey()
        guard held == HeldKey(key: key, hasSessionToken: false) else { throw failure(.overwritten) }
    }
}

extension Secret {
    static let empty = Secret([UInt8]())
}
