import FoundationEssentials
import Handover
import Notifications
import Rotation
import Secrets
import Testing

/// One user's rotation from key A to key B with the hosts nas and pi, at a fixed time: invented names.
struct World {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    var journal: Journal
    var observation: Observation
    var policy: Policy
    var now = World.now

    static func id(_ letter: Character) throws -> AccessKeyID {
        try #require(AccessKeyID("AKIAEXAMPLEKEY00000\(letter)"))
    }

    static func user() throws -> UserName { try #require(UserName("backup")) }
    static func host(_ name: String) throws -> HostID { try #require(HostID(name)) }

    /// A is the only key, made so many days ago; both hosts hold it.
    init(_ policy: Policy = Policy(), made days: Int = 10) throws {
        self.policy = policy
        journal = Journal(user: try Self.user())
        let made = Self.now - .days(days)
        journal.current = .init(id: try Self.id("A"), version: 1, publishedAt: made)
        journal.hosts = [try Self.host("nas"): .seen, try Self.host("pi"): .seen]
        observation = Observation(
            keys: [try Self.id("A"): .init(status: .active, createdAt: made + .seconds(2))],
            parameter: .published(PublishedIDs(new: try Self.id("A"), old: nil), version: 1))
        for name in ["nas", "pi"] { try checkIn(name, "A", version: 1, at: Self.now - .days(1)) }
    }

    /// B replaces A, published at a date.
    mutating func publish(at date: Date) throws {
        let ids = PublishedIDs(new: try Self.id("B"), old: try Self.id("A"))
        journal.current = .init(id: ids.new, version: 2, publishedAt: date)
        journal.previous = .init(id: try Self.id("A"), state: .active)
        observation.parameter = .published(ids, version: 2)
        observation.keys[ids.new] = .init(status: .active, createdAt: date + .seconds(1))
    }

    mutating func checkIn(
        _ host: String, _ letter: Character, version: Int, at date: Date, problem: CheckIn.Problem? = nil
    ) throws {
        observation.checkIns[try Self.host(host)] = ReportedCheckIn(
            keyID: try Self.id(letter), lastModified: date, etag: "",
            evidence: .proved(version: version, problem: problem))
    }

    mutating func deactivate(at date: Date) throws {
        journal.previous?.state = .inactive(since: date)
        observation.keys[try Self.id("A")]?.status = .inactive
    }

    var notices: [Notice] {
        get throws {
            let snapshot = JournalSnapshot(journal: journal, etag: "1", lastModified: now, now: now)
            let report = StatusReport.User(try Self.user(), snapshot, observation, policy: policy)
            return Notice.all(in: report, snapshot, observation, policy: policy)
        }
    }

    /// As `event` or `event.step`.
    var told: [String] {
        get throws { try notices.map { notice in notice.key.prefix { $0 != ":" } }.map(String.init) }
    }
}
