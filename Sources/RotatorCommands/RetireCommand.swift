import ArgumentParser
import Console
import Handover
import Rotation
import RotationServices

struct RetireCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire", abstract: "Expect a host no longer: it is gone for good",
        discussion: """
            Nobody waits for it any more, in any rotation, until it checks in again. Without users: for each of those \
            that expect it. A host that is only late is waived instead: `keybaton waive`.
            """)

    @OptionGroup var options: CommonOptions
    @Argument(help: "The id of the host.") var host: String
    @OptionGroup var chosen: UsersArgument
    @OptionGroup var why: ReasonOption
    @OptionGroup var change: ChangeOptions

    func validate() throws {
        if HostID(host) == nil { throw ValidationError("\(host.printable) is not the id of a host") }
    }

    func execute(_ context: CommandContext) async throws {
        guard let host = HostID(host) else { return }
        let services = try options.services(context)
        var roster = try await services.roster(of: chosen.users)
        if chosen.users.isEmpty {
            roster.tell(context)
            roster = Roster(users: try await services.users(of: roster, expecting: host, context))
        }
        let request = Request.retire(
            host, reason: why.reason.printable, by: operatorName(context.environment) ?? "unknown")
        try await services.perform(request, roster, change, context)
    }
}

extension RotatorServices {
    /// Those whose journal names the host. Throws where there are none, and where a journal cannot be read: nobody knows then.
    fileprivate func users(
        of roster: Roster, expecting host: HostID, _ context: CommandContext
    ) async throws(CommandFailure) -> [ManagedUser] {
        let answers: [Result<Bool, CommandFailure>] = await roster.users.mapConcurrently { user in
            do {
                return .success(try await journals.read(of: user.name).journal?.hosts[host] != nil)
            } catch {
                return .failure(CommandFailure(error))
            }
        }
        var users: [ManagedUser] = []
        for (user, answer) in zip(roster.users, answers) {
            if try answer.get() { users.append(user) }
        }
        guard !users.isEmpty else {
            throw CommandFailure(.usage, "no user expects \(host): `keybaton status` shows the hosts' ids")
        }
        return users
    }
}
