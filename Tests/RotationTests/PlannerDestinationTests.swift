import FoundationEssentials
import Handover
import Rotation
import Testing

@Suite("Destinations, as the planner sees them") struct PlannerDestinationTests {
    private let down = Observation.Destination.failing("503: wait, or renew its token")

    @Test("a failing destination keeps no other one from being fed") func others() throws {
        var situation = try Situation.settling()
        situation.observation.destinations = ["a": down, "b": .needsFeeding]
        expectAct(situation.decide(), .feed(destination: "b", try Example.id("B")))
    }

    @Test("one that cannot be read counts as fed when the journal says so, and is fed again before OLD goes")
    func writeOnly() throws {
        var situation = try Situation.distributing()
        let (old, new) = (try Example.id("A"), try Example.id("B"))
        situation.observation.destinations = ["a": .cannotTell]
        expectAct(situation.decide(), .feed(destination: "a", new), "does not hold")
        situation.journal?.fed = ["a": old]
        expectAct(situation.decide(), .feed(destination: "a", new))
        situation.journal?.fed = ["a": new]
        expectWait(situation.decide(), until: Example.now + .days(9), "0 of 2 hosts")
        for var ready in [try Situation.settling(), try Situation.observing()] {
            ready.journal?.fed = ["a": new]
            ready.observation.destinations = ["a": .cannotTell]
            if ready.observation.keys[old]?.status == .inactive {
                ready.now = Example.now + .days(6)
                for name in ["nas", "pi"] { try ready.checkIn(name, "B", version: 2, at: ready.now) }
            }
            expectAct(ready.decide(), .feed(destination: "a", new), "cannot be read back")
            ready.observation.destinations = ["a": .holds(new)]
            guard case .act(let action, _) = ready.decide() else {
                Issue.record("\(ready.decide())")
                return
            }
            #expect([.deactivate(old), .delete(old)].contains(action))
        }
    }

    @Test("while one fails OLD stays, whatever the journal remembers: a wait until the deadline, then a hold")
    func retirement() throws {
        var situation = try Situation.settling()
        situation.observation.destinations = ["a": down]
        for fed in [[:], ["a": try Example.id("B")]] {
            situation.journal?.fed = fed
            situation.now = Example.now
            expectWait(situation.decide(), until: Example.now + .days(9), "OLD stays", "a: 503")
            situation.now = Example.now + .days(9)
            expectHold(situation.decide(), "a: 503", "deadline", "renew its token")
        }
    }

    @Test("what lacks NEW is told beside the hosts that are waited for") func distributing() throws {
        var situation = try Situation.distributing()
        situation.observation.destinations = ["a": down, "b": .holds(try Example.id("B"))]
        let deadline = Example.now + .days(9)
        expectWait(situation.decide(), until: deadline, "nas, pi report NEW", "1 of 2 destinations hold NEW", "a: 503")
        situation.journal?.fed = ["a": try Example.id("B")]
        guard case .wait(let text, deadline) = situation.decide() else {
            Issue.record("\(situation.decide())")
            return
        }
        #expect(!text.contains("503"), "it has NEW, as far as is known")
    }

    @Test("in steady state a failing destination that has NEW is no hold; the next rotation waits for it") func steady()
        throws
    {
        var situation = try Situation.steady()
        situation.observation.destinations = ["a": down]
        situation.journal?.fed = ["a": try Example.id("A")]
        expectWait(situation.decide(), until: Example.now + .days(20), "until it is due")
        situation.now = Example.now + .days(20)
        expectWait(situation.decide(), until: Example.now + .days(34), "no rotation begins", "a: 503")
        expectWait(situation.decide(.rotate), until: Example.now + .days(34), "no rotation begins")
        situation.now = Example.now + .days(34)
        expectHold(situation.decide(), "no rotation begins", "a: 503")
        situation.observation.destinations = [:]
        expectAct(situation.decide(), .create)
    }

    @Test("the first key is not made while a destination fails") func first() throws {
        var situation = Situation(
            journal: Journal(user: try Example.user()), observation: .init(keys: [:], parameter: .missing))
        situation.observation.destinations = ["a": down]
        expectHold(situation.decide(), "a: 503", "`keybaton run`")
        situation.observation.destinations = ["a": .needsFeeding]
        expectAct(situation.decide(), .create)
    }

    @Test("two keys: OLD makes no room while a destination may hold it") func succession() throws {
        var situation = try Situation.distributing()
        situation.policy = Policy(retirement: .nextRotation)
        situation.now = Example.now + .days(25)
        situation.observation.destinations = ["a": down]
        situation.journal?.fed = ["a": try Example.id("B")]
        expectWait(situation.decide(), until: Example.now + .days(39), "OLD stays")
        situation.observation.destinations = ["a": .cannotTell]
        expectAct(situation.decide(), .feed(destination: "a", try Example.id("B")))
    }

    @Test("one that was added in the middle of a rotation gets NEW before OLD goes") func added() throws {
        var situation = try Situation.settling()
        situation.journal?.fed = ["a": try Example.id("B")]
        situation.observation.destinations = ["a": .holds(try Example.id("B")), "b": .needsFeeding]
        expectAct(situation.decide(), .feed(destination: "b", try Example.id("B")))
    }

    @Test("one that is not configured any more and was last given OLD gets the time that hosts get") func removed()
        throws
    {
        var situation = try Situation.settling()
        let old = try Example.id("A")
        situation.journal?.fed = ["a": old, "gone": try Example.id("B")]
        expectWait(situation.decide(), until: Example.now + .days(9), "a, which this configuration does not name")
        situation.now = Example.now + .days(9)
        expectAct(situation.decide(), .deactivate(old), "a, not configured any more, was last given it")
        situation.now = Example.now
        situation.journal?.fed = ["a": try Example.id("B")]
        expectAct(situation.decide(), .deactivate(old))
    }

    @Test("one whose feeding broke off is given NEW again, whatever it shows and whatever it was given before")
    func halfFed() throws {
        var situation = try Situation.settling()
        let new = try Example.id("B")
        situation.journal?.fed = ["a": new]
        for seen in [Observation.Destination.holds(new), .cannotTell] {
            situation.observation.destinations = ["a": seen]
            situation.journal?.halfFed = ["a"]
            expectAct(situation.decide(), .feed(destination: "a", new), "broke off")
        }
    }

    @Test("after a roll-back every destination is given the other key again") func rollback() throws {
        var situation = try Situation.settling()
        let (a, b) = (try Example.id("A"), try Example.id("B"))
        situation.journal?.current = .init(id: a, version: 3, publishedAt: Example.now)
        situation.journal?.previous = .init(id: b, state: .active)
        situation.journal?.fed = ["w": b]
        situation.observation.parameter = .published(.init(new: a, old: b), version: 3)
        situation.observation.destinations = ["r": .holds(b), "w": .cannotTell]
        expectAct(situation.decide(), .feed(destination: "r", a))
        situation.observation.destinations["r"] = .holds(a)
        expectAct(situation.decide(), .feed(destination: "w", a))
    }

    @Test("many failing ones are counted, not listed") func many() throws {
        var situation = try Situation.settling()
        for letter in "abcde" { situation.observation.destinations["\(letter)"] = down }
        expectWait(situation.decide(), until: Example.now + .days(9), "a: 503", "and 2 more fail")
    }
}
