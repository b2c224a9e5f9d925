import FoundationEssentials
import Handover
import Testing

@testable import Rotation

/// The run as a value: each answer in each stage. What it does not ask for cannot happen.
@Suite("A run") struct PassTests {
    private func pass(_ request: Request = .proceed) throws -> Pass {
        Pass(user: try Example.user(), owner: "me", nonce: "mine", policy: Policy(), request: request)
    }

    private func snapshot(_ journal: Journal?, etag: String = "e1", at date: Date = Example.now) -> JournalSnapshot {
        JournalSnapshot(
            journal: journal, etag: journal.map { _ in etag }, lastModified: journal.map { _ in date }, now: date)
    }

    /// A run that has looked at the situation and is about to write.
    private func decided(_ situation: Situation, _ request: Request = .proceed) throws -> Pass {
        var pass = try pass(request)
        pass.resume(with: .journal(snapshot(situation.journal)))
        pass.resume(with: .observed(situation.observation))
        return pass
    }

    private func written(by pass: Pass) throws -> Journal {
        guard case .writeJournal(let journal, _) = pass.effect else {
            Issue.record("\(String(describing: pass.effect))")
            throw InMemoryCloud.Failure()
        }
        return journal
    }

    /// A run that holds the lease of a rotation's beginning.
    private func creating() throws -> Pass {
        var pass = try decided(try Situation.steady(), .rotate)
        pass.resume(with: .written(etag: "e2", at: Example.now + .seconds(1)))
        return pass
    }

    // MARK: Reading

    @Test func aRunningLeaseIsLeftAlone() throws {
        var journal = try #require(try Situation.steady().journal)
        journal.lease = .init(owner: "another", intent: "create")
        var pass = try pass()
        pass.resume(
            with: .journal(
                JournalSnapshot(
                    journal: journal, etag: "e", lastModified: Example.now,
                    now: Example.now + leaseDuration - .seconds(1))))
        #expect(pass.end == .leased(owner: "another", until: Example.now + leaseDuration))
        #expect(pass.effect == nil)
        pass = try self.pass()
        pass.resume(
            with: .journal(
                JournalSnapshot(
                    journal: journal, etag: "e", lastModified: Example.now, now: Example.now + leaseDuration)))
        #expect(pass.end == nil)
    }

    @Test(
        "what cannot be read ends the run with the reason",
        arguments: [.failed("why"), .refused("why")] as [Pass.Answer])
    func unreadable(_ answer: Pass.Answer) throws {
        var pass = try pass()
        pass.resume(with: answer)
        #expect(pass.end == .interrupted("why"))
        pass = try self.pass()
        pass.resume(with: .journal(snapshot(nil)))
        pass.resume(with: answer)
        #expect(pass.end == .interrupted("why"))
    }

    @Test func anAnswerToAnotherQuestionEndsTheRun() throws {
        for answer in [.done, .published(version: 1), .notWritten] as [Pass.Answer] {
            var pass = try pass()
            pass.resume(with: answer)
            #expect(pass.end == .interrupted("an answer that does not belong to its question"))
        }
        var pass = try creating()
        pass.resume(with: .done)
        #expect(pass.end == .interrupted("an answer that does not belong to its question"))
    }

    // MARK: Writing

    @Test("every write has its own nonce, and replaces just what was read") func nonces() throws {
        var pass = try decided(try Situation.steady(), .rotate)
        #expect(try written(by: pass).nonce == "mine.1")
        guard case .writeJournal(_, let etag) = pass.effect else { return }
        #expect(etag == "e1")
        pass.resume(with: .written(etag: "e2", at: Example.now))
        pass.resume(with: .created(try Example.id("B")))
        #expect(try written(by: pass).nonce == "mine.2")
    }

    @Test("the first journal is written only if there is none") func firstJournal() throws {
        var situation = try Situation.steady()
        situation.journal = nil
        let pass = try decided(situation)
        guard case .writeJournal(let journal, let etag) = pass.effect else {
            Issue.record("\(String(describing: pass.effect))")
            return
        }
        #expect(etag == nil)
        #expect(journal.lease == nil && journal.current?.version == 1)
    }

    @Test(
        "after a refusal the own nonce in the journal means that it was us",
        arguments: [.notWritten, .failed("x")] as [Pass.Answer])
    func ownNonce(_ answer: Pass.Answer) throws {
        var pass = try decided(try Situation.steady(), .rotate)
        let journal = try written(by: pass)
        pass.resume(with: answer)
        #expect(pass.effect == .readJournal)
        pass.resume(with: .journal(snapshot(journal, etag: "e2", at: Example.now + .seconds(9))))
        #expect(pass.effect == .createKey(signedAt: Example.now + .seconds(9)))
    }

    @Test("a foreign nonce ends the run") func foreignNonce() throws {
        var pass = try decided(try Situation.steady(), .rotate)
        var journal = try written(by: pass)
        journal.nonce = "another's"
        pass.resume(with: .notWritten)
        pass.resume(with: .journal(snapshot(journal, etag: "e2")))
        #expect(pass.end == .superseded)
    }

    @Test("an unchanged journal after a lost answer is not another rotator's doing") func unchanged() throws {
        var pass = try decided(try Situation.steady(), .rotate)
        pass.resume(with: .notWritten)
        pass.resume(with: .journal(snapshot(try Situation.steady().journal)))
        #expect(pass.end == .interrupted("nobody knows whether the journal will be written: run again"))
    }

    @Test("a slow preparation gives the lease back and forgets its attempt") func slow() throws {
        var pass = try decided(try Situation.steady(), .rotate)
        pass.resume(with: .written(etag: "e2", at: Example.now + Pass.maximumPreparation + .seconds(1)))
        let journal = try written(by: pass)
        #expect(journal.lease == nil && journal.unresolved == nil)
        pass.resume(with: .written(etag: "e3", at: Example.now))
        #expect(pass.end == .interrupted("the look at IAM, the parameter and the check-ins took too long: run again"))
        pass = try decided(try Situation.steady(), .rotate)
        pass.resume(with: .written(etag: "e2", at: Example.now + Pass.maximumPreparation))
        #expect(pass.effect == .createKey(signedAt: Example.now + Pass.maximumPreparation))
    }

    // MARK: Creating

    @Test("create: the key, its id into the journal, the parameter, the result – each signed with its own intent")
    func create() throws {
        var pass = try creating()
        #expect(pass.effect == .createKey(signedAt: Example.now + .seconds(1)))
        pass.resume(with: .created(try Example.id("B")))
        var journal = try written(by: pass)
        #expect(try journal.unresolved?.keyID == Example.id("B"))
        #expect(journal.lease != nil)
        pass.resume(with: .written(etag: "e3", at: Example.now + .seconds(5)))
        let ids = PublishedIDs(new: try Example.id("B"), old: try Example.id("A"))
        #expect(pass.effect == .publish(ids, signedAt: Example.now + .seconds(5)))
        pass.resume(with: .published(version: 2))
        journal = try written(by: pass)
        #expect(journal.lease == nil && journal.unresolved == nil)
        #expect(journal.current == .init(id: ids.new, version: 2, publishedAt: Example.now + .seconds(5)))
        #expect(journal.previous == .init(id: try Example.id("A"), state: .active))
        pass.resume(with: .written(etag: "e4", at: Example.now + .seconds(6)))
        #expect(pass.actions == [.create] && pass.isBetweenActions && pass.end == nil)
    }

    @Test("a refused create left nothing: lease and attempt are given up") func refusedCreate() throws {
        var pass = try creating()
        pass.resume(with: .refused("LimitExceeded"))
        let journal = try written(by: pass)
        #expect(journal.lease == nil && journal.unresolved == nil)
        pass.resume(with: .written(etag: "e3", at: Example.now))
        #expect(pass.end == .interrupted("LimitExceeded") && pass.actions.isEmpty)
    }

    @Test("an unanswered create keeps lease and attempt") func failedCreate() throws {
        var pass = try creating()
        pass.resume(with: .failed("timeout"))
        #expect(pass.end == .interrupted("timeout"))
    }

    @Test("a key that could not be published stays named, to be deleted by a later run") func refusedPublish() throws {
        var pass = try creating()
        pass.resume(with: .created(try Example.id("B")))
        pass.resume(with: .written(etag: "e3", at: Example.now))
        pass.resume(with: .refused("AccessDenied"))
        let journal = try written(by: pass)
        #expect(journal.lease == nil)
        #expect(try journal.unresolved?.keyID == Example.id("B"))
    }

    // MARK: Rolling back

    @Test("roll-back: make OLD active, prove it, publish it") func rollback() throws {
        var pass = try decided(try Situation.observing(), .rollback)
        let (old, new) = (try Example.id("A"), try Example.id("B"))
        #expect(try written(by: pass).unresolved?.kind == .rollback)
        pass.resume(with: .written(etag: "e2", at: Example.now))
        #expect(pass.effect == .setStatus(old, active: true, signedAt: Example.now))
        pass.resume(with: .done)
        #expect(pass.effect == .prove(old))
        var unproved = pass
        for answer in [.failed("x"), .refused("x")] as [Pass.Answer] {
            unproved = pass
            unproved.resume(with: answer)
            #expect(try written(by: unproved).unresolved == nil)
            #expect(try written(by: unproved).current?.id == new)
        }
        pass.resume(with: .done)
        #expect(pass.effect == .publish(.init(new: old, old: new), signedAt: Example.now))
        pass.resume(with: .published(version: 3))
        #expect(try written(by: pass).current == .init(id: old, version: 3, publishedAt: Example.now))
        #expect(try written(by: pass).previous == .init(id: new, state: .active))
    }

    // MARK: One change a run

    @Test("no run changes keys twice") func oneChange() throws {
        var pass = try creating()
        pass.resume(with: .created(try Example.id("B")))
        pass.resume(with: .written(etag: "e3", at: Example.now))
        pass.resume(with: .published(version: 2))
        pass.resume(with: .written(etag: "e4", at: Example.now))
        // Everything is ready for the deactivation, but this run has made a key.
        pass.resume(with: .journal(snapshot(try Situation.settling().journal)))
        pass.resume(with: .observed(try Situation.settling().observation))
        guard case .decided(.act(.deactivate, _)) = pass.end else {
            Issue.record("\(String(describing: pass.end))")
            return
        }
    }

    @Test("a deletion that was refused, or unanswered, is not recorded as one") func failedDeletion() throws {
        var situation = try Situation.observing()
        situation.journal?.previous?.state = .inactive(since: Example.now - .days(30))
        for host in ["nas", "pi"] { try situation.checkIn(host, "B", version: 2, at: Example.now) }
        var pass = try decided(situation)
        pass.resume(with: .written(etag: "e2", at: Example.now))
        #expect(pass.effect == .deleteKey(try Example.id("A"), signedAt: Example.now))
        var refused = pass
        refused.resume(with: .refused("AccessDenied"))
        #expect(try written(by: refused).previous == situation.journal?.previous)
        #expect(try written(by: refused).lease == nil)
        pass.resume(with: .failed("timeout"))
        #expect(pass.end == .interrupted("timeout"))
    }

    @Test("a destination that fails to be fed again is fed until it works, though it was given NEW before")
    func notFedAgain() throws {
        let (a, b) = (try Example.id("A"), try Example.id("B"))
        for fed in [a, b] {
            var situation = try Situation.settling()
            situation.journal?.fed = ["d": fed]
            situation.observation.destinations = ["d": .cannotTell]
            var pass = try decided(situation)
            pass.resume(with: .written(etag: "e2", at: Example.now))
            #expect(pass.effect == .feed(destination: "d", b))
            pass.resume(with: .failed("503"))
            #expect(try written(by: pass).halfFed == ["d"])
        }
    }

    @Test("giving another lease back does not hide that somebody brought OLD back") func releasedBesides() throws {
        var situation = try Situation.settling()
        situation.journal?.previous?.state = .deactivating
        situation.observation.destinations = ["d": .needsFeeding]
        var tooLate = try decided(situation)
        tooLate.resume(with: .written(etag: "e2", at: Example.now + Pass.maximumPreparation + .seconds(1)))
        #expect(try written(by: tooLate).previous?.state == .deactivating)
        var notFed = try decided(situation)
        notFed.resume(with: .written(etag: "e2", at: Example.now))
        notFed.resume(with: .refused("503"))
        #expect(try written(by: notFed).previous?.state == .deactivating)
        #expect(try written(by: notFed).lease == nil)
        var deactivating = try decided(try Situation.settling())
        deactivating.resume(with: .written(etag: "e2", at: Example.now + Pass.maximumPreparation + .seconds(1)))
        #expect(try written(by: deactivating).previous?.state == .active)
    }

    @Test("an operator's waiver is written once, and the run goes on") func waiver() throws {
        let request = Request.waive(.host(try Example.host("pi")), reason: "sold", by: "ann")
        var pass = try decided(try Situation.distributing(), request)
        let journal = try written(by: pass)
        #expect(journal.waivers.map(\.version) == [2])
        pass.resume(with: .written(etag: "e2", at: Example.now))
        pass.resume(with: .journal(snapshot(journal, etag: "e2")))
        pass.resume(with: .observed(try Situation.distributing().observation))
        guard case .decided(.wait) = pass.end else {
            Issue.record("\(String(describing: pass.end))")
            return
        }
        #expect(pass.actions.count == 1)
    }

    @Test("a parameter that is overwritten again at once is a hold, not a run without end") func republishing() throws {
        var situation = try Situation.settling()
        situation.observation.parameter = .unreadable(version: 3, problem: "x")
        var pass = try decided(situation)
        pass.resume(with: .written(etag: "e2", at: Example.now))
        #expect(pass.effect == .republish(version: 2, signedAt: Example.now))
        pass.resume(with: .published(version: 4))
        let journal = try written(by: pass)
        #expect(journal.current?.version == 4)
        pass.resume(with: .written(etag: "e3", at: Example.now))
        pass.resume(with: .journal(snapshot(journal, etag: "e3")))
        situation.observation.parameter = .unreadable(version: 5, problem: "x")
        pass.resume(with: .observed(situation.observation))
        guard case .decided(let decision) = pass.end else {
            Issue.record("\(String(describing: pass.end))")
            return
        }
        expectHold(decision, "again", "`keybaton run`")
    }
}
