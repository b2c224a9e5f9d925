import Console
import FoundationEssentials
import Handover
import Rotation
import RotationServices

extension RotatorServices {
    /// One run over one user, told as it goes.
    func run(_ user: ManagedUser, _ request: Request, _ log: RunLog, _ context: CommandContext) async -> RunResult {
        await conclude(await pass(over: user, request, log), request, log, context)
    }

    /// One pass over one user. Every action is told once its result is recorded.
    func pass(
        over user: ManagedUser, _ request: Request = .proceed, mayBegin: Bool = true, _ log: RunLog
    ) async -> PassOutcome {
        let driver = driver(for: user)
        var (end, actions) = await driver.run(
            pass(for: user, request: request, mayBegin: mayBegin), isStopping: { Interruption.isNoted }
        ) { action in
            log.say(.notice, "\(user.name): \(action)")
        }
        // A look is several requests: beside a rotator at work it may meet a journal from before a publication and a
        // parameter from after it. Nobody shall be called for that.
        if case .decided(.hold) = end, (try? await driver.isOutdated()) == true { end = .superseded }
        return PassOutcome(
            user, end: end, actions: actions, error: await driver.error, look: await driver.lastLook,
            mayBegin: mayBegin)
    }

    /// Tells how the passes over a user ended, and writes the dashboard's copy of the last look.
    func conclude(
        _ outcome: PassOutcome, _ request: Request, _ log: RunLog, _ context: CommandContext
    ) async -> RunResult {
        let user = outcome.user.name
        var (severity, message, status) = describe(outcome, context)
        if request == .rotate, status == .success, !outcome.actions.contains(.create) {
            (severity, status) = (.warning, .temporary)
            message = "no rotation was begun: \(message)"
        }
        log.say(severity, "\(user): \(message)")
        await report(outcome, log)
        return RunResult(
            user: user, actions: outcome.actions.map { "\($0)" }, message: message.printable, exitCode: status.rawValue)
    }

    private func describe(_ outcome: PassOutcome, _ context: CommandContext) -> (Severity, String, ExitStatus) {
        switch outcome.end {
        case .decided(.act(_, let reason)) where outcome.withheldSince != nil:
            return (.info, "\(reason), and waits for a later run: \(limit) others begin in this one", .success)
        case .decided(.wait(let reason, let until)):
            let date = until.map { " (\(Self.relative($0, to: context.now())))" } ?? ""
            return (.info, reason + date, .success)
        case .decided(.act(let action, let reason)):
            return (.info, "next run: \(action), because \(reason)", .success)
        case .decided(.hold(let reason)):
            return (.warning, "hold: \(reason)", .hold)
        case .leased(let owner, let until):
            let date = Self.relative(until, to: context.now())
            return (
                .warning, "\(owner) is at work, or was stopped in the middle: nothing is done before \(date)",
                .temporary
            )
        case .superseded:
            return (.warning, "another rotator was faster; run again to see where it is", .temporary)
        case .interrupted(let problem):
            // What ends a run is not always what began the trouble, such as a write whose answer was lost.
            let reason = outcome.error.map { "\($0)" }.flatMap { problem.contains($0) ? nil : " (\($0))" } ?? ""
            return (.error, problem + reason, outcome.error.map { CommandFailure($0).status } ?? .unexpected)
        }
    }

    /// Tells what the run's last look has to tell, if it came to one, and writes the dashboard's copy of it. A failure is said
    /// and changes nothing.
    private func report(_ outcome: PassOutcome, _ log: RunLog) async {
        guard let look = outcome.look else { return }
        let user = outcome.user
        var report = StatusReport.User(user.name, look.snapshot, look.observation, policy: user.policy)
        report.undelivered = await tell(report, look, outcome, log)
        do {
            try await S3StatusView(s3: s3, bucket: configuration.bucket).write(
                StatusReport(generatedAt: look.snapshot.now, users: [report]), of: user.name)
        } catch {
            log.say(.warning, "\(user.name): the dashboard's copy was not written: \(error)")
        }
    }

    static func relative(_ date: Date, to now: Date) -> String {
        let seconds = Int(date.timeIntervalSince(now).rounded())
        if seconds == 0 { return "now" }
        // The two clocks differ by a second or so: 14 days must not read as 13 days and 23 hours.
        let unit = seconds.magnitude >= 86_400 ? 3600 : seconds.magnitude >= 3600 ? 60 : 1
        let distance = Duration.seconds((Int(seconds.magnitude) + unit / 2) / unit * unit).inWords
        return seconds > 0 ? "in \(distance)" : "\(distance) ago"
    }
}

extension ExitStatus {
    /// Of several users: what most needs a person first, then what may pass by itself.
    static let rotatorsByUrgency: [ExitStatus] = [
        .configuration, .badData, .permission, .unexpected, .hold, .unavailable, .temporary, .stillWaiting,
        .wouldChange,
    ]

    static func worst(of statuses: [ExitStatus]) -> ExitStatus {
        rotatorsByUrgency.first(where: statuses.contains) ?? .success
    }
}
