import Handover
import Refresher
import Secrets
import Synchronization
import Testing

/// How a host comes back that has slept until none of its keys works any more.
struct RendezvousTests {
    let scene = Scene()
    /// A key of a separate identity, which the sleeping host has besides.
    let rendezvous = Scene.key("RENDEZVOUS")
    let ancient = Scene.key("ANCIENT")

    init() {
        scene.services.state.withLock { [rendezvous, ancient, old = scene.old, new = scene.new] in
            $0.owners[rendezvous] = "arn:aws:iam::123456789012:user/keybaton-rendezvous"
            $0.owners[ancient] = Scene.arn
            $0.inactive = [ancient.id, old.id]
            $0.versions = [Scene.text(ancient, nil), Scene.text(old, ancient), Scene.text(new, old)]
        }
    }

    @Test func `After several rotations it reads the parameter, knows the old key again and checks in`() async throws {
        let target = FakeTarget("a", .key(ancient))
        let outcome = await scene.run(target, rendezvous: rendezvous)
        #expect(outcome.problems.isEmpty)
        #expect(target.content == .key(scene.new))
        #expect(outcome.principal == Principal(arn: Scene.arn))
        #expect(outcome.warnings.count == 1)
        #expect(try scene.checkIn(under: scene.new)?.problem == nil)
    }

    @Test func `A host without any key gets its first one`() async {
        let target = FakeTarget("a", .empty)
        #expect(await scene.run(target, rendezvous: rendezvous).problems.isEmpty)
        #expect(target.content == .key(scene.new))
    }

    @Test func `As long as one key of the host works, the rendezvous key is neither read nor used`() async {
        var run = scene.makeRun([FakeTarget("a", .key(scene.new)), FakeTarget("b", .key(scene.old))])
        run.rendezvousKey = {
            Issue.record("it was read")
            throw FakeTarget.Refusal(description: "")
        }
        #expect(await run.execute().problems.isEmpty)
    }

    @Test(arguments: [
        "arn:aws:iam::999999999999:user/backup", "arn:aws:iam::123456789012:user/other",
        "arn:aws-cn:iam::123456789012:user/backup", "arn:aws:iam::123456789012:root",
    ])
    func `NEW must be the managed user's, of the account of the rendezvous identity`(_ arn: String) async {
        scene.services.state.withLock { [new = scene.new] in $0.owners[new] = arn }
        let target = FakeTarget("a", .key(ancient))
        #expect(await scene.run(target, rendezvous: rendezvous).problems.map(\.code) == ["foreign-key"])
        #expect(target.content == .key(ancient))
    }

    @Test func `The user's path does not matter as long as nothing is remembered, and then it does`() async {
        scene.services.state.withLock { [new = scene.new] in
            $0.owners[new] = "arn:aws:iam::123456789012:user/machines/backup"
        }
        let remembered = Principal(arn: Scene.arn)
        let refused = await scene.run(FakeTarget("a", .empty), expected: remembered, rendezvous: rendezvous)
        #expect(refused.problems.map(\.code) == ["foreign-key"])
        #expect(await scene.run(FakeTarget("a", .empty), rendezvous: rendezvous).problems.isEmpty)
    }

    @Test func `It signs the check-in only where no key of the user does`() async throws {
        let stuck = FakeTarget("a", .key(ancient))
        stuck.state.withLock { $0.isWritable = false }
        let outcome = await scene.run(stuck, rendezvous: rendezvous)
        #expect(outcome.hasCheckedIn)
        #expect(scene.services.calls.suffix(2).map(\.key) == [ancient.id, rendezvous.id])
        #expect(try scene.checkIn(under: ancient)?.problem?.code == "target-unwritable")
    }

    @Test func `A rendezvous key that is refused, or cannot be read, is told beside the host's own problem`() async {
        scene.services.state.withLock { [rendezvous] in $0.owners[rendezvous] = nil }
        let refused = await scene.run(FakeTarget("a", .key(ancient)), rendezvous: rendezvous)
        #expect(refused.problems.map(\.code) == ["keys-refused"])
        #expect(
            refused.problems.first?.message.contains("The rendezvous profile did not help: parameter failed") == true)
        var run = scene.makeRun([FakeTarget("a", .empty)])
        run.rendezvousKey = { throw FakeTarget.Refusal(description: "no key there") }
        let unread = await run.execute()
        #expect(unread.problems.map(\.code) == ["no-key"])
        #expect(unread.problems.first?.message.hasSuffix("no key there") == true)
    }

    @Test func `Without one, the message names the file, both commands and the setting`() async throws {
        let problem = try #require(await scene.run(FakeTarget("/home/a/keys", .key(ancient))).problems.first)
        #expect(problem.code == "keys-refused")
        for words in [
            "aws ssm get-parameter --with-decryption --name /keybaton/backup",
            "AWS_SHARED_CREDENTIALS_FILE=/home/a/keys aws configure --profile default", "rendezvous_profile",
            "keybaton reactivate backup",
        ] { #expect(problem.message.contains(words)) }
    }
}
