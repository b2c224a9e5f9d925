import ArgumentParser
import Console

struct PolicyCommand: ContextualCommand {
    enum Role: String, ExpressibleByArgument, CaseIterable {
        case agent, rotator, rendezvous
    }

    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Print the IAM policy that allows exactly what this configuration needs",
        discussion: """
            agent: for a group with every managed user, or for USER alone. rotator: for whoever runs `keybaton`. \
            rendezvous USER: for the separate identity that brings back a host which slept until its key was deleted.
            """)

    @OptionGroup var options: CommonOptions
    @Argument(help: ArgumentHelp("One of agent, rotator, rendezvous.", valueName: "role")) var role: Role
    @OptionGroup var argument: UserArgument
    @Option(
        help: ArgumentHelp(
            "The account's number (default: `bucket_owner`, or else AWS is asked whose the credentials are).",
            valueName: "number"))
    var account: String?

    func validate() throws {
        if let account, account.utf8.count != 12 || !account.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            throw ValidationError("--account is a number of twelve digits")
        }
    }

    func execute(_ context: CommandContext) async throws {
        let services = try options.services(context)
        var account = self.account ?? services.configuration.bucketOwner
        do {
            if account == nil { account = try await services.account() }
        } catch {
            throw CommandFailure(.unavailable, "\(error); give --account NUMBER, and nobody need be asked")
        }
        let writer = PolicyWriter(services.configuration, account: account ?? "")
        let policy =
            switch role {
            case .rotator: writer.rotator(of: try await services.roster(of: argument.user.map { [$0] } ?? []).users)
            case .agent where argument.user == nil: try writer.agents(of: services.users)
            case .agent, .rendezvous: writer.agent(of: try await services.user(named: argument.user))
            }
        context.output.line(try policy.json())
    }
}
