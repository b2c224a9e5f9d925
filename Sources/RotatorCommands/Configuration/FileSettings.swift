import CredentialsFile
import Destinations
import Handover
import HostSystem
import Rotation

/// `[[user.file]]`: a place for the key in a file of the rotator's own machine.
struct FileSettings: DestinationSettings {
    var path: String
    var format: String?
    var profile: String?
    var idVariable: String?
    var secretVariable: String?
    var owner: String?
    var group: String?
    var mode: String?

    enum CodingKeys: String, CodingKey {
        case path, format, profile, owner, group, mode
        case idVariable = "id_variable"
        case secretVariable = "secret_variable"
    }

    func check(for user: UserName) throws(InvalidSetting) { _ = try destination(for: user) }

    func destinations(for user: UserName, _ services: DestinationServices) -> [any Destination] {
        do {
            return [try destination(for: user)]
        } catch {
            // The machine's users or groups have changed since the check. Left out, it would not be waited for.
            return [UnusableDestination(name: "file \(path.naming(user))", because: DestinationProblem("\(error)"))]
        }
    }

    private func destination(for user: UserName) throws(InvalidSetting) -> FileDestination {
        let path = path.naming(user)
        guard path.hasPrefix("/"), !path.hasSuffix("/"), !path.utf8.contains(0) else {
            throw InvalidSetting("file.path: write the whole path of the file, beginning with /")
        }
        let slot: KeySlot
        do throws(InvalidKeySlot) {
            slot = try KeySlot(
                format: format, profile: profile?.naming(user), idVariable: idVariable, secretVariable: secretVariable)
        } catch {
            throw InvalidSetting("file.\(error)")
        }
        return FileDestination(
            path: path, slot: slot, owner: try account(),
            creation: CredentialsStore.Creation(group: try groupID(), permissions: try permissions()))
    }

    private func account() throws(InvalidSetting) -> UserAccount? {
        guard let owner else { return nil }
        guard let account = try? UserAccount.named(owner) else {
            throw InvalidSetting("file.owner: this machine has no user `\(owner)`")
        }
        guard [0, account.userID].contains(UserAccount.effectiveUserID) else {
            throw InvalidSetting("file.owner: only root can make files of \(owner); leave it out, or run as that user")
        }
        return account
    }

    private func groupID() throws(InvalidSetting) -> UInt32? {
        guard let group else { return nil }
        guard let id = try? GroupID.named(group) else {
            throw InvalidSetting("file.group: this machine has no group `\(group)`")
        }
        return id
    }

    private func permissions() throws(InvalidSetting) -> UInt16? {
        guard let mode else { return nil }
        guard let permissions = CredentialsStore.Creation.permissions(mode) else {
            throw InvalidSetting("file.mode: `\(mode)` is neither \"0600\" nor \"0640\"")
        }
        return permissions
    }
}
