import FoundationEssentials
import Handover
import Rotation
import Testing

@Suite("What an operator asks for") struct PlannerRequestTests {
    @Test func rollbackPublishesOldAgain() throws {
        for situation in [try Situation.distributing(), try Situation.settling(), try Situation.observing()] {
            expectAct(situation.decide(.rollback), .rollback(to: try Example.id("A")))
        }
    }

    @Test func reactivateNeedsAnInactiveOld() throws {
        expectAct(try Situation.observing().decide(.reactivate), .reactivate(try Example.id("A")))
        expectHold(try Situation.settling().decide(.reactivate), "active already")
    }

    @Test("what is deleted cannot come back, and the text says what to do instead") func deleted() throws {
        var situation = try Situation.observing()
        situation.observation.keys[try Example.id("A")] = nil
        for request in [Request.rollback, .reactivate] {
            expectHold(situation.decide(request), "deleted", "`keybaton rotate`")
        }
        expectHold(try Situation.steady().decide(.rollback), "`keybaton rotate`")
    }

    @Test func anUnknownStatusIsLeftAlone() throws {
        var situation = try Situation.observing()
        situation.observation.keys[try Example.id("A")]?.status = .other("Odd")
        for request in [Request.rollback, .reactivate] { expectHold(situation.decide(request), "look at it in IAM") }
    }

    @Test("an unfinished attempt comes first") func unresolved() throws {
        var situation = try Situation.observing()
        situation.journal?.unresolved = .init(kind: .create, since: Example.now)
        for request in [.rollback, .reactivate, .waive(.unknownUse, reason: "", by: "")] as [Request] {
            expectWait(situation.decide(request), until: nil, "unfinished create", "`keybaton run`")
        }
    }

    @Test func waiversAreWrittenDown() throws {
        let subject = Journal.Waiver.Subject.host(try Example.host("pi"))
        let action = Action.waive(subject, reason: "sold", by: "ann")
        expectAct(try Situation.distributing().decide(.waive(subject, reason: "sold", by: "ann")), action, "sold")
        let unknown = Action.waive(.unknownUse, reason: "laptop", by: "ann")
        expectAct(
            try Situation.settling().decide(.waive(.unknownUse, reason: "laptop", by: "ann")), unknown, "laptop")
    }

    @Test("a waiver of a host that nobody waits for is refused, with the names that would do") func unexpectedHost()
        throws
    {
        var situation = try Situation.distributing()
        situation.journal?.hosts = [try Example.host("nas-1a2b3c4d"): .seen, try Example.host("nas"): .declared]
        for name in ["nas", "nsa"] {
            let request = Request.waive(.host(try Example.host(name)), reason: "", by: "")
            expectHold(situation.decide(request), name, "nas-1a2b3c4d")
        }
    }

    @Test("a parameter that is older than the journal decides nothing") func stale() throws {
        var situation = try Situation.distributing()
        situation.observation.parameter = .published(PublishedIDs(new: try Example.id("A"), old: nil), version: 1)
        for request in [.proceed, .rollback, .rotate] as [Request] {
            situation.journal?.current?.publishedAt = Example.now - .seconds(10)
            expectWait(situation.decide(request), until: nil, "version 1", "2")
            situation.journal?.current?.publishedAt = Example.now - leaseDuration
            expectHold(situation.decide(request), "version 1", "`keybaton init --adopt`")
        }
    }
}
