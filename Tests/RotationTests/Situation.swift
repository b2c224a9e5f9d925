import FoundationEssentials
import Handover
import Rotation
import Secrets
import Testing

/// Invented names, and a fixed clock.
enum Example {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    static func id(_ letter: Character) throws -> AccessKeyID {
        try #require(AccessKeyID("AKIAEXAMPLEKEY00000\(letter)"))
    }
    static func host(_ name: String) throws -> HostID { try #require(HostID(name)) }
    static func user() throws -> UserName { try #require(UserName("backup")) }

    static func secretText(_ letter: Character) -> String {
        "EXAMPLE\(letter)secret+" + String(repeating: letter, count: 26)
    }

    static func key(_ letter: Character) throws -> AccessKey {
        let id = try id(letter)
        return try #require(AccessKey(id: id, secret: Secret(secretText(letter))))
    }
}

/// What the planner is asked about: a rotation from key A to key B, with the hosts nas and pi, as it stands on one day.
struct Situation {
    var journal: Journal?
    var observation: Observation
    var policy = Policy()
    var now = Example.now

    /// A is NEW and ten days old; both hosts hold it.
    static func steady() throws -> Situation {
        var journal = Journal(user: try Example.user())
        journal.current = .init(id: try Example.id("A"), version: 1, publishedAt: Example.now - .days(10))
        journal.hosts = [try Example.host("nas"): .seen, try Example.host("pi"): .seen]
        var situation = Situation(
            journal: journal,
            observation: Observation(
                keys: [try Example.id("A"): .init(status: .active, createdAt: Example.now - .days(10))],
                parameter: .published(PublishedIDs(new: try Example.id("A"), old: nil), version: 1)))
        for name in ["nas", "pi"] { try situation.checkIn(name, "A", version: 1, at: Example.now - .days(1)) }
        return situation
    }

    /// B was published as version 2 five days ago; nobody holds it yet.
    static func distributing() throws -> Situation {
        var situation = try steady()
        let ids = PublishedIDs(new: try Example.id("B"), old: try Example.id("A"))
        situation.journal?.current = .init(id: ids.new, version: 2, publishedAt: Example.now - .days(5))
        situation.journal?.previous = .init(id: try Example.id("A"), state: .active)
        situation.observation.parameter = .published(ids, version: 2)
        situation.observation.keys[ids.new] = .init(status: .active, createdAt: Example.now - .days(5))
        return situation
    }

    /// Both hosts hold B since three days, and nobody has used A for nine.
    static func settling() throws -> Situation {
        var situation = try distributing()
        situation.observation.keys[try Example.id("A")]?.lastUse = .init(
            at: Example.now - .days(9), service: "s3", region: "eu-west-1")
        for name in ["nas", "pi"] { try situation.checkIn(name, "B", version: 2, at: Example.now - .days(3)) }
        return situation
    }

    /// A is inactive since two days.
    static func observing() throws -> Situation {
        var situation = try settling()
        situation.journal?.previous?.state = .inactive(since: Example.now - .days(2))
        situation.observation.keys[try Example.id("A")]?.status = .inactive
        return situation
    }

    mutating func checkIn(
        _ host: String, _ letter: Character, version: Int, at date: Date, problem: CheckIn.Problem? = nil
    ) throws {
        observation.checkIns[try Example.host(host)] = ReportedCheckIn(
            keyID: try Example.id(letter), lastModified: date, etag: "",
            evidence: .proved(version: version, problem: problem))
    }

    mutating func report(_ host: String, _ letter: Character, at date: Date, _ evidence: ReportedCheckIn.Evidence)
        throws
    {
        observation.checkIns[try Example.host(host)] = ReportedCheckIn(
            keyID: try Example.id(letter), lastModified: date, etag: "", evidence: evidence)
    }

    var snapshot: JournalSnapshot {
        JournalSnapshot(journal: journal, etag: journal.map { _ in "1" }, lastModified: now, now: now)
    }

    func decide(_ request: Request = .proceed) -> Decision {
        Planner.decide(observation, from: snapshot, policy: policy, request: request)
    }
}

/// The action of a decision, and its reason holding all the words.
func expectAct(
    _ decision: Decision, _ action: Action, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
) {
    guard case .act(let decided, let reason) = decision else {
        Issue.record("\(decision)", sourceLocation: sourceLocation)
        return
    }
    #expect(decided == action, sourceLocation: sourceLocation)
    for word in words { #expect(reason.contains(word), sourceLocation: sourceLocation) }
}

func expectWait(
    _ decision: Decision, until date: Date?, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
) {
    guard case .wait(let text, let until) = decision else {
        Issue.record("\(decision)", sourceLocation: sourceLocation)
        return
    }
    #expect(until == date, sourceLocation: sourceLocation)
    for word in words { #expect(text.contains(word), sourceLocation: sourceLocation) }
}

/// A hold, which must always say what a person can do.
func expectHold(_ decision: Decision, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation) {
    guard case .hold(let text) = decision else {
        Issue.record("\(decision)", sourceLocation: sourceLocation)
        return
    }
    for word in words { #expect(text.contains(word), sourceLocation: sourceLocation) }
    let remedies = [
        "`keybaton", "put ", "mend", "delete it", "look at it", "declare hosts", "Activate", "Wake", "retire",
        "already", "renew its token",
    ]
    #expect(
        remedies.contains { text.contains($0) }, "a hold must say what to do: \(text)", sourceLocation: sourceLocation)
}
