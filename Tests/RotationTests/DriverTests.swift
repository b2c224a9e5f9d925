import FoundationEssentials
import Handover
import Rotation
import Secrets
import Testing

@Suite("The driver, over a cloud in memory") struct DriverTests {
    @Test("a whole rotation: create, publish, acknowledge, deactivate, wait out the grace, delete")
    func wholeRotation() async throws {
        let relay = try await Relay.steady()
        let (a, b) = (try Example.id("A"), try Example.id("B"))
        var (end, actions) = await relay.run()
        #expect(actions.map(\.description).first == "rebuild the journal from version 1, NEW \(a)")
        expectWait(try decision(end), until: Example.now + .days(30))

        await relay.cloud.advance(by: .days(30))
        (end, actions) = await relay.run()
        #expect(actions == [.create])
        expectWait(try decision(end), until: Example.now + .days(44), "0 of 2")
        #expect(await relay.cloud.versions.last?.ids == PublishedIDs(new: b, old: a))

        await relay.cloud.advance(by: .days(1))
        try await relay.checkIn("nas")
        (end, actions) = await relay.run()
        #expect(actions.isEmpty)
        expectWait(try decision(end), until: Example.now + .days(44), "pi reports")
        #expect(try await relay.status("A") == .active)

        try await relay.checkIn("pi")
        (end, actions) = await relay.run()
        #expect(actions == [.deactivate(a), .recordDeactivation(a)])
        #expect(try await relay.status("A") == .inactive)
        expectWait(try decision(end), until: Example.now + .days(38), "`keybaton reactivate backup`")

        await relay.cloud.advance(by: .days(7))
        (end, actions) = await relay.run()
        expectWait(try decision(end), until: Example.now + .days(52), "once nas, pi have been seen working without it")
        await relay.cloud.advance(by: .seconds(1))
        try await relay.checkIn("nas", "pi")
        (end, actions) = await relay.run()
        #expect(actions == [.delete(a)])
        #expect(try await relay.status("A") == nil)
        #expect(try await relay.journal().previous == .init(id: a, state: .deleted))
        expectWait(try decision(end), until: Example.now + .days(60), "due")

        // The next rotation retires the first key's check-ins.
        await relay.cloud.advance(by: .days(30))
        (end, actions) = await relay.run()
        #expect(actions == [.create])
        #expect(try await relay.journal().retired == [a])
        await relay.run()
        #expect(await relay.cloud.removed == [a])
    }

    private func decision(_ end: Pass.End, _ location: SourceLocation = #_sourceLocation) throws -> Decision {
        guard case .decided(let decision) = end else {
            Issue.record("\(end)", sourceLocation: location)
            throw InMemoryCloud.Failure()
        }
        return decision
    }

    /// A is OLD, B is NEW and held by both.
    private func acknowledged() async throws -> Relay {
        let relay = try await Relay.steady()
        await relay.run()
        await relay.run(.rotate)
        await relay.cloud.advance(by: .days(10))
        try await relay.checkIn("nas", "pi")
        return relay
    }

    @Test("everything that changes IAM or the parameter is signed with the date of the intent")
    func signatures() async throws {
        let relay = try await acknowledged()
        await relay.run()
        await relay.run(.reactivate)
        await relay.run(.rollback)
        let calls = await relay.cloud.calls
        let changes = calls.filter { [.createKey, .setStatus, .deleteKey, .publish].contains($0.operation) }
        #expect(changes.count >= 5)
        for (index, call) in calls.enumerated() where call.signedAt != nil {
            let write = try #require(calls[..<index].last { $0.operation == .writeJournal })
            #expect(call.signedAt == write.at)
        }
        #expect(changes.allSatisfy { $0.signedAt != nil })
    }

    @Test func lookingWritesNothing() async throws {
        let relay = try await acknowledged()
        let before = await (relay.cloud.journal?.etag, relay.cloud.keys, relay.cloud.versions.count)
        let look = try await relay.driver().look()
        #expect(look.snapshot.journal?.current?.version == 2)
        #expect(look.observation.checkIns.count == 2)
        let after = await (relay.cloud.journal?.etag, relay.cloud.keys, relay.cloud.versions.count)
        #expect(before == after)
        let changing: Set<InMemoryCloud.Operation> = [.writeJournal, .createKey, .setStatus, .deleteKey, .publish]
        let writesBefore = await relay.cloud.calls.count { changing.contains($0.operation) }
        _ = try await relay.driver().look()
        #expect(await relay.cloud.calls.count { changing.contains($0.operation) } == writesBefore)
    }

    @Test("an operator's way back: reactivate, then roll back") func wayBack() async throws {
        let relay = try await acknowledged()
        await relay.run()
        var actions = await relay.run(.reactivate).actions
        #expect(actions == [.reactivate(try Example.id("A"))])
        #expect(try await relay.status("A") == .active)
        #expect(await relay.run().actions.isEmpty, "it is not deactivated again at once")
        actions = await relay.run(.rollback).actions
        #expect(actions.first == .rollback(to: try Example.id("A")))
        let swapped = PublishedIDs(new: try Example.id("A"), old: try Example.id("B"))
        #expect(await relay.cloud.versions.last?.ids == swapped)
        #expect(try await relay.journal().current?.version == 3)
    }

    // MARK: Destinations

    @Test("a destination is fed once, and only then is OLD retired") func feeding() async throws {
        var relay = try await acknowledged()
        let pipeline = InMemoryDestination(name: "pipeline")
        relay.destinations = [pipeline]
        let actions = await relay.run().actions
        #expect(actions.first == .feed(destination: "pipeline", try Example.id("B")))
        #expect(actions.contains(.deactivate(try Example.id("A"))))
        #expect(await pipeline.held == (try Example.id("B")))
        await relay.run()
        #expect(await pipeline.feedings == 1)
    }

    @Test("one that cannot be read back is fed in the run that retires OLD, and the run ends", .timeLimit(.minutes(1)))
    func feedingTheSilent() async throws {
        var relay = try await acknowledged()
        let silent = InMemoryDestination(name: "silent", tells: false)
        relay.destinations = [silent]
        let actions = await relay.run().actions
        #expect(
            actions.prefix(2) == [.feed(destination: "silent", try Example.id("B")), .deactivate(try Example.id("A"))])
        #expect(await silent.feedings == 1)
    }

    @Test("one that does not keep what it is given is told of, not fed without end", .timeLimit(.minutes(1)))
    func feedingInVain() async throws {
        var relay = try await acknowledged()
        let sieve = InMemoryDestination(name: "sieve", keeps: false)
        relay.destinations = [sieve]
        let (end, actions) = await relay.run()
        #expect(actions == [.feed(destination: "sieve", try Example.id("B"))])
        expectWait(try decision(end), until: Example.now + .days(14), "sieve", "does not show it")
        #expect(try await relay.status("A") == .active)
    }

    @Test("one whose feeding broke off gets the key that it shows after a roll-back: its secret may be another's")
    func feedingBrokenOff() async throws {
        var relay = try await acknowledged()
        let old = try Example.id("A")
        let pipeline = InMemoryDestination(name: "pipeline", held: old)
        relay.destinations = [pipeline]
        await pipeline.setBreaksOff(true)
        await relay.run()
        await pipeline.setBreaksOff(false)
        #expect(await relay.run(.rollback).actions == [.rollback(to: old), .feed(destination: "pipeline", old)])
        #expect(await relay.run().actions.isEmpty)
    }

    @Test("what a feeding met is not what ends the run: it goes on, and tells of it at the destination")
    func feedingsError() async throws {
        var relay = try await acknowledged()
        let pipeline = InMemoryDestination(name: "pipeline")
        relay.destinations = [pipeline]
        await pipeline.setBreaksOff(true)
        let driver = relay.driver()
        let end = await driver.run(relay.pass()).end
        _ = try decision(end)
        #expect(await pipeline.feedings == 1)
        #expect(await driver.error == nil)
    }

    @Test("after the lease, on the boot clock, nothing is fed") func leaseOver() async throws {
        var relay = try await acknowledged()
        let pipeline = InMemoryDestination(name: "pipeline")
        relay.destinations = [pipeline]
        let slow = SlowJournals(cloud: relay.cloud, boot: relay.boot)
        var ports = relay.ports
        ports.journals = slow
        let driver = Driver(user: relay.user, ports: ports)
        let end = await driver.run(relay.pass()).end
        expectWait(
            try decision(end), until: Example.now + .days(14), "the rotator was stopped for longer than its lease")
        #expect(await pipeline.feedings == 0)
    }

    @Test("a lease whose answer was lost counts all the same") func leaseWithoutAnswer() async throws {
        var relay = try await acknowledged()
        let pipeline = InMemoryDestination(name: "pipeline")
        relay.destinations = [pipeline]
        await relay.cloud.fail(.writeJournal, .answerLost)
        await relay.run()
        #expect(await pipeline.held == (try Example.id("B")))
    }

    @Test("a journal that cannot be written is told as such, not as another rotator's doing") func unwritable()
        async throws
    {
        let relay = try await acknowledged()
        await relay.cloud.fail(.writeJournal, .refused)
        let (end, actions) = await relay.run()
        guard case .interrupted(let problem) = end else {
            Issue.record("\(end)")
            return
        }
        #expect(problem.contains("an invented failure"))
        #expect(actions.isEmpty)
    }

    // MARK: Secrets

    @Test("no secret is in what the driver shows, journals, or throws") func secrecy() async throws {
        let relay = try await acknowledged()
        let driver = relay.driver()
        let run = await driver.run(relay.pass())
        await relay.cloud.fail(.setStatus, .refused)
        let failed = await driver.run(relay.pass(.reactivate))
        var shown: [String] = []
        func show(_ value: some Any) {
            var dumped = ""
            dump(value, to: &dumped)
            shown += ["\(value)", String(reflecting: value), dumped]
        }
        show(run)
        show(failed)
        show(relay.pass())
        show(await driver.lastLook as Any)
        show(await driver.error as Any)
        show(driver)
        show(try await relay.journal())
        show(DriverError.secretIsUnknown(try Example.id("A")))
        show(Publication.published(try #require(await relay.cloud.versions.last), version: 1))
        shown += await relay.cloud.journalBodies.map { String(decoding: $0, as: UTF8.self) }
        for text in shown {
            for letter in "AB" as String { #expect(!text.contains(Example.secretText(letter).prefix(14))) }
        }
    }
}

/// A store whose answers take longer than a lease, by the boot clock alone: the machine was suspended.
private struct SlowJournals: JournalStore {
    let cloud: InMemoryCloud
    let boot: BootClock

    func read(of user: UserName) async throws -> JournalSnapshot { try await cloud.read(of: user) }

    func write(_ journal: Journal, replacing etag: String?) async throws -> JournalReceipt? {
        let receipt = try await cloud.write(journal, replacing: etag)
        boot.advance(by: leaseDuration)
        return receipt
    }
}
