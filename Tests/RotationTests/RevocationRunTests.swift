import FoundationEssentials
import Handover
import Rotation
import Secrets
import Testing

@Suite("Revocations and strategies, run over a cloud in memory") struct RevocationRunTests {
    private func revoke(_ letter: Character, _ course: RevocationCourse? = nil) throws -> Request {
        .revoke(try Example.id(letter), course: course, reason: "leaked", by: "ann")
    }

    /// B is NEW, A is OLD, and the hosts hold B.
    private func paired() async throws -> Relay {
        let relay = try await Relay.steady()
        await relay.run()
        await relay.run(.rotate)
        await relay.cloud.advance(by: .days(1))
        try await relay.checkIn("nas", "pi")
        return relay
    }

    @Test("one command replaces a leaked NEW, in the order that keeps its holder out") func replacement() async throws {
        var relay = try await Relay.steady()
        await relay.run()
        let pipeline = InMemoryDestination(name: "pipeline")
        relay.destinations = [pipeline]
        let (a, b) = (try Example.id("A"), try Example.id("B"))
        await relay.cloud.linger(a, for: 4)
        let (end, actions) = await relay.run(try revoke("A"))
        #expect(
            actions == [
                .beginRevocation([a], reason: "leaked", by: "ann"), .deactivateRevoked(a), .proveDead(a), .create,
                .feed(destination: "pipeline", b), .deleteRevoked(a), .endRevocation,
            ])
        guard case .decided(.wait(let reason, _)) = end else {
            Issue.record("\(end)")
            return
        }
        #expect(reason.hasSuffix("not seen with it so far, and nothing else works for them: nas, pi"))
        #expect(await relay.cloud.versions.last?.ids == PublishedIDs(new: b, old: nil), "not even as OLD")
        #expect(await relay.cloud.keys.keys.sorted() == [b])
        #expect(await pipeline.held == b)
        // Four acceptances that linger, and three refusals in a row.
        #expect(await relay.cloud.calls.count { $0.operation == .askWhetherAccepted } == 7)
        let journal = try await relay.journal()
        #expect(journal.revocation == nil && journal.previous == nil && journal.retired == [a])
        #expect(await relay.cloud.removed.isEmpty, "the check-ins under the leaked key tell who was cut off")
    }

    @Test("as long as AWS accepts the key nothing is published; the next run goes on") func stillAccepted() async throws
    {
        let relay = try await Relay.steady()
        await relay.run()
        let a = try Example.id("A")
        await relay.cloud.linger(a, for: 30)
        var (end, actions) = await relay.run(try revoke("A"))
        #expect(actions.last == .deactivateRevoked(a))
        guard case .interrupted(let problem) = end else {
            Issue.record("\(end)")
            return
        }
        #expect(problem.contains("AWS still accepts") && problem.contains("run again"))
        #expect(await relay.cloud.versions.count == 1)
        #expect(try await relay.journal().lease == nil)
        (end, actions) = await relay.run()
        #expect(actions.last == .endRevocation)
    }

    @Test("falling back publishes OLD alone and deletes NEW") func fallBack() async throws {
        let relay = try await paired()
        let (a, b) = (try Example.id("A"), try Example.id("B"))
        let actions = await relay.run(try revoke("B", .fallBack)).actions
        #expect(actions.contains(.rollback(to: a)) && !actions.contains(.create))
        #expect(await relay.cloud.versions.last?.ids == PublishedIDs(new: a, old: nil))
        #expect(await relay.cloud.keys.keys.sorted() == [a])
        #expect(await relay.cloud.keys[a]?.status == .active)
        #expect(try await relay.journal().current?.id == a)
        #expect(try await relay.journal().retired.contains(b))
        expectHold(try decision(await relay.run(.rollback).end), "there is no OLD key any more")
    }

    @Test("making room leaves neither key") func makeRoom() async throws {
        let relay = try await paired()
        let actions = await relay.run(try revoke("B", .makeRoom)).actions
        #expect(actions.last == .endRevocation)
        #expect(await relay.cloud.keys.keys.sorted() == [try Example.id("C")])
        #expect(await relay.cloud.versions.last?.ids == PublishedIDs(new: try Example.id("C"), old: nil))
    }

    @Test("revoking OLD leaves NEW alone") func old() async throws {
        let relay = try await paired()
        let a = try Example.id("A")
        let actions = await relay.run(try revoke("A")).actions
        #expect(Array(actions.dropFirst()) == [.deactivateRevoked(a), .deleteRevoked(a), .endRevocation])
        #expect(try await relay.journal().previous == .init(id: a, state: .deleted))
        #expect(await relay.cloud.versions.count == 2)
    }

    @Test(
        "whatever fails on the way, the runs after it finish the revocation",
        arguments: [
            .writeJournal, .setStatus, .askWhetherAccepted, .createKey, .publish, .deleteKey, .listKeys, .readParameter,
        ] as [InMemoryCloud.Operation], [.refused, .answerLost] as [InMemoryCloud.Fault])
    func faults(_ operation: InMemoryCloud.Operation, _ fault: InMemoryCloud.Fault) async throws {
        for course in RevocationCourse.allCases {
            let relay = try await paired()
            await relay.cloud.fail(operation, fault)
            await relay.run(try revoke("B", course))
            // The first write of all may have been the one that failed: then nothing is named, and it must be asked again.
            if try await relay.journal().revocation == nil, await relay.cloud.keys[try Example.id("B")] != nil {
                await relay.run(try revoke("B", course))
            }
            for _ in 0..<4 {
                await relay.cloud.advance(by: leaseDuration)
                await relay.run()
            }
            let keys = await relay.cloud.keys
            let pair = await relay.cloud.versions.last?.ids
            #expect(keys[try Example.id("B")] == nil, "\(course)")
            #expect(try await relay.journal().revocation == nil)
            #expect(keys.count == 1 && keys.values.allSatisfy { $0.status == .active }, "\(course): \(keys)")
            #expect(pair?.new == keys.keys.first)
            #expect(pair?.old != (try Example.id("B")))
        }
    }

    // MARK: Strategies

    @Test("two keys: one run deletes the older and makes the next, by age and when asked") func succession()
        async throws
    {
        var relay = try await paired()
        relay.policy.retirement = .nextRotation
        relay.policy.quietPeriod = .zero
        let a = try Example.id("A")
        #expect(await relay.run().actions.isEmpty)
        #expect(await relay.run(.rotate).actions == [.delete(a), .create])
        let pair = PublishedIDs(new: try Example.id("C"), old: try Example.id("B"))
        #expect(await relay.cloud.versions.last?.ids == pair)
        await relay.cloud.advance(by: .days(30))
        #expect(await relay.run().actions == [.delete(try Example.id("B")), .create])
        #expect(await relay.cloud.keys.count == 2)
    }

    @Test("scheduled: create, deactivate and delete by age, with nobody to acknowledge") func schedule() async throws {
        var relay = try await Relay.steady()
        relay.policy = Policy(retirement: .scheduled, quietPeriod: .zero)
        await relay.run()
        let a = try Example.id("A")
        for (days, expected) in [
            (89, []), (1, [.create]), (9, []), (1, [.deactivate(a), .recordDeactivation(a)]), (9, []),
            (1, [.delete(a)]), (69, []), (1, [.create]),
        ] as [(Int, [Action])] {
            await relay.cloud.advance(by: .days(days))
            #expect(await relay.run().actions == expected)
        }
    }

    // MARK: Destinations

    @Test("one failing destination keeps neither the others nor the run from going on") func failing() async throws {
        var relay = try await paired()
        let (bad, good) = (FailingDestination(name: "a"), InMemoryDestination(name: "b"))
        relay.destinations = [bad, good]
        let driver = relay.driver()
        let (end, actions) = await driver.run(relay.pass())
        #expect(actions == [.feed(destination: "b", try Example.id("B"))])
        guard case .decided(.wait(let text, _)) = end else {
            Issue.record("\(end)")
            return
        }
        #expect(text.contains("1 of 2 destinations hold NEW") && text.contains("a: the forge is down"))
        #expect(await bad.attempts == 1)
        #expect(await bad.looks == 2, "once a run, and again after it was fed")
        #expect(try await relay.journal().lease == nil)
        #expect(try await relay.journal().fed == ["b": try Example.id("B")])
        let look = await driver.lastLook
        #expect(look?.observation.destinations["a"] == .failing("the forge is down"))
    }

    private func decision(_ end: Pass.End) throws -> Decision {
        guard case .decided(let decision) = end else { throw InMemoryCloud.Failure() }
        return decision
    }
}

/// One that cannot be written.
private actor FailingDestination: Destination {
    nonisolated let name: String
    private(set) var attempts = 0
    private(set) var looks = 0

    init(name: String) { self.name = name }

    func observe() -> Observation.Destination {
        looks += 1
        return .needsFeeding
    }

    func feed(_ key: AccessKey) throws(EffectError) {
        attempts += 1
        throw .uncertain(Down())
    }

    private struct Down: Error, CustomStringConvertible {
        var description: String { "the forge is down" }
    }
}
