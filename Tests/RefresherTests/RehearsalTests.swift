import Handover
import Refresher
import Secrets
import Synchronization
import Testing

/// What a dry run says, and that it is nothing but words.
struct RehearsalTests {
    let scene = Scene()
    let runner = FakeHookRunner()

    private func rehearse(
        _ targets: FakeTarget..., owed: HookDebt = HookDebt(), isThorough: Bool = true
    ) async -> Rehearsal {
        await makeRun(targets).rehearse(owed: owed, isThorough: isThorough)
    }

    private func makeRun(_ targets: [FakeTarget]) -> RefreshRun {
        var run = scene.makeRun(targets)
        run.hooks = Hooks(arguments: [TargetName(targets[0]): ["/bin/restart", "it"]], runner: runner)
        return run
    }

    @Test func `It tells the lines and the hooks, and touches nothing`() async {
        runner.state.withLock { $0.directory.programs = ["10-one"] }
        let targets = [FakeTarget("/a", .key(scene.old)), FakeTarget("/b", .key(scene.new))]
        let rehearsal = await rehearse(targets[0], targets[1])
        #expect(rehearsal.hasWork && rehearsal.problems.isEmpty)
        #expect(rehearsal.publishedKeyID == scene.new.id && rehearsal.parameterVersion == 2)
        #expect(rehearsal.targets.map(\.isStale) == [true, false])
        #expect(rehearsal.targets.map(\.changes) == [["+ \(scene.new.id)"], []])
        #expect(rehearsal.hooks == ["/bin/restart for /a, profile default", "10-one"])
        #expect(targets.map(\.content) == [.key(scene.old), .key(scene.new)])
        #expect(runner.commands.isEmpty)
        #expect(!scene.services.calls.contains { $0.operation == .put })
        #expect(!"\(rehearsal)".contains(scene.new.secret.reveal()))
    }

    @Test func `Only the thorough one proves NEW, and one that is refused is no change`() async {
        scene.services.state.withLock { [new = scene.new] in $0.owners[new] = "arn:aws:iam::999999999999:user/backup" }
        let quick = await rehearse(FakeTarget("/a", .key(scene.old)), isThorough: false)
        #expect(quick.hasWork && quick.problems.isEmpty)
        let thorough = await rehearse(FakeTarget("/a", .key(scene.old)))
        #expect(!thorough.hasWork)
        #expect(thorough.problems.map(\.code) == ["foreign-key"])
    }

    @Test func `Nothing to do is nothing to do, unless a hook is owed`() async {
        let target = FakeTarget("/a", .key(scene.new))
        #expect(await !rehearse(target).hasWork)
        let owed = HookDebt().adding(
            [.init(target: TargetName(target), old: scene.old.id)], targets: [TargetName(target)], hasDirectory: false)
        #expect(await rehearse(target, owed: owed).hooks == ["/bin/restart for /a, profile default"])
    }

    @Test func `What would be left is told with its reason`() async {
        let broken = FakeTarget("/b", .key(scene.old))
        broken.state.withLock { $0.isReadable = false }
        let rehearsal = await rehearse(FakeTarget("/a", .key(Scene.key("UNKNOWN"))), broken, FakeTarget("/c", .empty))
        // Neither an unknown key that works for nobody nor an unreadable file can read the parameter.
        #expect(rehearsal.problems.map(\.code) == ["keys-refused", "target-unreadable"])
        let other = await rehearse(FakeTarget("/a", .key(scene.old)), FakeTarget("/b", .key(Scene.key("UNKNOWN"))))
        #expect(other.targets.map { $0.problem?.code } == [nil, "unknown-key"])
        #expect(other.hasWork)
    }

    @Test func `Without the network the last publication counts; without one nothing is taken for current`() {
        let targets = [FakeTarget("/a", .key(scene.new)), FakeTarget("/b", .key(scene.old)), FakeTarget("/c", .empty)]
        let run = makeRun(targets)
        #expect(run.rehearse(owed: HookDebt(), published: scene.new.id).targets.map(\.isStale) == [false, true, true])
        #expect(run.rehearse(owed: HookDebt(), published: nil).targets.map(\.isStale) == [true, true, true])
        #expect(scene.services.calls.isEmpty)
    }
}
