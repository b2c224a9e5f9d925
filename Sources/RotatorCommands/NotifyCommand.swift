import ArgumentParser
import Console
import FoundationEssentials
import HostSystem
import Notifications

struct NotifyCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify", abstract: "Say who is told of what; with --test, send everybody a test",
        discussion: """
            The configuration's [notify] names who is told. What is told is remembered in the bucket, so that it is told \
            once; what does not arrive is tried again by every run for a week, as long as it is true. A test is remembered \
            nowhere.
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var argument: UserArgument
    @Flag(help: "Send one test to each; to a user's own address where a user is named.") var test = false
    @Flag(help: "Print JSON, schema 1.") var json = false

    func validate() throws {
        if !test, let user = argument.user {
            throw ValidationError(
                "\(user.printable) only says whose own address a test goes to: add --test, or leave it out")
        }
    }

    private struct Report: Encodable {
        struct Notifier: Encodable {
            var name: String
            var events: [String]
            /// Only after a test.
            var delivered: Bool?
            var problem: String?
        }

        var schema = 1
        var notifiers: [Notifier]
    }

    func execute(_ context: CommandContext) async throws {
        let services = try options.services(context)
        guard let notices = services.notices else {
            throw CommandFailure(
                .configuration, "nobody is told: the configuration's [notify] names no sns, ses or webhook")
        }
        var report = Report(
            notifiers: notices.subscriptions.map { subscription in
                Report.Notifier(
                    name: subscription.notifier.name,
                    events: Notice.Event.allCases.filter(subscription.events.contains).map(\.rawValue))
            })
        if test {
            let user = argument.user == nil ? nil : try await services.user(named: argument.user)
            let results = await notices.sendTest(
                from: HostFacts.current().hostName ?? "a host without a name", at: context.now(), of: user?.name,
                tags: services.tags(of: user))
            for (index, result) in results.enumerated() {
                report.notifiers[index].delivered = result.problem == nil
                report.notifiers[index].problem = result.problem?.description.printable
            }
        }
        try write(report, to: context.output)
        guard report.notifiers.allSatisfy({ $0.delivered ?? true }) else {
            throw ExitCode(ExitStatus.unavailable.rawValue)
        }
    }

    private func write(_ report: Report, to output: Output) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return output.line(String(decoding: try encoder.encode(report), as: UTF8.self))
        }
        for notifier in report.notifiers {
            switch notifier.delivered {
            case nil: output.line("\(notifier.name): \(notifier.events.joined(separator: ", "))")
            case true?: output.line("\(notifier.name): delivered")
            case false?: output.line("\(notifier.name): \(notifier.problem ?? "not delivered")")
            }
        }
    }
}
