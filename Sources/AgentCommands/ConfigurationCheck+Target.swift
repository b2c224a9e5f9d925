import Console
import CredentialsFile
import Handover
import HostSystem

extension ConfigurationCheck {
    /// - Parameter name: of the table, for errors.
    func target(
        _ target: AgentDocument.Target, of user: UserName, _ name: String
    ) throws(CommandFailure) -> AgentConfiguration.Target {
        let slot = try slot(of: target, name)
        let named = try account(target.owner, "\(name).owner")
        let owner = if let named { named } else { try account(target.path.flatMap(userInPath), "\(name).path") }
        return AgentConfiguration.Target(
            path: try path(of: target, slot, user, owner, name), slot: slot, owner: owner,
            group: try group(target.group, name), permissions: try permissions(target.mode, name),
            allowsRewritingInPlace: target.allowsRewritingInPlace ?? false, hook: try hook(target.hook, name))
    }

    private func slot(of target: AgentDocument.Target, _ name: String) throws(CommandFailure) -> KeySlot {
        do throws(InvalidKeySlot) {
            return try KeySlot(
                format: target.format, profile: target.profile, idVariable: target.idVariable,
                secretVariable: target.secretVariable)
        } catch {
            throw failure("\(name).\(error)")
        }
    }

    /// A `credential_process` reads `~/.aws/keybaton/USER.json` of whoever runs it, wherever the agent's own home is.
    private func path(
        of target: AgentDocument.Target, _ slot: KeySlot, _ user: UserName, _ owner: UserAccount?, _ name: String
    ) throws(CommandFailure) -> String {
        if let path = target.path { return try absolute(path, "\(name).path", ownedBy: owner) }
        guard slot == .json else { throw failure("\(name).path is missing") }
        return try absolute("~/.aws/keybaton/\(user).json", "\(name).path", ownedBy: owner)
    }

    private func absolute(
        _ text: String, _ name: String, ownedBy owner: UserAccount?
    ) throws(CommandFailure) -> String {
        var home = text.hasPrefix("~/") ? owner?.home : nil
        if let user = userInPath(text) { home = try account(user, name)?.home }
        guard let home, let rest = text.firstIndex(of: "/") else { return try absolute(text, name) }
        return try absolute(home + text[rest...], name)
    }

    /// The `alice` of `~alice/.aws/credentials`; nil for other paths.
    private func userInPath(_ path: String) -> String? {
        guard path.hasPrefix("~"), let slash = path.firstIndex(of: "/") else { return nil }
        let name = path[..<slash].dropFirst()
        return name.isEmpty ? nil : String(name)
    }

    /// Nil when none is given. Throws for another user than the one running, unless that is root.
    private func account(_ owner: String?, _ name: String) throws(CommandFailure) -> UserAccount? {
        guard let owner else { return nil }
        guard let account = try? UserAccount.named(owner) else {
            throw failure("\(name): this machine has no user `\(owner)`")
        }
        guard user.userID == 0 || account.userID == user.userID else {
            throw failure("\(name): only root may edit files of \(owner); run the agent as root or as that user")
        }
        return account
    }

    private func group(_ text: String?, _ name: String) throws(CommandFailure) -> UInt32? {
        guard let text else { return nil }
        guard let group = try? GroupID.named(text) else {
            throw failure("\(name).group: this machine has no group `\(text)`")
        }
        return group
    }

    private func permissions(_ text: String?, _ name: String) throws(CommandFailure) -> UInt16? {
        guard let text else { return nil }
        guard let mode = CredentialsStore.Creation.permissions(text) else {
            throw failure("\(name).mode: `\(text)` is neither \"0600\" nor \"0640\"")
        }
        return mode
    }

    private func hook(_ arguments: [String]?, _ name: String) throws(CommandFailure) -> [String] {
        guard let arguments else { return [] }
        guard let program = arguments.first, program.hasPrefix("/") else {
            throw failure(
                "\(name).hook: write the program with its whole path, then its arguments, as in "
                    + "[\"/usr/bin/systemctl\", \"restart\", \"backup.service\"]")
        }
        guard arguments.allSatisfy({ !$0.utf8.contains(0) }) else {
            throw failure("\(name).hook: an argument has a zero byte")
        }
        return arguments
    }
}
