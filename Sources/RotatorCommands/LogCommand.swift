import ArgumentParser
import Console
import FoundationEssentials
import Handover
import Rotation
import RotationServices

struct LogCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "Show what was done with a user's keys: when, by whom, what; changes nothing",
        discussion: "The journal keeps the last \(Journal.historyLimit) entries, oldest first.")

    @OptionGroup var options: CommonOptions
    @OptionGroup var argument: UserArgument
    @OptionGroup var output: JSONOption

    private struct Report: Encodable {
        var schema = 1
        var user: UserName
        var history: [Journal.Event]
    }

    func execute(_ context: CommandContext) async throws {
        let services = try options.services(context)
        let user = try await services.user(named: argument.user)
        let journal: Journal?
        do {
            journal = try await services.journals.read(of: user.name).journal
        } catch {
            throw CommandFailure(error)
        }
        let history = journal?.history ?? []
        if output.json { return try context.printJSON(Report(user: user.name, history: history)) }
        if journal == nil {
            context.messages.line("\(user.name) has no journal yet: `keybaton run` begins it")
        }
        var table = Table("WHEN", "WHO", "WHAT")
        for event in history { table.add(event.at.formatted(.iso8601), event.by, event.what) }
        if !table.isEmpty { table.lines.forEach { context.output.line($0) } }
    }
}
