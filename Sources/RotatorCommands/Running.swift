import Console
import FoundationEssentials
import Handover
import Rotation
import RotationServices

/// How one run over one user ended: what `run --json` prints a user.
struct RunResult: Encodable {
    var user: UserName
    var actions: [String]
    /// What comes next, or why the run ended early.
    var message: String
    var exitCode: Int32
    var status: ExitStatus { ExitStatus(rawValue: exitCode) ?? .unexpected }

    private enum CodingKeys: String, CodingKey {
        case user, actions, message
        case exitCode = "exit_code"
    }
}

extension RotatorServices {
    /// One run over one user, told as it goes.
    ///
    /// - Parameter quiet: whether to tell only what needs a person.
    func run(
        _ user: ManagedUser, _ request: Request, quiet: Bool = false, _ context: CommandContext
    ) async -> RunResult {
        let driver = driver(for: user)
        var (end, actions) = await driver.run(pass(for: user, request: request)) { action in
            if !quiet { context.log(.notice, "\(user.name): \(action)") }
        }
        // A look is several requests: beside a rotator at work it may meet a journal from before a publication and a
        // parameter from after it. Nobody shall be called for that.
        if case .decided(.hold) = end, (try? await driver.isOutdated()) == true { end = .superseded }
        var (severity, message, status) = await describe(end, cause: driver.error, context)
        if request == .rotate, status == .success, !actions.contains(.create) {
            (severity, status) = (.warning, .temporary)
            message = "no rotation was begun, because the last one has not ended: \(message)"
        }
        if !quiet || severity.rawValue <= Severity.warning.rawValue {
            context.log(severity, "\(user.name): \(message)")
        }
        await report(on: user, driver, after: end, quiet: quiet, context)
        return RunResult(
            user: user.name, actions: actions.map { "\($0)" }, message: message.printable, exitCode: status.rawValue)
    }

    private func describe(
        _ end: Pass.End, cause: (any Error)?, _ context: CommandContext
    ) -> (Severity, String, ExitStatus) {
        switch end {
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
            let reason = cause.map { "\($0)" }.flatMap { problem.contains($0) ? nil : " (\($0))" } ?? ""
            return (.error, problem + reason, cause.map { CommandFailure($0).status } ?? .unexpected)
        }
    }

    /// Tells what the run's last look has to tell, if it came to one, and writes the dashboard's copy of it. A failure is said
    /// and changes nothing.
    private func report(
        on user: ManagedUser, _ driver: Driver, after end: Pass.End, quiet: Bool, _ context: CommandContext
    ) async {
        guard let look = await driver.lastLook else { return }
        var report = StatusReport.User(user.name, look.snapshot, look.observation, policy: user.policy)
        report.undelivered = await tell(report, look, of: user, after: end, quiet: quiet, context)
        do {
            try await S3StatusView(s3: s3, bucket: configuration.bucket).write(
                StatusReport(generatedAt: look.snapshot.now, users: [report]), of: user.name)
        } catch {
            context.log(.warning, "\(user.name): the dashboard's copy was not written: \(error)")
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
    static func worst(of statuses: [ExitStatus]) -> ExitStatus {
        let order: [ExitStatus] = [
            .configuration, .badData, .permission, .unexpected, .hold, .unavailable, .temporary, .stillWaiting,
        ]
        return order.first(where: statuses.contains) ?? .success
    }
}
