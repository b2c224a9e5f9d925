import ArgumentParser
import Console
import Rotation

struct WaitCommand: ContextualCommand {
    enum Goal: String, ExpressibleByArgument, CaseIterable {
        /// Every expected host holds NEW, or is waived.
        case acknowledged
        /// OLD is deleted.
        case retired
    }

    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until every host holds NEW, or until OLD is gone; changes nothing",
        discussion: """
            Something else must call `keybaton run` meanwhile: a timer, or another shell. Exits with \
            \(ExitStatus.stillWaiting.rawValue) when the time is up, and with \(ExitStatus.hold.rawValue) on a hold.
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var argument: UserArgument
    @Option(help: "What to wait for.") var until = Goal.acknowledged
    @Option(help: "How long, as in 30m; without it for ever.", transform: duration) var timeout: Duration?
    @Option(help: "How often to look.", transform: duration) var interval = Duration.seconds(15)

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
            guard let report = try await services.report(on: Roster(users: [user]), context).0.users.first else {
                return
            }
            if isReached(report) {
                progress.end("\(user.name): \(until == .acknowledged ? "every host holds NEW" : "OLD is gone")")
                return
            }
            if report.decision.kind == .hold {
                progress.end("")
                throw CommandFailure(.hold, "\(user.name): hold: \(report.decision.reason)")
            }
            progress.show(report)
            if let timeout, clock.now - begun + interval > timeout {
                progress.end("")
                throw CommandFailure(
                    .stillWaiting, "\(user.name): gave up after \(timeout.inWords): \(report.decision.reason)")
            }
            try await Task.sleep(for: interval)
        }
    }

    private func isReached(_ report: StatusReport.User) -> Bool {
        switch (until, report.phase) {
        case (_, .steady): true
        case (.acknowledged, .settling), (.acknowledged, .observing): true
        default: false
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
