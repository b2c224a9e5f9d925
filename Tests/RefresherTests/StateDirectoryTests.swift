import FoundationEssentials
import Handover
import HostSystem
import HostTestSupport
import Refresher
import Testing

/// What the agent remembers survives, and is never taken for something else.
struct StateDirectoryTests {
    let scratch = ScratchDirectory()

    private func outcome(_ number: Int) throws -> RefreshOutcome {
        let user = try #require(UserName("backup"))
        var outcome = RefreshOutcome(
            user: user, parameter: "/keybaton/backup", startedAt: Date(timeIntervalSince1970: Double(number)))
        outcome.parameterVersion = number
        return outcome
    }

    @Test func `The last ten runs and the owner first seen come back as they were saved`() throws {
        let directory = StateDirectory(path: scratch.path("a/b"))
        #expect(try directory.load() == AgentState())
        let lock = try directory.lock(waitingAtMost: .zero)
        var state = AgentState()
        var first = try outcome(1)
        first.principal = Principal(arn: "arn:aws:iam::123456789012:user/backup")
        try state.add(first)
        for number in 2...12 { try state.add(try outcome(number)) }
        try directory.save(state)
        _ = consume lock
        let loaded = try directory.load()
        #expect(loaded == state)
        let record = try #require(loaded[user: first.user])
        #expect(record.runs.map(\.parameterVersion) == (3...12).reversed().map { $0 })
        #expect(record.principal == first.principal)
        #expect(scratch.text("a/b/state")?.hasPrefix("keybaton-agent state 2\nowner backup arn:") == true)
        #expect(Command.run(["stat", "-c", "%a", scratch.path("a/b"), directory.statePath]).output == "700\n600\n")
    }

    @Test func `What hooks are owed comes back, until none are`() throws {
        let directory = StateDirectory(path: scratch.path("state"))
        let lock = try directory.lock(waitingAtMost: .zero)
        let user = try outcome(1).user
        let debt = HookDebt().adding(
            [.init(target: TargetName(path: "/a\n b", profile: "p", format: "env"), old: nil)],
            targets: [], hasDirectory: true)
        var state = AgentState()
        state.remember(debt, of: user)
        try directory.save(state)
        #expect(try directory.loadUnread()[user: user]?.owedHooks == debt)
        state.remember(HookDebt(), of: user)
        try directory.save(state)
        #expect(scratch.text("state/state") == "keybaton-agent state 2\n")
        _ = consume lock
    }

    @Test func `A state never grows beyond what the next run can load`() throws {
        let directory = StateDirectory(path: scratch.path)
        var state = AgentState()
        var long = try outcome(1)
        long.principal = Principal(arn: "arn:aws:iam::123456789012:user/backup")
        long.warnings = [String(repeating: "w", count: 1 << 20)]
        for _ in 1...10 { try state.add(long) }
        state.remember(HookDebt().adding([], targets: [], hasDirectory: true), of: long.user)
        try directory.save(state)
        let record = try #require(try directory.load()[user: long.user])
        #expect(record.principal == long.principal)
        #expect(record.runs == [long, long, long])
    }

    @Test func `A damaged state is an error, not an empty one`() throws {
        for text in [
            "", "{\"schema\": 1}", "keybaton-agent state 1\n", "keybaton-agent state 2",
            "keybaton-agent state 2\nowner backup", "keybaton-agent state 2\nowner backup\n",
            "keybaton-agent state 2\nowner backup arn:1\nowner backup arn:2\n", "keybaton-agent state 2\nnote a b\n",
            "keybaton-agent state 2\nrun backup {}", "keybaton-agent state 2\nowed backup [{]\n",
        ] {
            scratch.write("state", text)
            let failure = #expect(throws: StateError.self) { try StateDirectory(path: scratch.path).loadUnread() }
            #expect(failure?.description.contains("remove it") == true)
        }
    }

    @Test func `A run that cannot be read is an error for those who show it, and nothing to the next run`() throws {
        let directory = StateDirectory(path: scratch.path)
        scratch.write("state", "keybaton-agent state 2\nowner backup arn:1\nrun backup {\"user\":\n")
        #expect(throws: StateError.self) { try directory.load() }
        var state = try directory.loadUnread()
        let outcome = try outcome(1)
        #expect(state[user: outcome.user]?.principal == Principal(arn: "arn:1"))
        try state.add(outcome)
        try directory.save(state)
        #expect(scratch.text("state")?.hasSuffix("\nrun backup {\"user\":\n") == true)
        #expect(scratch.text("state")?.split(separator: "\n").count == 4)
    }

    @Test func `An owner that would break the line is not remembered`() throws {
        var state = AgentState()
        var outcome = try outcome(1)
        for arn in ["arn:1\nowner root arn:2", "arn: 1", ""] {
            outcome.principal = Principal(arn: arn)
            try state.add(outcome)
            #expect(state[user: outcome.user]?.principal == nil)
        }
    }

    @Test func `A second run does not get the lock`() throws {
        let directory = StateDirectory(path: scratch.path("state"))
        let lock = try directory.lock(waitingAtMost: .zero)
        #expect(throws: LockError.self) { _ = try directory.lock(waitingAtMost: .milliseconds(50)) }
        _ = consume lock
        _ = try directory.lock(waitingAtMost: .zero)
    }

    @Test func `A directory that others can write is refused`() {
        #expect(Command.run(["chmod", "777", scratch.path]).status == 0)
        #expect(throws: StateError.self) { _ = try StateDirectory(path: scratch.path).lock(waitingAtMost: .zero) }
    }
}
