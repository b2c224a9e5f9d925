import AWS
import ArgumentParser
import Console

struct PolicyCommand: ContextualCommand {
    enum Role: String, ExpressibleByArgument, CaseIterable {
        case agent, rotator, rendezvous, dashboard, doctor, role, trust, bucket
    }

    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Print the IAM policy that allows exactly what this configuration needs",
        discussion: """
            agent: for a group with every managed user, or for USER alone. rotator: for whoever runs `keybaton`. \
            rendezvous USER: for the separate identity that brings back a host which slept until its key was deleted. \
            dashboard: for `keybaton-dashboard`. doctor: what `keybaton doctor` looks at beyond that. \
            role ARN and trust ARN: for a role of another account that `role_arn` names, and who may assume it. \
            bucket: for the bucket, where identities of other accounts than its own use it, which AWS wants allowed there too.
            """)

    @OptionGroup var options: CommonOptions
    @Argument(
        help: ArgumentHelp(
            "One of \(Role.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "part"))
    var role: Role
    @Argument(help: ArgumentHelp("The user, or the role; may be left out where there is one only.", valueName: "name"))
    var name: String?
    @Option(
        help: ArgumentHelp(
            "The number of the rotator's own account (default: AWS is asked whose the credentials are).",
            valueName: "number"))
    var account: String?

    func validate() throws {
        if let account, account.utf8.count != 12 || !account.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            throw ValidationError("--account is a number of twelve digits")
        }
    }

    func execute(_ context: CommandContext) async throws {
        let services = try options.services(context)
        context.output.line(try await policy(services).json())
    }

    private func policy(_ services: RotatorServices) async throws -> AccessPolicy {
        let writer = PolicyWriter(services.configuration, account: try await number(services))
        switch role {
        case .rotator: return writer.rotator(of: try users(services.configuration))
        case .agent where name == nil: return try writer.agents()
        case .agent, .rendezvous: return writer.agent(of: try await services.user(named: name))
        case .dashboard: return writer.dashboard()
        case .doctor: return writer.doctor()
        case .bucket: return try writer.bucket()
        case .role: return writer.role(try assumed(services.configuration))
        case .trust:
            _ = try assumed(services.configuration)
            return writer.trust(try await rotator(services))
        }
    }

    private func number(_ services: RotatorServices) async throws -> String {
        if let account { return account }
        return try await identity(services).account
    }

    private func identity(_ services: RotatorServices) async throws -> STSClient.CallerIdentity {
        do {
            return try await services.identity()
        } catch {
            throw CommandFailure(.unavailable, "\(error); give --account NUMBER, and nobody need be asked")
        }
    }

    /// Whoever asks; with an account's number, whomever that account lets assume the role.
    private func rotator(_ services: RotatorServices) async throws -> String {
        if let account {
            return "arn:\(Partition.of(region: services.configuration.region).name):iam::\(account):root"
        }
        return try await identity(services).lastingARN
    }

    private func users(_ configuration: RotatorConfiguration) throws(CommandFailure) -> [UserSettings] {
        guard let name else { return configuration.user }
        let users = configuration.user.filter { $0.name == name }
        guard !users.isEmpty else {
            throw CommandFailure(.usage, "no [[user]] has the name \(name.printable): leave it out for all of them")
        }
        return users
    }

    private func assumed(_ configuration: RotatorConfiguration) throws(CommandFailure) -> String {
        let roles = Set(configuration.user.compactMap(\.roleARN))
        guard let role = name ?? (roles.count == 1 ? roles.first : nil), roles.contains(role) else {
            let known = roles.isEmpty ? "none is configured" : roles.sorted().joined(separator: ", ")
            throw CommandFailure(.usage, "name a role that a `role_arn` of the configuration names: \(known)")
        }
        return role
    }
}

extension STSClient.CallerIdentity {
    /// Who the caller is beyond this session: of a session of a role, the role. A role's path, which a session does not
    /// show, has to be added by hand.
    var lastingARN: String {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[2] == "sts", parts[5].hasPrefix("assumed-role/") else { return arn }
        let name = parts[5].split(separator: "/").dropFirst().first ?? ""
        return "arn:\(parts[1]):iam::\(parts[4]):role/\(name)"
    }
}
