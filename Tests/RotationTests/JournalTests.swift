import FoundationEssentials
import Handover
import Testing

@testable import Rotation

@Suite("The journal") struct JournalTests {
    private func full() throws -> Journal {
        var journal = Journal(user: try Example.user())
        journal.current = .init(id: try Example.id("B"), version: 2, publishedAt: Example.now)
        journal.previous = .init(id: try Example.id("A"), state: .inactive(since: Example.now))
        journal.hosts = [try Example.host("nas-1a2b3c4d"): .seen, try Example.host("pi"): .declared]
        journal.waivers = [
            .init(subject: .host(try Example.host("pi")), version: 2, reason: "sold", by: "ann", at: Example.now),
            .init(subject: .unknownUse, version: 2, reason: "laptop", by: "ann", at: Example.now),
        ]
        journal.reactivatedAt = Example.now
        journal.unresolved = .init(kind: .rollback, since: Example.now, keyID: try Example.id("A"))
        journal.lease = .init(owner: "nas", intent: "create")
        journal.nonce = "n.1"
        journal.history = [.init(at: Example.now, by: "nas", what: "create a key and publish it")]
        journal.retired = [try Example.id("X")]
        journal.retiredHosts = [try Example.host("old"): Example.now]
        journal.fed = ["gitlab acme/site": try Example.id("B")]
        journal.halfFed = ["bitbucket acme/site"]
        journal.revocation = .init(
            keys: [.init(id: try Example.id("A"), state: .deactivated, since: Example.now)], reason: "leaked", by: "ann"
        )
        return journal
    }

    /// What format 1 was, which every later version must read.
    static let earlier =
        #"{"current":{"id":"AKIAEXAMPLEKEY00000B","published_at":"2027-01-15T08:00:00Z","version":2},"format":1,"#
        + #""history":[{"at":"2027-01-15T08:00:00Z","by":"nas","what":"create a key and publish it"}],"#
        + #""hosts":{"nas-1a2b3c4d":"seen","pi":"declared"},"lease":{"intent":"create","owner":"nas"},"nonce":"n.1","#
        + #""previous":{"id":"AKIAEXAMPLEKEY00000A","since":"2027-01-15T08:00:00Z","status":"inactive"},"#
        + #""reactivated_at":"2027-01-15T08:00:00Z","retired":["AKIAEXAMPLEKEY00000X"],"#
        + #""unresolved":{"key_id":"AKIAEXAMPLEKEY00000A","kind":"rollback","since":"2027-01-15T08:00:00Z"},"#
        + #""user":"backup","waivers":[{"at":"2027-01-15T08:00:00Z","by":"ann","reason":"sold","subject":{"host":"pi"},"#
        + #""version":2},{"at":"2027-01-15T08:00:00Z","by":"ann","reason":"laptop","subject":{"unknown_use":true},"#
        + #""version":2}]}"#

    static let golden =
        earlier.replacing(
            #""format":1"#,
            with: #""fed":{"gitlab acme/site":"AKIAEXAMPLEKEY00000B"},"format":2,"half_fed":["bitbucket acme/site"]"#
        )
        .replacing(
            #""retired":["AKIAEXAMPLEKEY00000X"],"#,
            with: #""retired":["AKIAEXAMPLEKEY00000X"],"retired_hosts":{"old":"2027-01-15T08:00:00Z"},"#
                + #""revocation":{"by":"ann","keys":[{"id":"AKIAEXAMPLEKEY00000A","since":"2027-01-15T08:00:00Z","#
                + #""state":"deactivated"}],"reason":"leaked"},"#)

    @Test("has this JSON, which every later version must read") func goldenJSON() throws {
        let journal = try full()
        #expect(String(decoding: try journal.encoded(), as: UTF8.self) == Self.golden)
        #expect(try Journal(decoding: Array(Self.golden.utf8), user: Example.user()) == journal)
    }

    @Test("of the first format is read, and written again in the present one") func firstFormat() throws {
        var journal = try full()
        journal.retiredHosts = [:]
        journal.revocation = nil
        journal.fed = [:]
        journal.halfFed = []
        let read = try Journal(decoding: Array(Self.earlier.utf8), user: Example.user())
        #expect(read == journal)
        #expect(read.format == 2)
    }

    @Test(
        "comes back as it was written, in every state of OLD",
        arguments: [
            .active, .inactive(since: Example.now), .deleted,
        ] as [Journal.Previous.State])
    func roundTrip(_ state: Journal.Previous.State) throws {
        var journal = try full()
        journal.previous?.state = state
        #expect(try Journal(decoding: journal.encoded(), user: Example.user()) == journal)
        let empty = Journal(user: try Example.user())
        #expect(try Journal(decoding: empty.encoded(), user: Example.user()) == empty)
    }

    @Test(
        "is refused when it is not one, or not this version's, or not this user's",
        arguments: [
            ("", .malformed), ("{}", .malformed), ("[]", .malformed), (String(golden.dropLast()), .malformed),
            (golden.replacing("AKIAEXAMPLEKEY00000B", with: "short"), .malformed),
            (golden.replacing(#""pi":"#, with: #""-rf":"#), .malformed),
            (golden.replacing(#""inactive""#, with: #""asleep""#), .malformed),
            (golden.replacing(#""unknown_use":true"#, with: #""unknown_use":false"#), .malformed),
            (golden.replacing(#""deactivated""#, with: #""asleep""#), .malformed),
            (golden.replacing(#""format":2"#, with: #""format":3"#), .unknownFormat(3)),
            (#"{"format":3}"#, .unknownFormat(3)), (#"{"format":0}"#, .unknownFormat(0)),
        ] as [(String, JournalError)])
    func refusals(_ text: String, _ error: JournalError) throws {
        let user = try Example.user()
        #expect(throws: error) { try Journal(decoding: Array(text.utf8), user: user) }
    }

    @Test func ofAnotherUserIsRefused() throws {
        let other = try #require(UserName("other"))
        let error = #expect(throws: JournalError.self) { try Journal(decoding: Array(Self.golden.utf8), user: other) }
        #expect(try error == .ofAnotherUser(Example.user()))
        for error in [.malformed, .unknownFormat(3), .ofAnotherUser(other)] as [JournalError] {
            #expect("\(error)".hasPrefix("the journal"))
        }
    }

    // MARK: Transitions

    @Test("an earlier attempt stays named whatever else is done under a lease") func keepsUnresolved() throws {
        var journal = try full()
        journal.unresolved = .init(kind: .create, since: Example.now - .days(1))
        for action in [.delete(try Example.id("A")), .feed(destination: "d", try Example.id("B"))] as [Action] {
            let intending = journal.intending(action, by: "me", at: Example.now)
            #expect(intending.unresolved == journal.unresolved)
            #expect(intending.lease == .init(owner: "me", intent: "\(action)"))
        }
        journal.unresolved = nil
        #expect(
            journal.intending(.create, by: "me", at: Example.now).unresolved == .init(kind: .create, since: Example.now)
        )
    }

    @Test("OLD of a publication is the journal's last NEW") func adopting() throws {
        var journal = try full()
        let since = Example.now - .days(1)
        journal.unresolved = .init(kind: .create, since: since)
        let ids = PublishedIDs(new: try Example.id("C"), old: nil)
        let adopted = journal.recording(.adopt(ids, version: 3), by: "me", at: Example.now)
        #expect(adopted.current == .init(id: ids.new, version: 3, publishedAt: since))
        #expect(adopted.previous == .init(id: try Example.id("B"), state: .active))
        #expect(adopted.unresolved == nil && adopted.lease == nil && adopted.reactivatedAt == nil)
        #expect(adopted.retired == [try Example.id("X"), try Example.id("A")])
        #expect(adopted.hosts == journal.hosts)
    }

    @Test("a roll-back retires nobody") func rollingBack() throws {
        let swapped = PublishedIDs(new: try Example.id("A"), old: try Example.id("B"))
        #expect(try full().published(swapped, version: 3, at: Example.now).retired == [try Example.id("X")])
    }

    @Test("a publication that is put back keeps its waivers") func republishing() throws {
        let journal = try full().republished(as: 7)
        #expect(journal.current?.version == 7)
        #expect(journal.waivers.map(\.version) == [7, 7])
        var older = try full()
        older.waivers[0].version = 1
        #expect(older.republished(as: 7).waivers.map(\.version) == [1, 7])
    }

    @Test("a waiver is kept once a subject, however many hosts are waived") func manyWaivers() throws {
        var journal = try full()
        for number in 0..<500 {
            let action = Action.waive(.host(try Example.host("h\(number)")), reason: "", by: "")
            journal = journal.recording(action, by: "me", at: Example.now)
        }
        let again = Action.waive(.host(try Example.host("h0")), reason: "again", by: "")
        journal = journal.recording(again, by: "me", at: Example.now)
        #expect(journal.waivers.count == 502)
        #expect(journal.waivers.last?.reason == "again")
        #expect(journal.history.count == Journal.historyLimit)
    }

    @Test func remembersReactivations() throws {
        let id = try Example.id("A")
        for journal in [
            try full().recording(.recordReactivation(id), by: "me", at: Example.now),
            try full().concluding(.reactivate(id), by: "me", at: Example.now),
        ] {
            #expect(journal.previous == .init(id: id, state: .active))
            #expect(journal.reactivatedAt == Example.now)
        }
        #expect(try full().recording(.recordDeactivation(id), by: "me", at: Example.now).reactivatedAt == nil)
    }
}
