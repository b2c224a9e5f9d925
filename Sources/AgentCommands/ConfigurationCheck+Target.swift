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
        let format = target.format ?? "aws-credentials"
        let section = try profile(target.profile ?? "default", "\(name).profile")
        let slot: KeySlot
        switch format {
        case "aws-credentials": slot = .awsCredentials(section)
        case "aws-config": slot = .awsConfig(section)
        case "rclone":
            guard target.profile != nil else {
                throw failure("\(name).profile is missing; it names the remote, as in profile = \"backup\"")
            }
            slot = .rclone(remote: section)
        case "env":
            slot = .environment(
                id: try variable(target.idVariable, .accessKeyID, "\(name).id_variable"),
                secret: try variable(target.secretVariable, .secretAccessKey, "\(name).secret_variable"))
        case "s3cfg": slot = .s3cfg
        case "json": slot = .json
        default:
            throw failure(
                "\(name).format: `\(format)` is none of aws-credentials, aws-config, env, rclone, s3cfg, json")
        }
        if target.profile != nil, ["env", "s3cfg", "json"].contains(format) {
            throw failure("\(name).profile: a file of the format \(format) has no profiles; leave it out")
        }
        if target.idVariable ?? target.secretVariable != nil, format != "env" {
            throw failure("\(name): id_variable and secret_variable belong to format = \"env\"")
        }
        if case .environment(let id, let secret) = slot, id == secret {
            throw failure("\(name): id_variable and secret_variable are the same")
        }
        return slot
    }

    private func variable(
        _ text: String?, _ standard: VariableName, _ name: String
    ) throws(CommandFailure) -> VariableName {
        guard let text else { return standard }
        guard let variable = VariableName(text) else {
            throw failure("\(name): `\(text)` is not the name of a variable: A-Z a-z 0-9 _, no digit first")
        }
        return variable
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

    /// Of a file with a secret: readable for a group at most, writable for its owner only.
    private func permissions(_ text: String?, _ name: String) throws(CommandFailure) -> UInt16? {
        guard let text else { return nil }
        guard let mode = UInt16(text, radix: 8), mode & 0o600 == 0o600, mode & ~0o640 == 0 else {
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
