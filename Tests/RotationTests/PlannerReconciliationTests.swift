import FoundationEssentials
import Handover
import Rotation
import Testing

@Suite("What a dead rotator, a person or another program left behind") struct PlannerReconciliationTests {
    /// A rotator began to make a key half an hour ago, and was not heard of again.
    private func unfinished(_ kind: Journal.Unresolved.Kind = .create, made: Character? = nil) throws -> Situation {
        var situation = try Situation.steady()
        let made = try made.map(Example.id)
        situation.journal?.unresolved = .init(kind: kind, since: Example.now - .seconds(1800), keyID: made)
        return situation
    }

    private func key(_ age: Duration, used: Bool = false) -> Observation.Key {
        .init(
            status: .active, createdAt: Example.now - age,
            lastUse: used ? .init(at: Example.now, service: "s3", region: "eu-west-1") : nil)
    }

    @Test func nothingWasLeft() throws {
        expectAct(try unfinished().decide(), .clearUnresolved)
        expectAct(try unfinished(made: "B").decide(), .clearUnresolved)
        expectAct(try unfinished(.rollback).decide(), .clearUnresolved)
    }

    @Test func aPublishedKeyIsAdopted() throws {
        var situation = try unfinished(made: "B")
        let ids = PublishedIDs(new: try Example.id("B"), old: try Example.id("A"))
        situation.observation.keys[ids.new] = key(.seconds(1790))
        situation.observation.parameter = .published(ids, version: 2)
        expectAct(situation.decide(), .adopt(ids, version: 2), "published before")
    }

    @Test("a published key that IAM does not show: wait while it may settle, then a hold that a person can end")
    func publishedAndGone() throws {
        var situation = try unfinished(made: "B")
        let ids = PublishedIDs(new: try Example.id("B"), old: try Example.id("A"))
        situation.observation.parameter = .published(ids, version: 2)
        situation.journal?.unresolved?.since = Example.now - .seconds(60)
        expectWait(situation.decide(), until: nil, "AKIAEXAMPLEKEY00000B")
        situation.journal?.unresolved?.since = Example.now - .seconds(1800)
        expectHold(situation.decide(), "AKIAEXAMPLEKEY00000B", "put ", "version 1")
    }

    @Test("a publication whose OLD is not the journal's NEW is not ours to adopt") func foreignPublication() throws {
        var situation = try unfinished()
        situation.observation.keys[try Example.id("B")] = key(.seconds(1790))
        for old in [nil, try Example.id("C")] {
            situation.observation.parameter = .published(.init(new: try Example.id("B"), old: old), version: 2)
            expectHold(situation.decide(), "put back", "version 1")
        }
    }

    @Test("a key whose secret is lost is deleted, whether its id is known or not") func orphan() throws {
        var situation = try unfinished(made: "B")
        situation.observation.keys[try Example.id("B")] = key(.seconds(1790), used: false)
        expectAct(situation.decide(), .deleteUnpublished(try Example.id("B")), "secret is lost")
        situation.journal?.unresolved?.keyID = nil
        expectAct(situation.decide(), .deleteUnpublished(try Example.id("B")), "never used")
    }

    @Test("an unrecorded key that is used, or was made at another time, is left alone") func notOurs() throws {
        var situation = try unfinished()
        situation.observation.keys[try Example.id("B")] = key(.seconds(1790), used: true)
        expectHold(situation.decide(), "AKIAEXAMPLEKEY00000B", "delete it")
        for age in [.seconds(1800 + 61), .seconds(1800 - 25 * 60 - 61)] as [Duration] {
            situation.observation.keys[try Example.id("B")] = key(age)
            expectAct(situation.decide(), .clearUnresolved)
        }
        for age in [.seconds(1800 + 60), .seconds(1800 - 25 * 60 - 60)] as [Duration] {
            situation.observation.keys[try Example.id("B")] = key(age)
            expectAct(situation.decide(), .deleteUnpublished(try Example.id("B")))
        }
    }

    @Test("while nobody knows what was published nothing is deleted") func parameterChanged() throws {
        var situation = try unfinished(made: "B")
        situation.observation.keys[try Example.id("B")] = key(.seconds(1790))
        for parameter in [.missing, .unreadable(version: 2, problem: "x")] as [Observation.Parameter] {
            situation.observation.parameter = parameter
            expectHold(situation.decide(), "put back", "version 1")
        }
    }

    @Test func aPublishedRollbackIsAdopted() throws {
        var situation = try Situation.settling()
        situation.journal?.unresolved = .init(kind: .rollback, since: Example.now - .seconds(1800))
        expectAct(situation.decide(), .clearUnresolved)
        let swapped = PublishedIDs(new: try Example.id("A"), old: try Example.id("B"))
        situation.observation.parameter = .published(swapped, version: 3)
        expectAct(situation.decide(), .adopt(swapped, version: 3))
    }

    @Test("a pair that was swapped by hand is not swapped back, and not taken for proved") func swapped() throws {
        var situation = try Situation.settling()
        let ids = PublishedIDs(new: try Example.id("A"), old: try Example.id("B"))
        situation.observation.parameter = .published(ids, version: 3)
        expectHold(situation.decide(), "`keybaton rollback backup`", "put version 2 back")
    }

    @Test("a parameter that lost what it said is published again") func republish() throws {
        var situation = try Situation.settling()
        let lost: [Observation.Parameter] = [
            .unreadable(version: 3, problem: "x"),
            .published(.init(new: try Example.id("B"), old: nil), version: 3),
            .published(.init(new: try Example.id("X"), old: nil), version: 3),
        ]
        for parameter in lost {
            situation.observation.parameter = parameter
            expectAct(situation.decide(), .republish(version: 2), "version 2")
        }
        situation.observation.parameter = .missing
        expectHold(situation.decide(), "`keybaton init backup --adopt`")
    }

    @Test("a living key that somebody else published is a hold") func publishedByAnother() throws {
        var situation = try Situation.settling()
        situation.observation.keys[try Example.id("X")] = key(.seconds(60))
        situation.observation.parameter = .published(
            .init(new: try Example.id("X"), old: try Example.id("B")), version: 3)
        expectHold(situation.decide(), "AKIAEXAMPLEKEY00000X", "`keybaton init backup --adopt`", "version 2")
    }

    @Test("the same text under a newer version changes nothing") func sameTextAgain() throws {
        var situation = try Situation.settling()
        situation.observation.parameter = .published(
            .init(new: try Example.id("B"), old: try Example.id("A")), version: 9)
        expectAct(situation.decide(), .deactivate(try Example.id("A")))
    }
}
