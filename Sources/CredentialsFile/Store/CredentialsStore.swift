import Glibc
import HostSystem
package import Secrets

/// A credentials file that other programs read at any moment, and that is never torn, never half edited.
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

        package init(
            patience: Duration = .seconds(30), allowsRewritingInPlace: Bool = false,
            owner: UInt32 = UserAccount.effectiveUserID
        ) {
            self.patience = patience
            self.allowsRewritingInPlace = allowsRewritingInPlace
            self.owner = owner
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

    /// The key that the profile holds; nil when there is no such profile, no key in it, or no file. Never writes.
    package func read(_ profile: ProfileName) throws(CredentialsStoreError) -> HeldKey? {
        guard let place = try resolve(makingDirectory: false) else { return nil }
        let directory = try refusing { () throws(SystemCallError) in try Directory(path: place.directory) }
        guard let version = try load(place.name, in: directory) else { return nil }
        do {
            return try version.document.heldKey(of: profile)
        } catch {
            throw failure(.problem(error))
        }
    }

    /// Puts the key into the profile, id and secret together, and takes away a session token that is left there.
    ///
    /// Afterwards every reader sees the new key; at no moment did one see anything but the old file or the new one.
    /// A missing file is made for its owner only, and so is a missing directory, if the one above exists.
    package func install(
        _ key: AccessKey, in profile: ProfileName, replacing replaced: Replaced
    ) throws(CredentialsStoreError) -> Installation {
        guard let place = try resolve(makingDirectory: true) else { throw failure(.unusablePath) }
        var lockWarnings: [Installation.Warning] = []
        let directory: Directory
        do {
            directory = try Directory(lockedAt: place.directory, waitingAtMost: options.patience)
            // Litter that cannot be removed is no reason to keep an old key.
            try? directory.removeStaleTemporaries(of: [UserAccount.effectiveUserID, options.owner])
        } catch {
            switch error {
            case .heldElsewhere(_, let waited): throw failure(.locked(waited: waited))
            case .failed(let error): throw failure(.refused(error))
            case .unsupported:
                // Still no torn file: the look at its status before the rename stands in for the lock.
                lockWarnings.append(.notLocked)
                directory = try refusing { () throws(SystemCallError) in try Directory(path: place.directory) }
            }
        }
        // Each time a file of a program that writes in between; more often than that is no accident.
        for _ in 1...5 {
            let version = try load(place.name, in: directory)
            let edited = try edit(version?.document ?? .empty, key, profile, replaced)
            let warnings = lockWarnings + (version?.warnings ?? [])
            if let version, edited == version.document { return Installation(changed: false, warnings: warnings) }
            if let more = try write(edited, over: version, place.name, in: directory) {
                try verify(key, in: profile, place.name, in: directory)
                return Installation(changed: true, warnings: warnings + more)
            }
        }
        throw failure(.keepsChanging)
    }

    private func edit(
        _ document: CredentialsDocument, _ key: AccessKey, _ profile: ProfileName, _ replaced: Replaced
    ) throws(CredentialsStoreError) -> CredentialsDocument {
        let edited: CredentialsDocument
        let mayReplace: Bool
        do {
            switch replaced {
            case .anything: mayReplace = true
            case .held(let expected):
                let held = try document.heldKey(of: profile)
                mayReplace = held == expected || held?.key == key
            }
            edited = try document.installing(key, in: profile)
        } catch {
            throw failure(.problem(error))
        }
        guard mayReplace else { throw failure(.holdsAnotherKey) }
        return edited
    }

    /// Throws unless the profile now holds the key; other parts of the file are others' to change.
    private func verify(
        _ key: AccessKey, in profile: ProfileName, _ name: String, in directory: borrowing Directory
    ) throws(CredentialsStoreError) {
        let version: Version?
        do {
            version = try load(name, in: directory)
        } catch {
            if case .refused(let cause) = error.reason { throw failure(.unverified(cause)) }
            throw failure(.overwritten)
        }
        let held = try? version?.document.heldKey(of: profile)
        guard held == HeldKey(key: key, hasSessionToken: false) else { throw failure(.overwritten) }
    }

    func failure(_ reason: CredentialsStoreError.Reason) -> CredentialsStoreError {
        CredentialsStoreError(path: path, reason: reason)
    }

    func refusing<Result: ~Copyable>(
        _ body: () throws(SystemCallError) -> Result
    ) throws(CredentialsStoreError) -> Result {
        do {
            return try body()
        } catch {
            throw failure(.refused(error))
        }
    }
}
