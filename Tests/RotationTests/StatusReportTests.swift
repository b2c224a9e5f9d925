import FoundationEssentials
import Handover
import Rotation
import Testing

/// What `status` and the dashboard are told beside the decision.
@Suite struct StatusReportTests {
    private func report(_ situation: Situation) throws -> StatusReport.User {
        let snapshot = JournalSnapshot(
            journal: situation.journal, etag: nil, lastModified: nil, now: situation.now)
        return StatusReport.User(
            try Example.user(), snapshot, situation.observation, policy: situation.policy)
    }

    @Test func itSaysHowOldIsRetiredAndWhatComesByItself() throws {
        var situation = try Situation.steady()
        let steady = try report(situation)
        #expect(steady.retirement == "acknowledged")
        let due = Example.now - .days(10) + situation.policy.rotateAfter
        #expect(steady.upcoming == [.init(step: "rotate", at: due)])
        situation = try .settling()
        #expect(try report(situation).upcoming?.first?.step == "deactivate")
        situation.policy.retirement = .nextRotation
        #expect(try report(situation).retirement == "next-rotation")
    }

    @Test func nothingComesByItselfWhileAPersonIsNeeded() throws {
        var situation = try Situation.steady()
        situation.observation.parameter = .missing
        let report = try report(situation)
        #expect(report.decision.kind == .hold && report.upcoming == [])
    }

    @Test func onlyTheWaiversOfThisPublicationAreTold() throws {
        var situation = try Situation.distributing()
        for version in [1, 2] {
            situation.journal?.waivers.append(
                .init(
                    subject: .host(try Example.host("nas")), version: version, reason: "\(version)", by: "ann",
                    at: Example.now))
        }
        #expect(try report(situation).waivers?.map(\.reason) == ["2"])
    }

    @Test func hostsThatLackTheKeyAreMissingInEveryPhase() throws {
        var situation = try Situation.steady()
        #expect(try report(situation).missing == [])
        try situation.checkIn("nas", "B", version: 1, at: Example.now - .days(1))
        let locked = try report(situation)
        #expect(locked.phase == .steady)
        #expect(locked.missing == [try Example.host("nas")])
        // It moved, and sleeps since.
        try situation.checkIn("nas", "A", version: 1, at: Example.now - .days(9))
        #expect(try report(situation).missing == [])
    }

    @Test func aRevocationIsTold() throws {
        var situation = try Situation.steady()
        #expect(try report(situation).revocation == nil)
        let revocation = Journal.Revocation(
            keys: [.init(id: try Example.id("A"), state: .deactivated, since: Example.now)], reason: "leaked", by: "ann"
        )
        situation.journal?.revocation = revocation
        let told = try report(situation)
        #expect(told.revocation == revocation)
        let json = String(
            decoding: try StatusReport(generatedAt: Example.now, users: [told]).json(), as: UTF8.self)
        #expect(json.contains(#""revocation":{"by":"ann","keys":[{"id":"AKIAEXAMPLEKEY00000A","#))
    }

    @Test func aReportOfAnEarlierVersionIsStillRead() throws {
        let text = """
            {"schema":1,"generated_at":"2026-01-01T00:00:00Z","users":[{"user":"backup","phase":"steady","hosts":[
            {"host":"nas","expected":true,"state":"current"}],"destinations":[],
            "decision":{"kind":"wait","reason":"NEW is young"}}]}
            """
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let user = try #require(try decoder.decode(StatusReport.self, from: Data(text.utf8)).users.first)
        #expect(user.retirement == nil && user.upcoming == nil && user.hosts.first?.verified == nil)
    }
}
