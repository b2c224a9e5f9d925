import FoundationEssentials
import Handover
import Rotation
import Secrets
import Testing

@Suite("A leaked key") struct PlannerRevocationTests {
    private func request(_ letter: Character, _ course: RevocationCourse? = nil) throws -> Request {
        .revoke(try Example.id(letter), course: course, reason: "leaked", by: "ann")
    }

    private func revoking(
        _ situation: Situation, _ keys: [(Character, Journal.Revocation.State)]
    ) throws -> Situation {
        var situation = situation
        situation.journal?.revocation = .init(
            keys: try keys.map { .init(id: try Example.id($0.0), state: $0.1, since: Example.now) }, reason: "leaked",
            by: "ann")
        return situation
    }

    // MARK: Asking

    @Test("NEW alone, OLD, and a stranger are named at once; NEW beside OLD needs a choice") func naming() throws {
        let (a, b, x) = (try Example.id("A"), try Example.id("B"), try Example.id("X"))
        func named(_ ids: AccessKeyIDs) -> Action { .beginRevocation(ids, reason: "leaked", by: "ann") }
        expectAct(try Situation.steady().decide(request("A")), named([a]), "leaked")
        expectAct(try Situation.settling().decide(request("A")), named([a]))
        expectAct(try Situation.observing().decide(request("A")), named([a]))
        var situation = try Situation.steady()
        situation.observation.keys[x] = .init(status: .inactive, createdAt: Example.now)
        expectAct(situation.decide(try request("X")), named([x]))
        expectHold(
            try Situation.settling().decide(request("B")), "no third key",
            "`keybaton revoke backup --key AKIAEXAMPLEKEY00000B --fall-back`", "--make-room")
        expectAct(try Situation.settling().decide(request("B", .fallBack)), named([b]))
        expectAct(try Situation.settling().decide(request("B", .makeRoom)), named([b, a]))
    }

    @Test("a key that is not there, and an unfinished attempt, are told of") func refusals() throws {
        expectHold(try Situation.steady().decide(request("X")), "is not in IAM", "`keybaton status backup`")
        var situation = try Situation.steady()
        situation.observation.keys = [:]
        expectHold(situation.decide(try request("A")), "`keybaton rotate backup`")
        situation = try Situation.steady()
        situation.journal?.unresolved = .init(kind: .create, since: Example.now)
        expectWait(situation.decide(try request("A")), until: nil, "unfinished create")
        situation.journal = nil
        expectHold(situation.decide(try request("A")), "`keybaton run`")
    }

    @Test("while a key is on its way out nothing else is decided") func nothingElse() throws {
        let situation = try revoking(try Situation.settling(), [("A", .named)])
        let others: [Request] = [
            .rollback, .reactivate, .waive(.unknownUse, reason: "", by: ""), .adopt,
            .retire(try Example.host("pi"), reason: "", by: ""),
        ]
        for request in others { expectHold(situation.decide(request), "`keybaton run`") }
        expectAct(situation.decide(.rotate), .deactivateRevoked(try Example.id("A")))
        var damaged = situation
        damaged.observation.parameter = .unreadable(version: 3, problem: "x")
        expectAct(damaged.decide(), .deactivateRevoked(try Example.id("A")))
    }

    // MARK: NEW alone

    @Test("NEW alone: deactivated, seen dead, replaced, and deleted last") func replacing() throws {
        let (a, c) = (try Example.id("A"), try Example.id("C"))
        var situation = try revoking(try Situation.steady(), [("A", .named)])
        expectAct(situation.decide(), .deactivateRevoked(a), "leaked")
        situation = try revoking(situation, [("A", .deactivated)])
        situation.observation.keys[a]?.status = .inactive
        expectAct(situation.decide(), .proveDead(a))
        situation = try revoking(situation, [("A", .dead)])
        expectAct(situation.decide(), .create)
        situation.journal?.current = .init(id: c, version: 2, publishedAt: Example.now)
        situation.observation.keys[c] = .init(status: .active, createdAt: Example.now)
        situation.observation.parameter = .published(.init(new: c, old: nil), version: 2)
        situation.observation.destinations = [
            "bad": .failing("403: renew its token"), "read": .holds(a), "write": .cannotTell,
        ]
        situation.journal?.fed = ["write": c]
        expectAct(situation.decide(), .feed(destination: "read", c))
        situation.observation.destinations["read"] = .holds(c)
        expectAct(situation.decide(), .feed(destination: "write", c))
        situation.observation.destinations["write"] = .holds(c)
        expectAct(situation.decide(), .deleteRevoked(a))
        situation = try revoking(situation, [("A", .deleted)])
        expectWait(situation.decide(), until: Example.now + leaseDuration, "IAM still lists it")
        situation.observation.keys[a] = nil
        expectAct(situation.decide(), .endRevocation)
    }

    @Test("a replacement that was published before its rotator stopped is adopted, without the revoked key as OLD")
    func resumed() throws {
        var situation = try revoking(try Situation.steady(), [("A", .dead)])
        let ids = PublishedIDs(new: try Example.id("C"), old: nil)
        situation.observation.keys[try Example.id("A")]?.status = .inactive
        situation.observation.keys[ids.new] = .init(status: .active, createdAt: Example.now - .seconds(1700))
        situation.journal?.unresolved = .init(kind: .create, since: Example.now - .seconds(1800), keyID: ids.new)
        expectAct(situation.decide(), .deleteUnpublished(ids.new))
        situation.observation.parameter = .published(ids, version: 2)
        expectAct(situation.decide(), .adopt(ids, version: 2))
    }

    @Test("a dead key makes room where IAM is full; a stranger is a hold") func full() throws {
        var situation = try revoking(try Situation.steady(), [("A", .dead)])
        situation.observation.keys[try Example.id("X")] = .init(status: .active, createdAt: Example.now)
        expectAct(situation.decide(), .deleteRevoked(try Example.id("A")), "room")
        situation.observation.keys[try Example.id("A")] = nil
        situation.observation.keys[try Example.id("Y")] = .init(status: .inactive, createdAt: Example.now)
        expectHold(
            situation.decide(), "AKIAEXAMPLEKEY00000X", "AKIAEXAMPLEKEY00000Y is inactive", "IAM allows no third")
    }

    @Test("a key whose secret is gone from the parameter is dead once IAM has settled") func withoutSecret() throws {
        var situation = try revoking(try Situation.steady(), [("A", .deactivated)])
        situation.observation.parameter = .missing
        situation.observation.keys[try Example.id("A")]?.status = .inactive
        expectWait(situation.decide(), until: Example.now + leaseDuration, "given time")
        situation.now = Example.now + leaseDuration
        expectAct(situation.decide(), .create)
    }

    @Test("what somebody makes active again is deactivated again") func broughtBack() throws {
        for state in [.deactivated, .dead] as [Journal.Revocation.State] {
            var situation = try revoking(try Situation.steady(), [("A", state)])
            situation.now = Example.now + leaseDuration
            expectAct(situation.decide(), .deactivateRevoked(try Example.id("A")))
        }
    }

    // MARK: With OLD

    @Test("OLD goes, and NEW stays") func old() throws {
        let a = try Example.id("A")
        var situation = try revoking(try Situation.settling(), [("A", .named)])
        expectAct(situation.decide(), .deactivateRevoked(a))
        situation = try revoking(situation, [("A", .deactivated)])
        expectAct(situation.decide(), .deleteRevoked(a))
        situation.observation.keys[a] = nil
        situation = try revoking(situation, [("A", .deleted)])
        expectAct(situation.decide(), .endRevocation)
    }

    @Test("a list without the key is believed once IAM has settled: a leaked key is not forgotten while it works")
    func unlisted() throws {
        for state in [.named, .deactivated, .dead] as [Journal.Revocation.State] {
            var situation = try revoking(try Situation.steady(), [("X", state)])
            expectWait(situation.decide(), until: Example.now + leaseDuration, "does not show AKIAEXAMPLEKEY00000X yet")
            situation.now = Example.now + leaseDuration
            expectAct(situation.decide(), .endRevocation)
        }
    }

    @Test("falling back: NEW dead first, then OLD in its place") func fallingBack() throws {
        var situation = try revoking(try Situation.settling(), [("B", .deactivated)])
        expectAct(situation.decide(), .proveDead(try Example.id("B")))
        situation = try revoking(situation, [("B", .dead)])
        expectAct(situation.decide(), .rollback(to: try Example.id("A")))
    }

    @Test("making room: both dead before the next key is made") func makingRoom() throws {
        let (a, b) = (try Example.id("A"), try Example.id("B"))
        var situation = try revoking(try Situation.settling(), [("B", .named), ("A", .named)])
        expectAct(situation.decide(), .deactivateRevoked(b))
        situation = try revoking(situation, [("B", .deactivated), ("A", .named)])
        expectAct(situation.decide(), .deactivateRevoked(a))
        situation = try revoking(situation, [("B", .deactivated), ("A", .deactivated)])
        expectAct(situation.decide(), .proveDead(b))
        situation = try revoking(situation, [("B", .dead), ("A", .deactivated)])
        expectAct(situation.decide(), .proveDead(a))
        situation = try revoking(situation, [("B", .dead), ("A", .dead)])
        expectAct(situation.decide(), .deleteRevoked(a))
        situation = try revoking(situation, [("B", .dead), ("A", .deleted)])
        situation.observation.keys[a] = nil
        expectAct(situation.decide(), .create)
    }

    // MARK: Impact

    @Test("says whom each way breaks, and whom nobody knows of") func impact() throws {
        var situation = try Situation.settling()
        let (a, b) = (try Example.id("A"), try Example.id("B"))
        try situation.checkIn("pi", "A", version: 1, at: Example.now - .days(4))
        situation.journal?.hosts[try Example.host("tv")] = .declared
        situation.journal?.fed = ["w": b, "old": a]
        situation.observation.destinations = ["r": .holds(b), "w": .cannotTell, "x": .failing("")]
        func impacts(_ id: Character) throws -> [RevocationImpact] {
            RevocationImpact.all(of: try Example.id(id), situation.observation, from: situation.snapshot)
        }
        let ways = try impacts("B")
        #expect(ways.map(\.course) == [.fallBack, .makeRoom])
        #expect(ways.map(\.keys) == [[b], [b, a]])
        #expect(ways.map(\.broken) == [[try Example.host("nas")], [try Example.host("nas"), try Example.host("pi")]])
        #expect(ways.map(\.unknown) == [[try Example.host("pi"), try Example.host("tv")], [try Example.host("tv")]])
        #expect(ways[0].destinations == ["r", "w", "x"])
        #expect(ways[0].remark.contains("could read \(a)"))
        let old = try impacts("A")
        #expect(old.map(\.broken) == [[try Example.host("pi")]])
        #expect(old[0].remark.contains("revoke NEW too"))
        #expect(try impacts("X") == [])
        situation.observation.keys[try Example.id("X")] = .init(status: .active, createdAt: Example.now)
        #expect(try impacts("X")[0].remark.contains("nobody here knows"))
        situation.observation.keys[a] = nil
        #expect(try impacts("B").map(\.course) == [nil])
    }
}

private typealias AccessKeyIDs = [AccessKeyID]
