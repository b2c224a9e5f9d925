import ArgumentParser
import Console
import Destinations
import Handover
import Rotation
import RotationServices

struct RotateCommand: ContextualCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Begin the next rotation now: create a key and publish it",
        discussion: """
            OLD goes on working; `keybaton run` retires it as the user's policy says. With `next-rotation` an OLD that was \
            quiet for `quiet_period` is deleted first, as IAM allows two keys. With --path every configured user \
            below that IAM path, one after the other. With --outfile each user's NEW goes into a JSON document as well, \
            before the next user is touched: {"USER": {"AccessKeyId": …, "SecretAccessKey": …}}.
            """)

    @OptionGroup var options: CommonOptions
    @OptionGroup var argument: UserArgument
    @Option(help: "Every configured user below this IAM path, such as /ci/.") var path: String?
    @Option(
        help: ArgumentHelp("Where each user's NEW is written as well; - for standard output.", valueName: "file"),
        completion: .file())
    var outfile: String?
    @OptionGroup var change: ChangeOptions

    func validate() throws {
        if path != nil, argument.user != nil { throw ValidationError("give a user or --path, one of them") }
        if let path, !path.hasPrefix("/") || !path.hasSuffix("/") {
            throw ValidationError("--path begins and ends with /, as in /ci/")
        }
        if outfile == "-", change.json { throw ValidationError("--json and --outfile - would both be printed") }
    }

    func execute(_ context: CommandContext) async throws {
        let services = try options.services(context)
        let roster: Roster
        if let path {
            roster = try await services.roster(below: path, context)
        } else {
            roster = Roster(users: [try await services.user(named: argument.user)])
        }
        guard let outfile, !change.dryRun else {
            return try await services.perform(.rotate, roster, change, context)
        }
        let document = Outfile(outfile) { try context.output.handOver($0) }
        do {
            try await document.check()
        } catch {
            throw CommandFailure(error)
        }
        try await services.rotate(roster, into: document, json: change.json, context)
    }
}

extension RotatorServices {
    /// The configured users below an IAM path.
    ///
    /// Throws where there are none, or more than one run may give new keys to.
    fileprivate func roster(below path: String, _ context: CommandContext) async throws(CommandFailure) -> Roster {
        let all = await roster()
        all.tell(context)
        var below: [RoleARN?: Set<UserName>] = [:]
        for role in Set(entries.map(\.role)) {
            do {
                below[role] = Set(try await directory(assuming: role).users(below: path).compactMap { UserName($0) })
            } catch {
                throw CommandFailure(error)
            }
        }
        let (chosen, others) = all.users(below: below)
        guard !chosen.isEmpty else {
            throw CommandFailure(
                .configuration, "no configured user is below \(path.printable); IAM has \(shortList(others)) there")
        }
        if !others.isEmpty {
            context.log(.warning, "not configured, and left alone: \(shortList(others))")
        }
        guard chosen.count <= limit else {
            throw CommandFailure(
                .configuration,
                "\(chosen.count) users are below \(path.printable), and max_users_per_run = \(limit): nothing was done. "
                    + "Raise it in the configuration, or name a path with fewer users")
        }
        return Roster(users: chosen)
    }

    /// Rotates each of the users, one after the other, and writes each one's NEW before the next one is touched.
    ///
    /// It is read from the parameter, the store of record, so that also a user whose rotation had begun already is in the
    /// document, and what a stopped run left out is made up by calling it again.
    fileprivate func rotate(
        _ roster: Roster, into document: Outfile, json: Bool, _ context: CommandContext
    ) async throws {
        Interruption.await(saying: "\nstopping after the step under way; Ctrl-C again stops at once\n")
        let log = RunLog(context)
        var results: [RunResult] = []
        for user in roster.users where !Interruption.isNoted {
            let outcome = await pass(over: user, .rotate, log)
            var result = await conclude(outcome, .rotate, log, context)
            do {
                try await store(outcome, in: document)
                results.append(result)
            } catch {
                let failure = CommandFailure(error)
                result.message =
                    "\(failure). The key is in the parameter \(user.parameter); no user after this one was touched"
                result.exitCode = failure.status.rawValue
                log.say(.error, "\(user.name): \(result.message)")
                results.append(result)
                break
            }
        }
        var others: [ExitStatus] = results.count < roster.users.count ? [.temporary] : []
        do {
            try await document.finish()
        } catch {
            let failure = CommandFailure(error)
            log.say(.error, "\(failure). The keys are in the parameters: run again")
            others.append(failure.status)
        }
        if json { try context.printJSON(RunReport(users: results)) }
        let worst = ExitStatus.worst(of: results.map(\.status) + others)
        if worst != .success { throw ExitCode(worst.rawValue) }
    }

    /// Writes the NEW that a pass has left, if it came to know one.
    private func store(_ outcome: PassOutcome, in document: Outfile) async throws {
        let user = outcome.user
        guard let current = outcome.look?.snapshot.journal?.current else { return }
        // By its version: the newest one may still be answered as it was before the pass.
        guard case .published(let keys, _) = try await publication(of: user).read(version: current.version) else {
            throw CommandFailure(.temporary, "the Parameter Store does not answer version \(current.version) yet")
        }
        try await OutfileDestination(document, user: user.name).feed(keys.new)
        try await document.completed(user.name)
    }
}
