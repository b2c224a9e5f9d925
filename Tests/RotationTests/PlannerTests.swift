import FoundationEssentials
import Handover
import Rotation
import Testing

@Suite("The planner, with nothing left behind") struct PlannerTests {
    // MARK: No journal

    @Test("a lost journal is rebuilt from the parameter") func lostJournal() throws {
        var situation = try Situation.distributing()
        situation.journal = nil
        let ids = PublishedIDs(new: try Example.id("B"), old: try Example.id("A"))
        expectAct(situation.decide(), .rebuildJournal(ids, version: 2), "no journal")
        expectAct(situation.decide(.rotate), .rebuildJournal(ids, version: 2))
        for request in [.rollback, .reactivate, .waive(.unknownUse, reason: "r", by: "b")] as [Request] {
            expectHold(situation.decide(request), "`keybaton run`")
        }
    }

    @Test func aUserWithoutKeysBegins() throws {
        var situation = try Situation.steady()
        situation.journal = nil
        situation.observation = Observation(keys: [:], parameter: .missing)
        expectAct(situation.decide(), .beginJournal)
        situation.journal = Journal(user: try Example.user())
        expectAct(situation.decide(), .create, "no key")
        expectHold(situation.decide(.rollback), "nothing is published", "`keybaton")
    }

    @Test("a key that was never published is not Keybaton's to rotate") func adoptionIsNeeded() throws {
        var situation = try Situation.steady()
        situation.observation.parameter = .missing
        situation.journal = nil
        expectHold(situation.decide(), "run `keybaton init` with the --profile")
        situation.journal = Journal(user: try Example.user())
        situation.observation.checkIns = [:]
        expectHold(situation.decide(), "AKIAEXAMPLEKEY00000A", "`keybaton init backup --adopt`")
    }

    @Test func anUnreadableParameterIsNoGroundForAJournal() throws {
        var situation = try Situation.steady()
        situation.journal = nil
        situation.observation.parameter = .unreadable(version: 3, problem: "line 2 of the parameter's value: x")
        expectHold(situation.decide(), "line 2", "mend")
    }

    // MARK: Steady

    @Test("NEW lives until it is due, counted from its creation") func steady() throws {
        var situation = try Situation.steady()
        expectWait(situation.decide(), until: Example.now + .days(20), "AKIAEXAMPLEKEY00000A")
        situation.now = Example.now + .days(20)
        expectAct(situation.decide(), .create, "due")
        situation.now = situation.now - .seconds(1)
        expectWait(situation.decide(), until: Example.now + .days(20))
        expectAct(situation.decide(.rotate), .create, "operator")
    }

    @Test("with nobody to wait for, nothing is begun") func emptySet() throws {
        var situation = try Situation.steady()
        situation.journal?.hosts = [:]
        situation.observation.checkIns = [:]
        expectHold(situation.decide(.rotate), "no host is expected", "declare hosts")
        situation.policy.hosts = [try Example.host("nas")]
        expectAct(situation.decide(.rotate), .enrol([try Example.host("nas"): .declared]), "nas")
    }

    @Test("a key that Keybaton neither made nor published is a hold, never deleted") func stranger() throws {
        for var situation in [try Situation.steady(), try Situation.settling()] {
            situation.observation.keys[try Example.id("X")] = .init(status: .active, createdAt: Example.now - .days(1))
            expectHold(situation.decide(), "AKIAEXAMPLEKEY00000X", "delete it in IAM")
            situation.observation.keys[try Example.id("X")]?.status = .inactive
            expectHold(
                situation.decide(), "AKIAEXAMPLEKEY00000X is inactive",
                "`keybaton revoke backup --key AKIAEXAMPLEKEY00000X --confirm` deletes it")
            expectHold(situation.decide(.rotate), "AKIAEXAMPLEKEY00000X")
        }
    }

    @Test("both keys full, neither Keybaton's: a hold that names them") func full() throws {
        var situation = try Situation.steady()
        situation.journal = Journal(user: try Example.user())
        situation.observation.parameter = .missing
        situation.observation.checkIns = [:]
        situation.observation.keys[try Example.id("X")] = .init(status: .active, createdAt: Example.now)
        expectHold(situation.decide(), "AKIAEXAMPLEKEY00000A, AKIAEXAMPLEKEY00000X", "`keybaton init backup --adopt`")
    }

    @Test("an OLD that somebody deleted by hand ends the rotation") func oldDeletedByHand() throws {
        var situation = try Situation.settling()
        situation.observation.keys[try Example.id("A")] = nil
        expectWait(situation.decide(), until: Example.now + .days(25), "AKIAEXAMPLEKEY00000B")
    }

    // MARK: Publishing

    @Test("NEW that IAM does not show: wait while it may settle, then hold") func newIsMissing() throws {
        var situation = try Situation.distributing()
        situation.observation.keys[try Example.id("B")] = nil
        situation.journal?.current?.publishedAt = Example.now - .seconds(60)
        expectWait(situation.decide(), until: nil, "AKIAEXAMPLEKEY00000B")
        situation.journal?.current?.publishedAt = Example.now - leaseDuration
        expectHold(situation.decide(), "AKIAEXAMPLEKEY00000B", "`keybaton rollback backup`")
        expectHold(situation.decide(.rotate), "`keybaton rollback backup`")
        situation.observation.keys = [:]
        expectHold(situation.decide(), "there is no OLD", "`keybaton rotate backup`")
        expectAct(situation.decide(.rotate), .create, "gone")
    }

    @Test func inactiveNewIsAHold() throws {
        var situation = try Situation.distributing()
        for status in [.inactive, .other("Expired")] as [Observation.KeyStatus] {
            situation.observation.keys[try Example.id("B")]?.status = status
            expectHold(situation.decide(), "locked out", "`keybaton rollback`")
        }
    }

    @Test("every destination is fed before OLD is touched") func destinations() throws {
        var situation = try Situation.settling()
        let (old, new) = (try Example.id("A"), try Example.id("B"))
        for held in [.holds(old), .needsFeeding, .cannotTell] as [Observation.Destination] {
            situation.observation.destinations = ["b": held, "a": .holds(new)]
            expectAct(situation.decide(), .feed(destination: "b", new), "b does not")
        }
        situation.observation.destinations = [
            "b": .failing("403 from the pipeline: renew its token"), "a": .holds(new),
        ]
        expectWait(situation.decide(), until: Example.now + .days(9), "b: 403 from the pipeline: renew its token")
        situation.now = Example.now + .days(9)
        expectHold(situation.decide(), "b: 403", "take it out of the configuration")
        situation.observation.destinations = ["b": .holds(new), "a": .holds(new)]
        expectAct(situation.decide(), .deactivate(old))
    }

    // MARK: Distributing

    @Test("waits for every host by name, with the count and the deadline") func distributing() throws {
        var situation = try Situation.distributing()
        let deadline = Example.now + .days(9)
        expectWait(situation.decide(), until: deadline, "0 of 2", "nas, pi report NEW")
        try situation.checkIn("nas", "B", version: 2, at: Example.now)
        expectWait(situation.decide(), until: deadline, "1 of 2", "pi reports NEW")
        situation.now = deadline
        expectHold(situation.decide(), "pi", "deadline", "`keybaton waive backup --host pi --reason")
    }

    static let notAcknowledging: [(String, ReportedCheckIn.Evidence, Character)] = [
        ("an earlier publication's version", .proved(version: 1, problem: nil), "B"),
        ("a problem", .proved(version: 2, problem: .init(code: "unwritable", message: "")), "B"),
        ("another key", .proved(version: 2, problem: nil), "A"),
        ("no proof read", .listed, "B"),
        ("a wrong proof", .refused(.proofDoesNotVerify), "B"),
        ("a script's word about another key", .legacy, "A"),
    ]

    @Test("no acknowledgement", arguments: notAcknowledging)
    func noAcknowledgement(_ why: String, _ evidence: ReportedCheckIn.Evidence, _ key: Character) throws {
        var situation = try Situation.settling()
        try situation.report("pi", key, at: Example.now, evidence)
        expectWait(situation.decide(), until: Example.now + .days(9), "pi")
    }

    @Test("hosts that are only listed under NEW are counted while others are behind, and never enough") func listed()
        throws
    {
        var situation = try Situation.distributing()
        try situation.report("nas", "B", at: Example.now, .listed)
        expectWait(situation.decide(), until: Example.now + .days(9), "1 of 2", "until pi reports")
        try situation.report("pi", "B", at: Example.now, .listed)
        expectWait(situation.decide(), until: Example.now + .days(9), "0 of 2", "nas, pi")
        try situation.report("nas", "B", at: Example.now - .days(6), .listed)
        expectWait(situation.decide(), until: Example.now + .days(9), "1 of 2", "until nas reports")
    }

    @Test("a script's acknowledgement counts from the publication on") func legacyAcknowledgement() throws {
        var situation = try Situation.settling()
        let published = Example.now - .days(5)
        try situation.report("pi", "B", at: published - .seconds(1), .legacy)
        expectWait(situation.decide(), until: Example.now + .days(9), "pi")
        try situation.report("pi", "B", at: published, .legacy)
        expectAct(situation.decide(), .deactivate(try Example.id("A")))
    }

    @Test("a reinstalled host is recognised") func reinstalled() throws {
        var situation = try Situation.settling()
        situation.journal?.hosts = [try Example.host("nas-00000001"): .seen, try Example.host("nas-00000002"): .seen]
        situation.observation.checkIns = [:]
        try situation.checkIn("nas-00000002", "B", version: 2, at: Example.now)
        situation.now = Example.now + .days(20)
        expectHold(situation.decide(), "nas-00000002 appeared and nas-00000001 is silent", "waive")
    }

    @Test("many missing hosts are counted, not listed") func manyHosts() throws {
        var situation = try Situation.distributing()
        situation.observation.checkIns = [:]
        situation.journal?.hosts = [:]
        for number in 10..<30 { situation.journal?.hosts[try Example.host("h\(number)")] = .seen }
        expectWait(situation.decide(), until: Example.now + .days(9), "0 of 20", "h10, h11, h12, h13, h14 and 15 more")
    }

    @Test("an empty set is never \"all have acknowledged\"") func nobodyExpected() throws {
        for var situation in [try Situation.settling(), try Situation.observing()] {
            situation.journal?.hosts = [:]
            situation.observation.checkIns = [:]
            situation.now = Example.now + .days(100)
            expectHold(situation.decide(), "no host is expected")
        }
    }

    // MARK: Settling

    @Test func quietOldIsDeactivated() throws {
        var situation = try Situation.settling()
        let old = try Example.id("A")
        expectAct(situation.decide(), .deactivate(old), "every host holds NEW")
        let used = Example.now - .days(2)
        situation.observation.keys[old]?.lastUse = .init(at: used, service: "s3", region: "eu-west-1")
        expectWait(
            situation.decide(), until: used + .days(8), "s3 in eu-west-1",
            "`keybaton waive backup --unknown-use --reason")
        situation.now = used + .days(8)
        expectAct(situation.decide(), .deactivate(old))
    }

    @Test("AWS shows a use late: a key without any is quiet only when the publication is old enough")
    func unusedOldIsNotYetQuiet() throws {
        var situation = try Situation.settling()
        situation.observation.keys[try Example.id("A")]?.lastUse = nil
        expectWait(situation.decide(), until: Example.now + .days(3), "OLD was just replaced")
        situation.now = Example.now + .days(3)
        expectAct(situation.decide(), .deactivate(try Example.id("A")))
    }

    @Test("a waiver lets one host, or the unknown use, pass – and the reason admits it") func waivers() throws {
        var situation = try Situation.settling()
        let old = try Example.id("A")
        let pi = try Example.host("pi")
        situation.observation.checkIns[pi] = nil
        situation.journal?.waivers = [.init(subject: .host(pi), version: 2, reason: "sold", by: "ann", at: Example.now)]
        expectAct(situation.decide(), .deactivate(old), "pi", "waived")
        situation.observation.keys[old]?.lastUse = .init(at: Example.now, service: "s3", region: "eu-west-1")
        expectWait(situation.decide(), until: Example.now + .days(8))
        situation.journal?.waivers.append(
            .init(subject: .unknownUse, version: 2, reason: "a laptop", by: "ann", at: Example.now))
        guard case .act(.deactivate(old), let reason) = situation.decide() else {
            Issue.record("\(situation.decide())")
            return
        }
        #expect(!reason.contains("quiet"), "it was not quiet")
    }

    @Test("a waiver of an earlier publication does not count") func oldWaiver() throws {
        var situation = try Situation.settling()
        let pi = try Example.host("pi")
        situation.observation.checkIns[pi] = nil
        situation.journal?.waivers = [.init(subject: .host(pi), version: 1, reason: "", by: "", at: Example.now)]
        expectWait(situation.decide(), until: Example.now + .days(9), "pi")
    }

    @Test("after a reactivation every host must be seen again, and OLD be quiet since") func afterReactivation() throws
    {
        var situation = try Situation.settling()
        let reactivated = Example.now - .days(1)
        situation.journal?.reactivatedAt = reactivated
        expectWait(situation.decide(), until: reactivated + .days(14), "brought back", "nas, pi")
        for name in ["nas", "pi"] { try situation.checkIn(name, "B", version: 2, at: Example.now) }
        expectWait(situation.decide(), until: reactivated + .days(8), "quiet")
        situation.now = reactivated + .days(8)
        expectAct(situation.decide(), .deactivate(try Example.id("A")))
    }

    @Test("a host that stays silent after a reactivation becomes a hold, not a wait for ever")
    func silentAfterReactivation() throws {
        var situation = try Situation.settling()
        situation.journal?.reactivatedAt = Example.now - .days(1)
        try situation.checkIn("nas", "B", version: 2, at: Example.now)
        situation.now = Example.now + .days(13)
        expectHold(situation.decide(), "pi", "`keybaton waive backup --host pi --reason")
    }

    @Test("a script's host is not asked to report again after a reactivation") func legacyAfterReactivation() throws {
        var situation = try Situation.settling()
        situation.journal?.reactivatedAt = Example.now - .days(1)
        try situation.checkIn("nas", "B", version: 2, at: Example.now)
        try situation.report("pi", "B", at: Example.now - .days(3), .legacy)
        expectWait(situation.decide(), until: Example.now + .days(7), "quiet")
    }

    // MARK: Observing

    @Test("what IAM shows about OLD is recorded first") func recording() throws {
        let old = try Example.id("A")
        var situation = try Situation.observing()
        situation.journal?.previous?.state = .active
        expectAct(situation.decide(), .recordDeactivation(old))
        situation = try Situation.observing()
        situation.observation.keys[old]?.status = .active
        expectAct(situation.decide(), .recordReactivation(old))
        situation.observation.keys[old]?.status = .other("Quarantined")
        expectHold(situation.decide(), "Quarantined", "look at it in IAM")
    }

    @Test("OLD is deleted when every host was seen after the end of grace") func observing() throws {
        var situation = try Situation.observing()
        let end = Example.now + .days(5)
        expectWait(situation.decide(), until: end, "`keybaton reactivate backup`")
        situation.now = end
        try situation.checkIn("nas", "B", version: 2, at: end)
        let deadline = end + situation.policy.ackDeadline
        expectWait(situation.decide(), until: deadline, "nas, pi have been seen", "`keybaton reactivate backup`")
        try situation.checkIn("nas", "B", version: 2, at: end + .seconds(1))
        expectWait(situation.decide(), until: deadline, "pi has been seen")
        situation.now = deadline
        expectHold(
            situation.decide(), "pi has been seen", "`keybaton reactivate backup`", "`keybaton waive backup --host pi")
        try situation.checkIn("pi", "B", version: 2, at: end + .seconds(1))
        expectAct(situation.decide(), .delete(try Example.id("A")))
    }

    @Test("a script's host prolongs the grace and needs no second sign") func legacyGrace() throws {
        var situation = try Situation.observing()
        try situation.report("pi", "B", at: Example.now - .days(3), .legacy)
        try situation.checkIn("nas", "B", version: 2, at: Example.now + .days(6))
        let end = Example.now - .days(2) + .days(45)
        situation.now = Example.now + .days(10)
        expectWait(situation.decide(), until: end, "shell script")
        situation.now = end
        expectAct(situation.decide(), .delete(try Example.id("A")))
    }

    @Test("a host that holds OLD while it is inactive is locked out: the text says how to help it") func lockedOut()
        throws
    {
        var situation = try Situation.observing()
        try situation.checkIn("pi", "A", version: 2, at: Example.now)
        guard case .wait(let text, _) = situation.decide() else {
            Issue.record("\(situation.decide())")
            return
        }
        #expect(text.contains("pi") && text.contains("inactive") && text.contains("`keybaton reactivate backup`"))
        #expect(!text.contains("OLD stays"))
        situation.now = Example.now + .days(30)
        expectHold(situation.decide(), "pi", "`keybaton reactivate backup`")
    }

    @Test("a deleted OLD that IAM still lists is not recorded as inactive again") func deletedAndStillListed() throws {
        var situation = try Situation.observing()
        situation.journal?.previous?.state = .deleted
        expectWait(situation.decide(), until: nil, "deleted", "AKIAEXAMPLEKEY00000A")
    }

    @Test func aDeletedOldEndsTheRotation() throws {
        var situation = try Situation.observing()
        situation.journal?.previous?.state = .deleted
        situation.observation.keys[try Example.id("A")] = nil
        expectWait(situation.decide(), until: Example.now + .days(25), "AKIAEXAMPLEKEY00000B")
    }
}
