import ArgumentParser
import Console
import Rotation

struct WaitCommand: ContextualCommand {
    enum Goal: String, ExpressibleByArgument, CaseIterable {
        /// Every expected host holds NEW, or is waived.
        case acknowledged
        /// OLD is deleted.
        case retired

        /// A phase alone does not say it: a schedule switches OLD off whoever holds it, and after a revocation there is a NEW
        /// without an OLD.
        func isReached(by report: StatusReport.User) -> Bool {
            guard report.revocation == nil else { return false }
            return switch (self, report.phase) {
            case (.acknowledged, .settling), (.retired, .steady): true
            case (.acknowledged, .steady), (.acknowledged, .observing): report.missing.isEmpty
            default: false
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until every host holds NEW, or until OLD is gone; changes nothing",
        discussion: """
            With --json the last look is printed as status prints it. Something else must call `keybaton run` meanwhile: a timer, or another shell. Exits with \
            \(ExitStatus.stillWaiting.rawValue) when the time is up, and with \(ExitStatus.hold.rawValue) on a hold.
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var argument: UserArgument
    @Option(help: "What to wait for.") var until = Goal.acknowledged
    @Option(help: "How long, as in 30m; without it for ever.", transform: duration) var timeout: Duration?
    @Option(help: "How often to look.", transform: duration) var interval = Duration.seconds(15)
    @OptionGroup var output: JSONOption

    private static func duration(_ text: String) throws -> Duration {
        guard let duration = DurationText(text)?.duration, duration > .zero else {
            throw ValidationError("write a number and one of s m h d w, as in 30m")
        }
        return duration
    }

    func execute(_ context: CommandContext) async throws {
        let services = try options.services(context)
        let user = try await services.user(named: argument.user)
        var progress = Progress(output: context.messages)
        sayOnInterrupt("\nstopped waiting; nothing was changed\n")
        let clock = ContinuousClock()
        let begun = clock.now
        while true {
            let look = try await services.report(on: Roster(users: [user]), context).0
            guard let report = look.users.first else { return }
            let isHeld = report.decision.kind == .hold
            let isLate = timeout.map { clock.now - begun + interval > $0 } ?? false
            if output.json, until.isReached(by: report) || isHeld || isLate {
                context.output.line(String(decoding: try look.json(), as: UTF8.self))
            }
            if until.isReached(by: report) {
                progress.end("\(user.name): \(until == .acknowledged ? "every host holds NEW" : "OLD is gone")")
                return
            }
            if isHeld {
                progress.end("")
                throw CommandFailure(.hold, "\(user.name): hold: \(report.decision.reason)")
            }
            progress.show(report)
            if isLate {
                progress.end("")
                throw CommandFailure(
                    .stillWaiting,
                    "\(user.name): gave up after \((timeout ?? .zero).inWords): \(report.decision.reason)")
            }
            try await Task.sleep(for: interval)
        }
    }
}

/// How far the hosts are: one line that is drawn over on a terminal, a line for every change elsewhere.
private struct Progress {
    private let output: Output
    private var last = ""

    init(output: Output) {
        self.output = output
    }

    mutating func show(_ report: StatusReport.User) {
        let awaited = report.hosts.filter { $0.expected && $0.state != .waived }
        let done = awaited.count { $0.state == .current }
        let line =
            "\(bar(done, of: awaited.count)) \(done) of \(awaited.count) hosts hold NEW; \(report.phase.rawValue)"
        guard line != last else { return }
        last = line
        if output.isTerminal {
            output.raw("\r\u{1B}[K" + line.prefix(100))
        } else {
            output.line("\(report.user): \(report.phase.rawValue): \(report.decision.reason)".printable)
        }
    }

    func end(_ text: String) {
        if output.isTerminal, !last.isEmpty { output.line() }
        if !text.isEmpty { output.line(text) }
    }

    private func bar(_ done: Int, of all: Int) -> String {
        let width = 20
        let filled = all == 0 ? 0 : done * width / all
        return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled) + "]"
    }
}
