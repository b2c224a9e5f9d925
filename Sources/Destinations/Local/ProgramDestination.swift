import Dispatch
package import Handover
import HostSystem
package import Rotation
package import Secrets

/// A program that is given the key on its standard input, as one line of JSON, and puts it where it belongs.
///
///     {"format": 1, "user": "backup", "access_key_id": "…", "secret_access_key": "…"}
///
/// Exit code 0 says that the key is stored for good. After any other it is given the same key again, by the next run.
package struct ProgramDestination: Destination {
    package let name: String
    private let command: [String]
    private let check: [String]?
    private let user: UserName
    private let timeLimit: Duration
    private let environment: [String: String]

    /// - Parameters:
    ///   - command: the program's whole path, then its arguments; not empty.
    ///   - check: a program that prints the id of the key that is stored, or nothing; nil: there is no telling.
    ///   - name: nil: the program's path.
    package init(command: [String], check: [String]? = nil, name: String? = nil, user: UserName, timeLimit: Duration) {
        self.name = "program \(name ?? command.first ?? "")"
        self.command = command
        self.check = check
        self.user = user
        self.timeLimit = timeLimit
        // The same under cron, under systemd and at a terminal; and none of the rotator's own credentials.
        environment = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
            "HOME": (try? UserAccount.withID(UserAccount.effectiveUserID))?.home ?? "/",
        ]
    }

    package func observe() async -> Observation.Destination {
        guard let check else { return .cannotTell }
        do throws(EffectError) {
            let run = try await run(check, input: Secret(#"{"format": 1, "user": "\#(user)"}"# + "\n"))
            // Never quoted: whatever it shows of the place may be a secret, and this sentence goes to logs and notices.
            guard run.ending == .exited(0) else {
                return .failing(
                    DestinationProblem("\(check[0]) \(end(run.ending)); what it said is not shown: run it by hand"))
            }
            guard let line = ProgramOutput(run.output).lastLine else { return .needsFeeding }
            guard let id = AccessKeyID(line) else {
                return .failing(
                    DestinationProblem(
                        "\(check[0]) printed something else than the id of an access key or nothing, which is not shown: "
                            + "run it by hand"))
            }
            return .holds(id)
        } catch {
            switch error {
            case .refused(let cause), .uncertain(let cause): return .failing("\(cause)")
            }
        }
    }

    package func feed(_ key: AccessKey) async throws(EffectError) {
        // Neither names of users nor what keys consist of needs an escape.
        let input = Secret(
            #"{"format": 1, "user": "\#(user)", "access_key_id": "\#(key.id)", "#
                + #""secret_access_key": "\#(key.secret.reveal())"}"# + "\n")
        let run = try await run(command, input: input)
        guard run.ending == .exited(0) else {
            // It may have come half of the way.
            let words = ProgramOutput(run.output).lastLines(hiding: key.secret)
            throw .uncertain(
                DestinationProblem(
                    "\(command[0]) \(end(run.ending))\(words.isEmpty ? "; it said nothing" : ": \(words)")"))
        }
    }

    /// Throws `.refused` when the program was not started.
    private func run(_ command: [String], input: Secret) async throws(EffectError) -> ProgramRun {
        // Its thread waits for the program, which may take its time: so it must be none of those that tasks share.
        let result = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: Result { try start(command, input) }) }
        }
        do {
            return try result.get()
        } catch let error as UntrustedPath {
            throw .refused(DestinationProblem("root must not run \(error)"))
        } catch {
            throw .refused(DestinationProblem("\(command[0]) could not be started: \(error)"))
        }
    }

    private func start(_ command: [String], _ input: Secret) throws -> ProgramRun {
        if UserAccount.effectiveUserID == 0 { try requireOnlyRootCanChange(command[0]) }
        return try input.withBytes { bytes throws(SystemCallError) in
            try ProgramRun(
                command[0], arguments: Array(command.dropFirst()), environment: environment, input: bytes,
                timeLimit: timeLimit)
        }
    }

    private func end(_ ending: ProgramRun.Ending) -> String {
        switch ending {
        case .exited(let code): "ended with exit code \(code)"
        case .killed(let signal): "was ended by signal \(signal)"
        case .outOfTime: "took longer than \(timeLimit / .seconds(1)) s and was stopped; `timeout` gives it more"
        case .unknown: "ended in a way that could not be seen"
        }
    }
}
