import AWS
import CredentialProcess
import FoundationEssentials
import Secrets
import Testing

@Suite struct ProcessCredentialsTests {
    private static let answer =
        #"{"Version": 1, "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "processsecret", "SessionToken": "t"}"#

    private func credentials(
        _ command: String, _ outcome: ProcessOutcome, expecting arguments: [String]? = nil
    ) async throws -> AWSCredentials {
        let context = CredentialsContext.scripted(runProcess: { process in
            if let arguments { #expect(process.arguments == arguments) }
            return outcome
        })
        return try await ProcessCredentialsProvider(command: command, source: "profile p", context: context)
            .credentials()
    }

    /// The right side is that of Python's `shlex.split`, which the AWS CLI uses.
    @Test(
        "A command is split as the AWS CLI does",
        arguments: [
            ("a b  c", ["a", "b", "c"]), ("  a\tb ", ["a", "b"]),
            (#""/o pt/x" --user "A B""#, ["/o pt/x", "--user", "A B"]),
            (#"a 'b "c" \d'"#, ["a", #"b "c" \d"#]), (#"a "b \" \\ \$ 'c'""#, ["a", #"b " \ \$ 'c'"#]),
            (#"a b\ c \"d"#, ["a", "b c", "\"d"]), (#"a '' "" b"c"'d'"#, ["a", "", "", "bcd"]),
            ("a $HOME | b; `c` ~", ["a", "$HOME", "|", "b;", "`c`", "~"]),
        ])
    func splitting(command: String, arguments: [String]) async throws {
        let outcome = ProcessOutcome(exitCode: 0, standardOutput: Array(Self.answer.utf8))
        let found = try await credentials(command, outcome, expecting: arguments)
        #expect(found.accessKeyID == "ASIAEXAMPLE" && found.secretAccessKey.reveal() == "processsecret")
        #expect(found.sessionToken?.reveal() == "t" && found.expiration == nil)
    }

    @Test(arguments: ["a 'b", "a \"b", "a \\", "", "   "])
    func aCommandThatCannotBeSplitIsRefused(command: String) async {
        await #expect(throws: CredentialsError.self) { try await credentials(command, ProcessOutcome(exitCode: 0)) }
    }

    @Test(
        "What a program printed is never part of an error; what it complained about is",
        arguments: [
            ProcessOutcome(
                exitCode: 3, standardOutput: Array(answer.utf8), standardError: Array("log in\u{1b}[1m first\n".utf8)),
            ProcessOutcome(exitCode: 0, standardOutput: Array((answer + "}").utf8)),
            ProcessOutcome(
                exitCode: 0,
                standardOutput: Array(#"{"Version": 2, "AccessKeyId": "A", "SecretAccessKey": "processsecret"}"#.utf8)),
            ProcessOutcome(
                exitCode: 0, standardOutput: Array(#"{"Version": 1, "SecretAccessKey": "processsecret"}"#.utf8)),
            ProcessOutcome(
                exitCode: 0,
                standardOutput: Array(
                    #"{"Version": 1, "AccessKeyId": "A\nB", "SecretAccessKey": "processsecret"}"#.utf8)),
            ProcessOutcome(
                exitCode: 0,
                standardOutput: Array(
                    #"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "processsecret", "Expiration": "soon"}"#
                        .utf8)),
        ])
    func errors(outcome: ProcessOutcome) async {
        await #expect {
            try await credentials("tool", outcome)
        } throws: { error in
            guard let error = error as? CredentialsError, error.code == .processFailed else { return false }
            let said = outcome.exitCode == 0 || error.message.contains("tool exited with code 3: log in[1m first")
            return said && !error.message.contains("processsecret")
        }
    }
}

/// Real programs.
@Suite struct ProcessRequestTests {
    private func run(
        _ arguments: [String], environment: [String: String] = ["PATH": "/usr/bin:/bin"],
        timeLimit: Duration = .seconds(20), outputLimit: Int = 1000
    ) async throws -> ProcessOutcome {
        try await CredentialsContext.live(environment: environment, sender: NoNetwork()).runProcess(
            ProcessRequest(
                arguments: arguments, environment: environment, timeLimit: timeLimit, outputLimit: outputLimit))
    }

    @Test func outputErrorsCodeAndEnvironmentArePassedOn() async throws {
        let outcome = try await run(
            ["sh", "-c", "echo \"$A\"; cat; echo err >&2; exit 7"], environment: ["PATH": "/usr/bin:/bin", "A": "b c"])
        #expect(outcome.exitCode == 7)
        #expect(outcome.standardOutput.reveal() == "b c\n")
        #expect(String(decoding: outcome.standardError, as: UTF8.self) == "err\n")
    }

    @Test func aSignalCountsAsItDoesInShells() async throws {
        #expect(try await run(["/bin/sh", "-c", "kill -TERM $$"]).exitCode == 143)
    }

    @Test(
        "A program that does not start, writes too much or does not end is an error",
        arguments: [["no-such-program-anywhere"], ["/no/such/program"], ["head", "-c", "2000", "/dev/zero"]])
    func failures(arguments: [String]) async {
        await #expect {
            try await run(arguments)
        } throws: {
            ($0 as? CredentialsError)?.code == .processFailed
        }
    }

    @Test func theTimeLimitEndsChildrenToo() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "keybaton-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        await #expect {
            // The child keeps the pipe open after its parent is gone.
            try await run(["sh", "-c", "sleep 60 & echo $! > \"$0\"; wait", file.path], timeLimit: .seconds(5))
        } throws: {
            "\($0)".contains("longer than")
        }
        let child = try Vectors.text(file).split(separator: "\n")[0]
        // Killed, it may be a zombie for a moment, or for ever where nobody reaps orphans: then it has no command line.
        let context = CredentialsContext.live(environment: [:], sender: NoNetwork())
        for _ in 0..<500 {
            let commandLine = try context.readFile("/proc/\(child)/cmdline")
            if commandLine == nil || commandLine == [] { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("the child \(child) is still there")
    }
}
