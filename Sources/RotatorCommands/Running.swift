import Console
import FoundationEssentials
import Handover
import Rotation
import RotationServices

extension RotatorServices {
    /// One run over one user, told as it goes. Returns the exit code that the end deserves.
    func run(_ user: ManagedUser, _ request: Request, _ context: CommandContext) async -> ExitStatus {
        let driver = driver(for: user)
        let (end, actions) = await driver.run(pass(for: user, request: request)) { action in
            context.log(.notice, "\(user.name): \(action)")
        }
        let status = await tell(end, of: user, cause: driver.error, context)
        await writeView(user, driver, context)
        if request == .rotate, status == .success, !actions.contains(.create) {
            context.log(.warning, "\(user.name): no rotation was begun: the last one has not ended")
            return .temporary
        }
        return status
    }

    private func tell(
        _ end: Pass.End, of user: ManagedUser, cause: (any Error)?, _ context: CommandContext
    ) -> ExitStatus {
        switch end {
        case .decided(.wait(let reason, let until)):
            let date = until.map { " (\(Self.relative($0, to: context.now())))" } ?? ""
            context.log(.info, "\(user.name): \(reason)\(date)")
            return .success
        case .decided(.act(let action, let reason)):
            context.log(.info, "\(user.name): next run: \(action), because \(reason)")
            return .success
        case .decided(.hold(let reason)):
            context.log(.warning, "\(user.name): hold: \(reason)")
            return .hold
        case .leased(let owner, let until):
            context.log(
                .warning,
                "\(user.name): \(owner) is at work, or was stopped in the middle: nothing is done before "
                    + Self.relative(until, to: context.now()))
            return .temporary
        case .superseded:
            context.log(.warning, "\(user.name): another rotator was faster; run again to see where it is")
            return .temporary
        case .interrupted(let problem):
            context.log(.error, "\(user.name): \(problem)")
            return cause.map { CommandFailure($0).status } ?? .unexpected
        }
    }

    /// The dashboard's copy of the run's last look, if it came to one. Its failure is told and changes nothing.
    private func writeView(_ user: ManagedUser, _ driver: Driver, _ context: CommandContext) async {
        guard let (snapshot, observation) = await driver.lastLook else { return }
        do {
            let report = StatusReport(
                generatedAt: snapshot.now,
                users: [StatusReport.User(user.name, snapshot, observation, policy: user.policy)])
            try await S3StatusView(s3: s3, bucket: configuration.bucket).write(report, of: user.name)
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
