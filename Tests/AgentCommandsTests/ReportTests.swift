import Console
import CredentialsFile
import FoundationEssentials
import Handover
import HostTestSupport
import Refresher
import Secrets
import Testing

@testable import AgentCommands

/// What a run says, and with which exit code it ends.
struct ReportTests {
    private func outcome(_ problems: ProblemCode...) throws -> RefreshOutcome {
        let user = try #require(UserName("backup"))
        var outcome = RefreshOutcome(
            user: user, parameter: "/keybaton/backup", startedAt: Date(timeIntervalSince1970: 1_790_000_000))
        outcome.problems = problems.map { CheckIn.Problem($0, "said so") }
        return outcome
    }

    @Test(
        arguments: [
            (ProblemCode.unknownKey, 10), (.noKey, 10), (.keysRefused, 10), (.foreignKey, 65),
            (.parameterUnreadable, 65),
            (.targetUnreadable, 65), (.targetUnwritable, 65), (.parameterMissing, 78), (.refused, 78),
            (.accessDenied, 77), (.unavailable, 69), (.clock, 69), (.hookFailed, 15), (.notProved, 75),
        ] as [(ProblemCode, Int32)])
    func `Every problem has its exit code`(_ code: ProblemCode, _ status: Int32) throws {
        #expect(ExitStatus.worst(of: [try outcome(code)]).rawValue == status)
    }

    @Test func `The worst of all keys is the exit code, and no problem is success`() throws {
        #expect(ExitStatus.worst(of: [try outcome(), try outcome()]) == .success)
        #expect(
            ExitStatus.worst(of: [try outcome(.unavailable, .notProved), try outcome(.unknownKey), try outcome()])
                == .unknownKey)
        #expect(ExitStatus.worst(of: [try outcome(.notProved, .accessDenied)]) == .permission)
    }

    @Test func `One line tells what a key's run did and what is wrong`() throws {
        var outcome = try outcome(.targetUnwritable)
        outcome.keyID = AccessKeyID("AKIAOLD7777777777777")
        outcome.parameterVersion = 7
        outcome.rewritten = ["/a"]
        outcome.hasCheckedIn = true
        #expect(
            outcome.line
                == "backup: holds AKIAOLD7777777777777, version 7 of /keybaton/backup; installed in /a; checked in; "
                + "target-unwritable: said so")
        #expect(outcome.severity == .error)
        outcome.problems = []
        #expect(outcome.severity == .notice)
    }

    @Test func `status shows what the file holds now against what was published last`() throws {
        let directory = ScratchDirectory()
        directory.write(
            "credentials",
            "[default]\naws_access_key_id = AKIAOLD7777777777777\naws_secret_access_key = "
                + String(repeating: "s", count: 40) + "\n")
        let user = RunningUser(userID: 1000, home: "/", environment: [:])
        let opener = TargetOpener(for: user)
        let configuration = try AgentConfiguration(
            text: AgentConfigurationTests.head + "[[key]]\nuser = \"backup\"\n[[key.target]]\npath = \""
                + directory.path("credentials") + "\"\n",
            path: "agent.toml", user: user)
        var state = AgentState()
        let now = Date(timeIntervalSince1970: 1_790_007_200)
        let before = StatusReport(configuration, state, opener, generatedAt: now).lines(now: now)
        #expect(before.contains { $0.hasSuffix("not compared yet") })
        #expect(before.last == "backup: has not run yet")
        var run = try outcome()
        run.publishedKeyID = AccessKeyID("AKIANEW7777777777777")
        try state.add(run)
        // Another key stood there then, so that nobody can say whether this one is older or newer.
        let changed = StatusReport(configuration, state, opener, generatedAt: now).lines(now: now)
        #expect(changed.contains { $0.contains("AKIAOLD7777777777777") && $0.hasSuffix("changed since the last run") })
        run.targets = [
            CheckIn.Target(
                path: directory.path("credentials"), profile: "default", format: "aws-credentials",
                keyID: AccessKeyID("AKIAOLD7777777777777"), problem: nil)
        ]
        try state.add(run)
        let after = StatusReport(configuration, state, opener, generatedAt: now).lines(now: now)
        #expect(after.contains { $0.contains("AKIAOLD7777777777777") && $0.hasSuffix("behind") })
        #expect(after.last?.hasPrefix("2 h ago: backup: ") == true)
        let text = try json(StatusReport(configuration, state, opener, generatedAt: now))
        #expect(text.contains("\"schema\" : 1"))
        #expect(!text.contains("ssss"))
    }
}
