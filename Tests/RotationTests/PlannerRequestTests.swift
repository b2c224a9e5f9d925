import FoundationEssentials
import Handover
import Testing

@testable import Rotation

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

    // MARK: Retiring a host

    private func retire(_ name: String) throws -> Request { .retire(try Example.host(name), reason: "sold", by: "ann") }

    @Test("a retired host is waited for no longer, and old check-ins do not bring it back") func retiring() throws {
        var situation = try Situation.distributing()
        let pi = try Example.host("pi")
        expectAct(situation.decide(try retire("pi")), .retire([pi], reason: "sold", by: "ann"), "once it checks in")
        situation.journal = situation.journal?.after(.retire([pi], reason: "sold", by: "ann"))
        expectWait(situation.decide(), until: Example.now + .days(9), "0 of 1")
        try situation.checkIn("pi", "A", version: 1, at: Example.now)
        expectWait(situation.decide(), until: Example.now + .days(9), "0 of 1")
        try situation.checkIn("pi", "A", version: 1, at: Example.now + .seconds(1))
        expectAct(situation.decide(), .enrol([pi: .seen]))
        situation.journal = situation.journal?.after(.enrol([pi: .seen]))
        #expect(situation.journal?.retiredHosts == [:])
    }

    @Test("a host that the configuration still declares stays retired, and the reason says so") func declared() throws {
        var situation = try Situation.distributing()
        let pi = try Example.host("pi")
        situation.policy.hosts = [pi]
        expectAct(situation.decide(try retire("pi")), .retire([pi], reason: "sold", by: "ann"), "still declares pi")
        situation.journal = situation.journal?.after(.retire([pi], reason: "sold", by: "ann"))
        expectWait(situation.decide(), until: Example.now + .days(9), "0 of 1")
    }

    @Test("with a host goes the declared name that nobody else stands for") func declaredName() throws {
        var situation = try Situation.distributing()
        let (name, one, other) = (
            try Example.host("nas"), try Example.host("nas-00000001"), try Example.host("nas-00000002")
        )
        situation.journal?.hosts = [name: .declared, one: .seen]
        expectAct(situation.decide(try retire("nas-00000001")), .retire([one, name], reason: "sold", by: "ann"))
        expectHold(situation.decide(try retire("nas")), "nobody waits for nas", "nas-00000001")
        situation.journal?.hosts[other] = .seen
        expectAct(situation.decide(try retire("nas-00000001")), .retire([one], reason: "sold", by: "ann"))
    }

    @Test("the retired are as many as hosts may be, the oldest forgotten first") func manyRetired() throws {
        var journal = Journal(user: try Example.user())
        journal.retiredHosts[try Example.host("first")] = Example.now - .days(1)
        for number in 1..<Journal.hostLimit { journal.retiredHosts[try Example.host("h\(number)")] = Example.now }
        journal = journal.after(.retire([try Example.host("last")], reason: "", by: ""))
        #expect(journal.retiredHosts.count == Journal.hostLimit)
        #expect(journal.retiredHosts[try Example.host("first")] == nil)
        #expect(journal.retiredHosts[try Example.host("last")] == Example.now)
    }

    @Test("a parameter that is older than the journal decides nothing") func stale() throws {
        var situation = try Situation.distributing()
        situation.observation.parameter = .published(PublishedIDs(new: try Example.id("A"), old: nil), version: 1)
        for request in [.proceed, .rollback, .rotate] as [Request] {
            situation.journal?.current?.publishedAt = Example.now - .seconds(10)
            expectWait(situation.decide(request), until: nil, "version 1", "2")
            situation.journal?.current?.publishedAt = Example.now - leaseDuration
            expectHold(situation.decide(request), "version 1", "`keybaton init backup --adopt`")
        }
    }
}

extension Journal {
    fileprivate func after(_ action: Action) -> Journal { recording(action, by: "me", at: Example.now) }
}
