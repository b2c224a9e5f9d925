import FoundationEssentials
import Handover
import Rotation
import Testing

@Suite("Strategies that do not wait for hosts") struct PlannerStrategyTests {
    private func situation(_ retirement: Retirement, _ situation: Situation) -> Situation {
        var situation = situation
        situation.policy = Policy(retirement: retirement)
        return situation
    }

    @Test func eachStrategyHasItsOwnDefaults() {
        #expect(Policy().rotateAfter == .days(30) && Policy().grace == .days(7))
        let scheduled = Policy(retirement: .scheduled)
        #expect(scheduled.rotateAfter == .days(90) && scheduled.grace == .days(10))
        #expect(scheduled.deactivateAfter == .days(10) && scheduled.warnBefore == .days(7))
        #expect(Policy(retirement: .scheduled, rotateAfter: .days(1), grace: .days(2)).grace == .days(2))
    }

    // MARK: Scheduled

    @Test("scheduled: a rotation begins by age, whether a host is expected or not") func scheduledBegins() throws {
        var situation = situation(.scheduled, try Situation.steady())
        situation.journal?.hosts = [:]
        situation.observation.checkIns = [:]
        expectWait(situation.decide(), until: Example.now + .days(80), "due")
        situation.now = Example.now + .days(80)
        expectAct(situation.decide(), .create, "due")
    }

    @Test("scheduled: OLD is deactivated so long after the publication, and names whom it cuts off") func scheduled()
        throws
    {
        var situation = situation(.scheduled, try Situation.distributing())
        situation.policy.quietPeriod = .zero
        let date = Example.now + .days(5)
        expectWait(situation.decide(), until: date, "by age", "nas, pi were last seen with it")
        situation.now = date - .seconds(1)
        expectWait(situation.decide(), until: date)
        situation.now = date
        expectAct(situation.decide(), .deactivate(try Example.id("A")), "nas, pi were last seen with it")
        try situation.checkIn("nas", "B", version: 2, at: Example.now)
        expectAct(situation.decide(), .deactivate(try Example.id("A")), "; pi was last seen with it")
        situation.observation.checkIns = [:]
        situation.journal?.hosts = [:]
        expectAct(situation.decide(), .deactivate(try Example.id("A")))
    }

    @Test("scheduled: a use of OLD holds it up as long as the quiet period is asked for") func scheduledUse() throws {
        var situation = situation(.scheduled, try Situation.distributing())
        let old = try Example.id("A")
        situation.now = Example.now + .days(5)
        situation.observation.keys[old]?.lastUse = .init(at: Example.now, service: "s3", region: "eu-west-1")
        expectWait(situation.decide(), until: Example.now + .days(8), "s3 in eu-west-1", "--unknown-use")
        situation.policy.quietPeriod = .zero
        expectAct(situation.decide(), .deactivate(old))
        situation.policy.quietPeriod = .days(8)
        situation.journal?.waivers = [.init(subject: .unknownUse, version: 2, reason: "", by: "", at: Example.now)]
        expectAct(situation.decide(), .deactivate(old))
    }

    @Test("scheduled: OLD is deleted after the grace period, however old the check-ins are") func scheduledEnds() throws
    {
        var situation = situation(.scheduled, try Situation.observing())
        expectWait(situation.decide(), until: Example.now + .days(8), "`keybaton reactivate backup`")
        situation.now = Example.now + .days(8)
        expectAct(situation.decide(), .delete(try Example.id("A")), "grace")
        try situation.checkIn("pi", "A", version: 1, at: Example.now - .days(9))
        expectAct(situation.decide(), .delete(try Example.id("A")), "pi was last seen with it")
    }

    @Test("scheduled: what was brought back has its whole time again") func scheduledReactivation() throws {
        var situation = situation(.scheduled, try Situation.settling())
        situation.now = Example.now + .days(20)
        situation.journal?.reactivatedAt = Example.now + .days(15)
        expectWait(situation.decide(), until: Example.now + .days(25))
        situation.now = Example.now + .days(25)
        expectAct(situation.decide(), .deactivate(try Example.id("A")))
    }

    // MARK: Two keys

    @Test("next-rotation: OLD works until NEW is due, then makes room, and NEW is never touched") func succession()
        throws
    {
        var situation = situation(.nextRotation, try Situation.distributing())
        let due = Example.now + .days(25)
        expectWait(situation.decide(), until: due, "stays until the next rotation", "nas, pi were last seen with it")
        situation.now = due
        expectAct(situation.decide(), .delete(try Example.id("A")), "due", "nas, pi were last seen with it")
        situation.journal?.previous?.state = .deleted
        expectWait(situation.decide(), until: nil, "IAM still lists it")
        situation.observation.keys[try Example.id("A")] = nil
        expectAct(situation.decide(), .create, "due")
    }

    @Test("next-rotation: a hand-deactivated OLD goes the same way") func inactiveSuccession() throws {
        var situation = situation(.nextRotation, try Situation.observing())
        expectWait(situation.decide(), until: Example.now + .days(25))
        expectAct(situation.decide(.reactivate), .reactivate(try Example.id("A")))
        situation.now = Example.now + .days(25)
        expectAct(situation.decide(), .delete(try Example.id("A")))
    }

    @Test("next-rotation: an operator's early rotation asks what becomes of hosts that hold OLD") func earlySuccession()
        throws
    {
        var situation = situation(.nextRotation, try Situation.distributing())
        try situation.checkIn("nas", "B", version: 2, at: Example.now)
        expectHold(situation.decide(.rotate), "pi was last seen with it", "`keybaton waive backup --host pi")
        situation.journal?.waivers = [
            .init(subject: .host(try Example.host("pi")), version: 2, reason: "", by: "", at: Example.now)
        ]
        let quiet = Example.now + .days(3)
        expectWait(situation.decide(.rotate), until: quiet, "must be quiet")
        situation.now = quiet
        expectAct(situation.decide(.rotate), .delete(try Example.id("A")), "operator")
        situation.observation.checkIns = [:]
        situation.journal?.waivers = []
        expectAct(situation.decide(.rotate), .delete(try Example.id("A")), "operator")
        situation.now = Example.now
        situation.policy.quietPeriod = .zero
        expectAct(situation.decide(.rotate), .delete(try Example.id("A")), "operator")
    }

    @Test("next-rotation: after a roll-back, whose NEW is old already, hosts have a whole period to follow")
    func rolledBack() throws {
        var situation = situation(.nextRotation, try Situation.distributing())
        let swapped = PublishedIDs(new: try Example.id("A"), old: try Example.id("B"))
        situation.journal = situation.journal?.rolledBack(swapped, at: Example.now)
        situation.observation.parameter = .published(swapped, version: 3)
        situation.now = Example.now + .days(29)
        expectWait(situation.decide(), until: Example.now + .days(30))
        situation.now = Example.now + .days(30)
        expectAct(situation.decide(), .delete(try Example.id("B")))
    }

    @Test("roll-back and reactivation work in every strategy", arguments: Retirement.allCases)
    func wayBack(_ retirement: Retirement) throws {
        let observing = situation(retirement, try Situation.observing())
        expectAct(observing.decide(.rollback), .rollback(to: try Example.id("A")))
        expectAct(observing.decide(.reactivate), .reactivate(try Example.id("A")))
    }

    @Test("a journal that says less than IAM is brought up to date in every strategy", arguments: Retirement.allCases)
    func bookkeeping(_ retirement: Retirement) throws {
        var observing = situation(retirement, try Situation.observing())
        observing.journal?.previous?.state = .deactivating
        expectAct(observing.decide(), .recordDeactivation(try Example.id("A")))
        observing.journal?.previous?.state = .inactive(since: Example.now)
        observing.observation.keys[try Example.id("A")]?.status = .active
        expectAct(observing.decide(), .recordReactivation(try Example.id("A")))
    }
}

extension Journal {
    fileprivate func rolledBack(_ ids: PublishedIDs, at date: Date) -> Journal {
        var journal = self
        journal.current = .init(id: ids.new, version: 3, publishedAt: date)
        journal.previous = ids.old.map { .init(id: $0, state: .active) }
        return journal
    }
}
