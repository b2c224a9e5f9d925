package import CredentialsFile
package import HostSystem
package import Rotation
package import Secrets

/// A place for a key in a file of the rotator's own machine. What else is in the file stays as it is.
package struct FileDestination: Destination {
    package let name: String
    private let path: String
    private let slot: KeySlot
    private let owner: UserAccount?
    private let creation: CredentialsStore.Creation

    /// - Parameters:
    ///   - path: absolute.
    ///   - owner: for a file that is made; nil: the user of this process.
    ///   - creation: for a file that is made.
    package init(path: String, slot: KeySlot, owner: UserAccount?, creation: CredentialsStore.Creation) {
        self.path = path
        self.slot = slot
        self.owner = owner
        self.creation = creation
        let isUsual = ["", "default", VariableName.accessKeyID.text].contains(slot.name)
        name = "file \(path)" + (isUsual ? "" : " \(slot.name)")
    }

    package func observe() async -> Observation.Destination {
        do {
            // Beside a session token AWS refuses a long-lived key.
            guard let held = try store().read(slot), !held.hasSessionToken else { return .needsFeeding }
            return .holds(held.key.id)
        } catch {
            return .failing(problem(error))
        }
    }

    package func feed(_ key: AccessKey) async throws(EffectError) {
        do {
            let store = try store()
            // What is no key of AWS throws here: it may be the only copy of something that is still needed.
            _ = try store.install(key, in: slot, replacing: .held(try store.read(slot)))
        } catch let error as CredentialsStoreError {
            switch error.reason {
            case .notDurable, .unverified, .overwritten: throw .uncertain(problem(error))
            default: throw .refused(problem(error))
            }
        } catch {
            throw .refused(problem(error))
        }
    }

    /// Root touches nothing that somebody else can change: as whom that must be done, only the agent knows how to become.
    private func store() throws -> CredentialsStore {
        var options = CredentialsStore.Options(creation: creation)
        guard UserAccount.effectiveUserID == 0 else {
            _ = try requireOwnWay(to: path, of: options.owner)
            return CredentialsStore(path: path, options: options)
        }
        switch try PathOwner(of: path) {
        case .nobody(let status): options.owner = owner?.userID ?? status?.owner ?? 0
        case .missing: options.owner = 0
        case .user(let user, _, let place):
            throw DestinationProblem(
                "\(path): \(place) belongs to user \(user), who decides what is there, so root writes nothing: let "
                    + "keybaton-agent keep this file up to date, or choose a path that only root can change")
        case .several(let place):
            throw DestinationProblem(
                "\(path): others than root can write to \(place), so anybody could have put the file there: choose a path "
                    + "that only root can change")
        }
        options.creation.group = creation.group ?? owner?.groupID
        return CredentialsStore(path: path, options: options)
    }

    private func problem(_ error: any Error) -> DestinationProblem {
        switch error {
        case let problem as DestinationProblem: problem
        case let error as CredentialsStoreError where error.isForeignText:
            DestinationProblem(
                "\(error); it is left as it is: look what it is for, and remove it or configure another place")
        default: DestinationProblem("\(error)")
        }
    }
}

extension CredentialsStoreError {
    /// Whether something else than a key of AWS stands where the key is to be.
    fileprivate var isForeignText: Bool {
        if case .problem(let problem) = reason {
            problem.reason == .notAnAccessKeyID || problem.reason == .notASecretAccessKey
        } else {
            false
        }
    }
}
