import Handover
import Refresher
import Secrets
import Synchronization
import Testing

/// When hooks are run, what they are told, and what becomes of one that fails.
struct HookRunTests {
    let scene = Scene()
    let runner = FakeHookRunner()

    /// A state that outlives runs.
    private final class Memory: Sendable {
        private let all = Mutex<[HookDebt]>([])
        var debts: [HookDebt] { all.withLock { $0 } }
        var owed: HookDebt { debts.last ?? HookDebt() }
        func remember(_ debt: HookDebt) { all.withLock { $0.append(debt) } }
    }

    private let memory = Memory()

    init() {
        runner.state.withLock { $0.directory.programs = ["10-one", "20-two"] }
    }

    private func run(_ targets: FakeTarget...) async -> RefreshOutcome {
        var run = scene.makeRun(targets)
        run.hooks = Hooks(arguments: [TargetName(targets[0]): ["/bin/restart", "it"]], runner: runner)
        return await run.execute(owed: memory.owed) { memory.remember($0) }
    }

    @Test func `A change runs the target's hook, then the directory's programs in their order, then checks in`() async {
        runner.state.withLock { [services = scene.services] in
            $0.whenRun = { #expect(!services.calls.contains { $0.operation == .put }) }
        }
        let outcome = await run(FakeTarget("/a", .key(scene.old)), FakeTarget("/b", .key(scene.old)))
        #expect(outcome.problems.isEmpty && outcome.hasCheckedIn)
        #expect(runner.names == ["/bin/restart it", "10-one", "20-two"])
        #expect(outcome.hooks?.map(\.name) == ["/bin/restart for /a, profile default", "10-one", "20-two"])
        #expect(memory.owed.isEmpty)
    }

    @Test func `Programs are told what has changed, and no secret`() async {
        _ = await run(FakeTarget("/a", .key(scene.old)), FakeTarget("/b", .empty))
        let common = [
            "KEYBATON_USER": "backup", "KEYBATON_KEY_ID": "\(scene.new.id)", "KEYBATON_OLD_KEY_ID": "\(scene.old.id)",
        ]
        let target = [
            "KEYBATON_TARGET_PATH": "/a", "KEYBATON_TARGET_PROFILE": "default",
            "KEYBATON_TARGET_FORMAT": "aws-credentials",
        ]
        let directory = ["KEYBATON_CHANGED": "/a\n/b"]
        #expect(
            runner.commands.map(\.environment) == [target, directory, directory].map { $0.merging(common) { $1 } })
    }

    @Test func `Where nothing changes nothing is run, asked for or remembered`() async {
        runner.state.withLock { $0.isDirectoryUsable = false }
        let outcome = await run(FakeTarget("/a", .key(scene.new)))
        #expect(outcome.problems.isEmpty && outcome.hooks == nil)
        #expect(runner.commands.isEmpty && memory.debts.isEmpty)
    }

    @Test func `What is owed is remembered before the file changes; when it cannot be, the file stays`() async throws {
        let target = FakeTarget("/a", .key(scene.old))
        var run = scene.makeRun([target])
        run.hooks = Hooks(arguments: [TargetName(target): ["/bin/restart"]], runner: runner)
        let outcome = await run.execute { _ in
            #expect(target.content == .key(scene.old))
            throw FakeTarget.Refusal(description: "no space")
        }
        #expect(outcome.problems.map(\.code) == ["hook-failed"])
        #expect(outcome.problems.first?.message.contains("no space") == true)
        #expect(target.content == .key(scene.old))
        #expect(runner.commands.isEmpty)
        #expect(try scene.checkIn(under: scene.old)?.problem?.code == "hook-failed")
    }

    @Test func `A hook that failed keeps its host from acknowledging, and is run by every run until it succeeds`()
        async throws
    {
        runner.state.withLock {
            $0.failing = ["10-one"]
            $0.output = "starting\nno such unit.\n"
        }
        let target = FakeTarget("/a", .key(scene.old))
        for _ in 1...2 {
            let outcome = await run(target)
            #expect(target.content == .key(scene.new))
            let problem = try #require(outcome.problems.first)
            #expect(problem.code == "hook-failed")
            #expect(problem.message.contains("10-one failed: exit code 3, its last line: no such unit. It is"))
            #expect(try scene.checkIn(under: scene.new)?.problem == problem)
        }
        #expect(runner.names == ["/bin/restart it", "10-one", "20-two", "10-one"])
        runner.state.withLock { $0.failing = [] }
        #expect(await run(target).problems.isEmpty)
        #expect(runner.names.count == 5)
        #expect(runner.commands.last?.environment["KEYBATON_OLD_KEY_ID"] == "\(scene.old.id)")
        #expect(try scene.checkIn(under: scene.new)?.problem == nil)
        _ = await run(target)
        #expect(runner.names.count == 5)
    }

    @Test func `After a crash in the middle the next run runs what is owed, though nothing changes any more`() async {
        let target = FakeTarget("/a", .key(scene.old))
        _ = await run(target)
        let beforeCrash = memory.debts[0]
        #expect(beforeCrash.entries.map(\.hook) == [.target(TargetName(target)), .directory])
        memory.remember(beforeCrash)
        runner.state.withLock { $0.commands = [] }
        #expect(await run(target).problems.isEmpty)
        #expect(runner.names == ["/bin/restart it", "10-one", "20-two"])
        #expect(target.state.withLock { $0.installations } == 1)
    }

    @Test func `Without AWS, too, what is owed is run`() async {
        let target = FakeTarget("/a", .key(scene.old))
        _ = await run(target)
        memory.remember(memory.debts[0])
        runner.state.withLock { $0.commands = [] }
        scene.services.state.withLock { $0.failure = { _, _ in .unavailable } }
        #expect(await run(target).problems.map(\.code) == ["unavailable"])
        #expect(runner.names.count == 3 && memory.owed.isEmpty)
    }

    @Test func `A target that could not be written owes no hook`() async {
        let stuck = FakeTarget("/a", .key(scene.old))
        stuck.state.withLock { $0.isWritable = false }
        #expect(await run(stuck).problems.map(\.code) == ["target-unwritable"])
        #expect(runner.commands.isEmpty)
        #expect(memory.owed.isEmpty)
    }

    @Test func `A directory that cannot be used is a problem until it can, and the target's hook goes on`() async {
        runner.state.withLock { $0.isDirectoryUsable = false }
        let target = FakeTarget("/a", .key(scene.old))
        #expect(await run(target).problems.map(\.message) == ["hooks.d: not usable"])
        #expect(runner.names == ["/bin/restart it"])
        #expect(memory.owed.entries.map(\.hook) == [.directory])
        runner.state.withLock { $0.isDirectoryUsable = true }
        #expect(await run(target).problems.isEmpty)
        #expect(runner.names == ["/bin/restart it", "10-one", "20-two"])
    }

    @Test func `A directory whose programs cannot be run is told of, also when there is no other in it`() async {
        runner.state.withLock { $0.directory = HookDirectory(warnings: ["restart is not executable"]) }
        #expect(await run(FakeTarget("/a", .key(scene.old))).warnings == ["restart is not executable"])
        #expect(memory.owed.isEmpty)
    }

    @Test func `A program that prints the keys does not get them into the log or the check-in`() async throws {
        runner.state.withLock { [old = scene.old, new = scene.new] in
            $0.failing = ["10-one"]
            $0.output = "\(old.secret.reveal())\n+ export X=\(new.secret.reveal())\n"
        }
        let outcome = await run(FakeTarget("/a", .key(scene.old)))
        let checkIn = try #require(try scene.checkIn(under: scene.new))
        for text in ["\(outcome)", "\(checkIn)"] {
            #expect(text.contains("export X=<redacted>"))
            #expect(!text.contains(scene.new.secret.reveal()) && !text.contains(scene.old.secret.reveal()))
        }
    }
}
