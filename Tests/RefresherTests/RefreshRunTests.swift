import AWS
import FoundationEssentials
import Handover
import Refresher
import Secrets
import Synchronization
import Testing

/// What a run reads, installs, leaves alone and says, with AWS and the files in memory.
struct RefreshRunTests {
    let scene = Scene()

    @Test func `NEW everywhere asks for the parameter and checks in, nothing else`() async throws {
        let target = FakeTarget("a", .key(scene.new))
        let outcome = await scene.run(target, expected: Principal(arn: Scene.arn))
        #expect(scene.services.calls.map(\.operation) == [.parameter, .put])
        #expect(outcome.problems.isEmpty && outcome.hasCheckedIn && outcome.rewritten.isEmpty)
        #expect(scene.slept.all.isEmpty)
        let checkIn = try #require(try scene.checkIn(under: scene.new))
        #expect(checkIn.problem == nil)
        #expect(checkIn.parameterVersion == 2)
    }

    @Test func `Whose the keys are is remembered from the first run on, once every target holds NEW`() async {
        #expect(await scene.run(FakeTarget("a", .key(scene.new))).principal == Principal(arn: Scene.arn))
        #expect(
            await scene.run(FakeTarget("a", .key(scene.new)), FakeTarget("b", .key(Scene.key("X")))).principal == nil)
        scene.services.state.withLock { [new = scene.new] in $0.owners[new] = "arn:aws:iam::123456789012:user/other" }
        #expect(await scene.run(FakeTarget("a", .key(scene.new))).principal == nil)
    }

    @Test func `NEW takes the place of OLD and of nothing, in all targets`() async throws {
        let targets = [FakeTarget("a", .key(scene.old)), FakeTarget("b", .empty)]
        let outcome = await scene.run(targets[0], targets[1])
        #expect(outcome.problems.isEmpty)
        #expect(outcome.rewritten == ["a", "b"])
        #expect(outcome.principal == Principal(arn: Scene.arn))
        #expect(targets.map(\.content) == [.key(scene.new), .key(scene.new)])
        #expect(try scene.checkIn(under: scene.new)?.targets.map(\.keyID) == [scene.new.id, scene.new.id])
    }

    @Test func `A publication that is younger than adopt_after is waited for, and no longer`() async {
        scene.services.state.withLock { $0.writtenAt = Scene.epoch - 10 }
        _ = await scene.run(FakeTarget("a", .key(scene.old)))
        #expect(scene.slept.all.first == .seconds(50))
    }

    @Test func `A clock that is behind does not make the wait longer than adopt_after`() async {
        scene.services.state.withLock { $0.writtenAt = Scene.epoch + 7200 }
        _ = await scene.run(FakeTarget("a", .key(scene.old)))
        #expect(scene.slept.all.first == .seconds(60))
    }

    @Test func `A NEW that AWS does not know yet is asked for again for about a minute, and OLD stays`() async throws {
        scene.services.state.withLock { [new = scene.new] in $0.inactive = [new.id] }
        let target = FakeTarget("a", .key(scene.old))
        let outcome = await scene.run(target)
        #expect(outcome.problems.map(\.code) == ["not-proved"])
        #expect(target.content == .key(scene.old))
        #expect((.seconds(60)...(.seconds(75))).contains(scene.slept.total))
        #expect(try scene.checkIn(under: scene.old)?.problem?.code == "not-proved")
    }

    @Test func `A refusal between two acceptances makes the first one worthless`() async {
        let new = scene.new.id
        scene.services.state.withLock {
            $0.failure = { call, count in
                // The third GetCallerIdentity: OLD's owner, NEW accepted once, NEW refused.
                call.operation == .principal && call.key == new && count == 3 ? .keyNotAccepted : nil
            }
        }
        let outcome = await scene.run(FakeTarget("a", .key(scene.old)))
        #expect(outcome.problems.isEmpty)
        #expect(scene.services.calls.count { $0.operation == .parameter && $0.key == new } == 3)
    }

    @Test func `A NEW with a wrong secret is never installed and not waited for`() async {
        let forged = AccessKey(id: scene.new.id, secret: Secret(String(repeating: "y", count: 40)))
        scene.services.state.withLock { [old = scene.old] in
            $0.versions.append(forged.map { Scene.text($0, old) } ?? Secret(""))
        }
        let target = FakeTarget("a", .key(scene.old))
        #expect(await scene.run(target).problems.map(\.code) == ["not-proved"])
        #expect(target.content == .key(scene.old))
        #expect(scene.slept.all.isEmpty)
    }

    @Test(arguments: [
        "arn:aws:iam::999999999999:user/backup", "arn:aws:iam::123456789012:user/other",
        "arn:aws:iam::123456789012:root", "arn:aws:sts::123456789012:assumed-role/backup/backup",
    ])
    func `A NEW of anybody else is never installed`(_ arn: String) async throws {
        scene.services.state.withLock { [new = scene.new] in $0.owners[new] = arn }
        let target = FakeTarget("a", .key(scene.old))
        let outcome = await scene.run(target)
        #expect(outcome.problems.map(\.code) == ["foreign-key"])
        #expect(outcome.principal == nil)
        #expect(target.content == .key(scene.old))
        #expect(try scene.checkIn(under: scene.old)?.problem?.code == "foreign-key")
    }

    @Test func `Who holds a key of an account of his own in one target does not choose what the others get`() async {
        let scene = Scene()
        let thief = Scene.key("THIEF")
        scene.services.state.withLock {
            $0.owners[thief] = "arn:aws:iam::999999999999:user/backup"
            $0.versions = [Scene.text(thief, scene.old)]
        }
        let (his, ours) = (FakeTarget("his", .key(thief)), FakeTarget("ours", .key(scene.old)))
        let outcome = await scene.run(his, ours)
        #expect(ours.content == .key(scene.old))
        #expect(outcome.problems.first?.known == .foreignKey)
        #expect(outcome.problems.first?.message.contains("expect_arn") == true)
    }

    @Test func `The owner remembered counts, even when the key held belongs to somebody else by now`() async {
        let other = "arn:aws:iam::999999999999:user/backup"
        scene.services.state.withLock { [old = scene.old, new = scene.new] in $0.owners = [old: other, new: other] }
        let target = FakeTarget("a", .key(scene.old))
        let outcome = await scene.run(target, expected: Principal(arn: Scene.arn))
        #expect(outcome.problems.map(\.code) == ["foreign-key"])
        #expect(target.content == .key(scene.old))
    }

    @Test func `While one target cannot be written the host holds OLD, and NEW signs for it`() async throws {
        let written = FakeTarget("a", .key(scene.old))
        let stuck = FakeTarget("b", .key(scene.old))
        stuck.state.withLock { $0.isWritable = false }
        let outcome = await scene.run(written, stuck)
        #expect(outcome.keyID == scene.old.id)
        #expect(outcome.problems == [CheckIn.Problem(.targetUnwritable, "b: cannot be written")])
        #expect(scene.services.calls.last == FakeServices.Call(operation: .put, key: scene.new.id))
        #expect(try scene.checkIn(under: scene.new) == nil)
        let checkIn = try #require(try scene.checkIn(under: scene.old))
        #expect(checkIn.targets.map(\.keyID) == [scene.new.id, scene.old.id])
        #expect(checkIn.targets.map { $0.problem?.code } == [nil, "target-unwritable"])
    }

    @Test func `The key of another target reads the parameter when the first target's is dead`() async {
        scene.services.state.withLock { [old = scene.old] in $0.inactive = [old.id] }
        let dead = FakeTarget("a", .key(scene.old))
        let outcome = await scene.run(dead, FakeTarget("b", .key(scene.new)))
        #expect(outcome.problems.isEmpty)
        #expect(dead.content == .key(scene.new))
    }

    @Test func `A key of an earlier version is replaced, and versions are read newest first until it is found`() async {
        let ancient = Scene.key("ANCIENT")
        scene.services.state.withLock { [old = scene.old, new = scene.new] in
            $0.owners[ancient] = Scene.arn
            $0.versions = [Scene.text(ancient, nil), Scene.text(old, ancient), Secret("broken"), Scene.text(new, nil)]
        }
        let target = FakeTarget("a", .key(ancient))
        #expect(await scene.run(target).problems.isEmpty)
        #expect(target.content == .key(scene.new))
        #expect(scene.services.calls.compactMap(\.version) == [3, 2])
    }

    @Test func `Of many versions only the newest ten are searched for an unknown key`() async throws {
        let unknown = Scene.key("UNKNOWN")
        scene.services.state.withLock { [new = scene.new] in
            $0.owners[unknown] = Scene.arn
            $0.versions = Array(repeating: Scene.text(new, nil), count: 50)
        }
        let target = FakeTarget("a", .key(unknown))
        #expect(await scene.run(target).problems.map(\.code) == ["unknown-key"])
        #expect(scene.services.calls.count { $0.version != nil } == 10)
        #expect(target.content == .key(unknown))
        #expect(try scene.checkIn(under: unknown)?.problem?.code == "unknown-key")
    }

    @Test func `An unknown key is left while the other target gets NEW, and the host holds the unknown one`() async {
        let unknown = Scene.key("UNKNOWN")
        let (kept, written) = (FakeTarget("a", .key(unknown)), FakeTarget("b", .key(scene.old)))
        let outcome = await scene.run(kept, written)
        #expect(kept.content == .key(unknown))
        #expect(written.content == .key(scene.new))
        #expect(outcome.keyID == unknown.id)
        #expect(outcome.hasCheckedIn)
    }

    @Test func `--adopt replaces an unknown key without searching for it`() async {
        let target = FakeTarget("a", .key(Scene.key("UNKNOWN")))
        let other = FakeTarget("b", .foreign(description: "line 2: none of AWS"))
        #expect(await scene.run(target, other, FakeTarget("c", .key(scene.old)), adopt: true).problems.isEmpty)
        #expect(target.content == .key(scene.new))
        #expect(other.content == .key(scene.new))
        #expect(scene.services.calls.allSatisfy { $0.version == nil })
    }

    @Test func `Credentials that are none of AWS are left alone`() async {
        let target = FakeTarget("a", .foreign(description: "line 2: none of AWS"))
        let outcome = await scene.run(target, FakeTarget("b", .key(scene.new)))
        #expect(outcome.problems.map(\.code) == ["unknown-key"])
        #expect(target.content == .foreign(description: "line 2: none of AWS"))
    }

    @Test func `A session token beside NEW, which would spoil it, is taken away`() async {
        let target = FakeTarget("a", .keyWithSessionToken(scene.new))
        #expect(await scene.run(target).problems.isEmpty)
        #expect(target.content == .key(scene.new))
    }

    @Test func `Another program that puts OLD back at once is noticed`() async throws {
        let target = FakeTarget("a", .key(scene.old))
        target.state.withLock { [old = scene.old] in $0.overwrittenWith = .key(old) }
        let outcome = await scene.run(target)
        #expect(outcome.problems.map(\.code) == ["target-unwritable"])
        #expect(try scene.checkIn(under: scene.new) == nil)
        #expect(try scene.checkIn(under: scene.old)?.problem?.code == "target-unwritable")
    }

    @Test func `A target that cannot be read is a problem, and the others go on`() async throws {
        let broken = FakeTarget("a", .key(scene.old))
        broken.state.withLock { $0.isReadable = false }
        let outcome = await scene.run(broken, FakeTarget("b", .key(scene.old)))
        #expect(outcome.problems.map(\.code) == ["target-unreadable"])
        #expect(try scene.checkIn(under: scene.new)?.problem?.code == "target-unreadable")
        #expect(broken.content == .key(scene.old))
    }

    @Test func `While S3 does not know NEW yet, the key that read the parameter signs the check-in`() async throws {
        let new = scene.new.id
        scene.services.state.withLock {
            $0.failure = { call, _ in call.operation == .put && call.key == new ? .keyNotAccepted : nil }
        }
        #expect(await scene.run(FakeTarget("a", .key(scene.old))).hasCheckedIn)
        #expect(scene.services.calls.suffix(2).map(\.key) == [scene.new.id, scene.old.id])
        #expect(try scene.checkIn(under: scene.new)?.problem == nil)
    }

    @Test func `A host that may not read the parameter still checks in, with version 0`() async throws {
        scene.services.state.withLock { $0.failure = { call, _ in call.operation == .parameter ? .accessDenied : nil } }
        #expect(await scene.run(FakeTarget("a", .key(scene.old))).problems.map(\.code) == ["access-denied"])
        let checkIn = try #require(try scene.checkIn(under: scene.old))
        #expect(checkIn.parameterVersion == 0)
        #expect(checkIn.problem?.code == "access-denied")
    }

    @Test func `A parameter that no rotator wrote changes nothing and is not quoted`() async throws {
        scene.services.state.withLock { $0.versions.append(Secret("NEW\nsecret-in-the-wrong-place\n")) }
        let target = FakeTarget("a", .key(scene.old))
        let outcome = await scene.run(target)
        #expect(outcome.problems.map(\.code) == ["parameter-unreadable"])
        #expect(!"\(outcome)".contains("secret-in-the-wrong-place"))
        #expect(target.content == .key(scene.old))
    }

    @Test func `A secret that is not the key's own is said to be that`() async {
        let broken = AccessKey(id: scene.old.id, secret: Secret(String(repeating: "y", count: 40)))
        let target = FakeTarget("a", broken.map { .key($0) } ?? .empty)
        let outcome = await scene.run(target)
        #expect(outcome.problems.map(\.code) == ["keys-refused"])
        #expect(outcome.problems.first?.message.contains("the secret beside the key id is not its own") == true)
    }

    @Test func `Without any key, or with dead ones only, the message says what to do by hand`() async throws {
        let none = await scene.run(FakeTarget("a", .empty))
        #expect(none.problems.map(\.code) == ["no-key"])
        #expect(scene.services.calls.isEmpty)
        scene.services.state.withLock { [old = scene.old] in $0.inactive = [old.id] }
        let dead = await scene.run(FakeTarget("a", .key(scene.old)))
        #expect(dead.problems.map(\.code) == ["keys-refused"])
        #expect((none.problems + dead.problems).allSatisfy { $0.message.contains("aws configure --profile default") })
    }

    @Test func `An unreadable file is not said to hold no key, and nobody is told to put one there`() async {
        let broken = FakeTarget("a", .key(scene.old))
        broken.state.withLock { $0.isReadable = false }
        let outcome = await scene.run(broken)
        #expect(outcome.problems.map(\.code) == ["target-unreadable", "target-unreadable"])
        #expect(!outcome.problems.contains { $0.message.contains("by hand") })
        #expect(scene.services.calls.isEmpty)
    }

    @Test(arguments: FakeServices.Operation.allCases, ServiceFailure.Kind.allCases)
    func `A failure of any call at any point leaves a key that works, and the next run installs NEW`(
        _ operation: FakeServices.Operation, _ kind: ServiceFailure.Kind
    ) async throws {
        for point in 1...4 {
            let scene = Scene()
            scene.services.state.withLock {
                $0.failure = { call, count in call.operation == operation && count >= point ? kind : nil }
            }
            let target = FakeTarget("a", .key(scene.old))
            let first = await scene.run(target)
            #expect([.key(scene.old), .key(scene.new)].contains(target.content))
            #expect(first.hasCheckedIn || !first.problems.isEmpty)
            // An acknowledgement is never more than the truth.
            if let acknowledged = try scene.checkIn(under: scene.new), acknowledged.problem == nil {
                #expect(target.content == .key(scene.new))
            }
            scene.services.state.withLock { $0.failure = { _, _ in nil } }
            #expect(await scene.run(target).problems.isEmpty)
            #expect(target.content == .key(scene.new))
            #expect(try scene.checkIn(under: scene.new)?.problem == nil)
        }
    }
}
