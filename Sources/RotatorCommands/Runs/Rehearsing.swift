import ArgumentParser
import Console
import Rotation

/// A look at one user, or why there is none.
struct Look: Sendable {
    var user: ManagedUser
    var seen: Result<(snapshot: JournalSnapshot, observation: Observation), CommandFailure>
}

extension RotatorServices {
    /// Looks at each of the users, side by side, and changes nothing. In the order of the users.
    ///
    /// - Parameter explainedHosts: hosts behind NEW of which the check-ins are read to show what keeps them.
    func look(at users: [ManagedUser], explainedHosts: Int = 0) async -> [Look] {
        await users.mapConcurrently { user in
            do {
                let driver = driver(for: user, explainedHosts: explainedHosts)
                var seen = try await driver.look()
                // Beside a rotator at work a look may meet what does not fit together: nobody shall be called for that.
                if case .hold = Planner.decide(seen.observation, from: seen.snapshot, policy: user.policy),
                    try await driver.isOutdated()
                {
                    seen = try await driver.look()
                }
                return Look(user: user, seen: .success(seen))
            } catch {
                return Look(user: user, seen: .failure(CommandFailure(error)))
            }
        }
    }

    /// Says what a request would do for each of the users now, and changes nothing.
    ///
    /// Ends with the exit code that most needs a person: a failed look, a hold, or `wouldChange`.
    func rehearse(_ request: Request, _ roster: Roster, json: Bool, _ context: CommandContext) async throws {
        var report = RehearsalReport(users: [], problems: roster.problems.map { "\($0)" })
        var statuses = [roster.status]
        var beginning = 0
        roster.tell(context)
        for look in await look(at: roster.users) {
            switch look.seen {
            case .success(let (snapshot, observation)):
                let decisions = Planner.foresee(
                    observation, from: snapshot, policy: look.user.policy, request: request, user: look.user.name)
                if case .act(let action, _)? = decisions.last, action.beginsRotation(under: look.user.policy) {
                    beginning += 1
                }
                let said = decisions.map { StatusReport.DecisionReport($0) }
                report.users.append(.init(user: look.user.name, decision: said[0], then: Array(said.dropFirst())))
                statuses += said.map(\.status)
                guard !json else { continue }
                for decision in said {
                    context.output.line("\(look.user.name): \(StatusText.sentence(decision, now: snapshot.now))")
                }
            case .failure(let failure):
                context.log(.error, "\(look.user.name): \(failure)")
                report.problems.append("\(look.user.name): \(failure)")
                statuses.append(failure.status)
            }
        }
        if beginning > limit, request == .proceed {
            context.log(
                .notice, "\(beginning) users are due, and one run begins \(limit) of them: max_users_per_run = \(limit)"
            )
        }
        if json { try context.printJSON(report) }
        let worst = ExitStatus.worst(of: statuses)
        if worst != .success { throw ExitCode(worst.rawValue) }
    }
}

extension StatusReport.DecisionReport {
    /// The exit code of a command that only says it.
    var status: ExitStatus {
        switch kind {
        case .act: .wouldChange
        case .wait: .success
        case .hold: .hold
        }
    }
}
