import FoundationEssentials
import Handover
import Rotation
import Secrets
import Testing

@testable import RotatorCommands

/// IAM, the Parameter Store and the bucket of many users, in memory. Check-ins there are none.
actor Estate {
    struct Failure: Error {}

    struct State: Equatable {
        var keys: [AccessKeyID: Observation.Key] = [:]
        var versions: [[AccessKeyID]] = []
        var journal: [UInt8]?
    }

    let now: Date
    private(set) var states: [UserName: State] = [:]
    private var failing: Set<UserName> = []
    private var writes = 0
    /// In the order in which IAM was asked for them.
    private(set) var created: [UserName] = []

    init(now: Date = Date(timeIntervalSince1970: 1_795_248_647)) {
        self.now = now
    }

    /// A user whose key was published and is so old.
    func add(_ user: UserName, age: Duration) throws {
        let key = try Self.key(user, 1)
        var journal = Journal(user: user)
        journal.current = .init(id: key.id, version: 1, publishedAt: now - age)
        journal.hosts = [try #require(HostID("nas")): .seen]
        states[user] = State(
            keys: [key.id: .init(status: .active, createdAt: now - age)], versions: [[key.id]],
            journal: try journal.encoded())
    }

    /// A user without a key.
    func add(_ user: UserName) { states[user] = State() }

    func fail(_ user: UserName) { failing.insert(user) }

    /// Id and secret follow from the user and the number, so that the end does not depend on who came first.
    static func key(_ user: UserName, _ number: Int) throws -> AccessKey {
        let digits = SHA256.hash(Array("\(user) \(number)".utf8)).hexadecimal.uppercased()
        let id = try #require(AccessKeyID("AKIA" + digits.prefix(16)))
        return try #require(AccessKey(id: id, secret: Secret(String(digits.prefix(40)))))
    }

    func ports(of user: UserName) -> Ports {
        let place = Place(estate: self, user: user)
        return Ports(
            journals: place, issuer: place, publication: place, destinations: [], checkIns: place, bootTime: { .zero })
    }

    func write(_ journal: [UInt8], of user: UserName, replacing etag: String?) -> String? {
        guard etag == tag(of: user) else { return nil }
        states[user]?.journal = journal
        return tag(of: user)
    }

    func tag(of user: UserName) -> String? {
        states[user]?.journal.map { SHA256.hash($0).hexadecimal }
    }

    func check(_ user: UserName) throws { if failing.contains(user) { throw Failure() } }

    func create(for user: UserName) throws -> AccessKey {
        created.append(user)
        let key = try Self.key(user, (states[user]?.keys.count ?? 0) + 1)
        states[user]?.keys[key.id] = .init(status: .active, createdAt: now)
        return key
    }

    func publish(_ keys: PublishedKeys, of user: UserName) -> Int {
        states[user]?.versions.append([keys.new.id, keys.old?.id].compactMap(\.self))
        return states[user]?.versions.count ?? 0
    }
}

/// One user's ports.
private struct Place: JournalStore, KeyIssuer, KeyPublication, CheckInSource {
    let estate: Estate
    let user: UserName

    func read(of user: UserName) async throws -> JournalSnapshot {
        try await estate.check(user)
        let bytes = await estate.states[user]?.journal
        return JournalSnapshot(
            journal: try bytes.map { try Journal(decoding: $0, user: user) }, etag: await estate.tag(of: user),
            lastModified: estate.now, now: estate.now)
    }

    func write(_ journal: Journal, replacing etag: String?) async throws -> JournalReceipt? {
        await estate.write(try journal.encoded(), of: user, replacing: etag).map {
            JournalReceipt(etag: $0, at: estate.now)
        }
    }

    func keys(of user: UserName) async -> [AccessKeyID: Observation.Key] { await estate.states[user]?.keys ?? [:] }

    func createKey(for user: UserName, signedAt: Date) async throws(EffectError) -> AccessKey {
        do { return try await estate.create(for: user) } catch { throw .refused(error) }
    }

    func setStatus(of id: AccessKeyID, active: Bool, user: UserName, signedAt: Date) async throws(EffectError) {
        throw .refused(Estate.Failure())
    }

    func deleteKey(_ id: AccessKeyID, of user: UserName, signedAt: Date) async throws(EffectError) {
        throw .refused(Estate.Failure())
    }

    func prove(_ key: AccessKey, of user: UserName) async throws(EffectError) {}

    func isAccepted(_ key: AccessKey) async throws(EffectError) -> Bool { true }

    func read(version: Int?) async throws -> Publication {
        guard let versions = await estate.states[user]?.versions, let ids = versions.last else { return .missing }
        let keys = try (1...3).map { try Estate.key(user, $0) }
        let pair = ids.compactMap { id in keys.first { $0.id == id } }
        guard let new = pair.first, let published = PublishedKeys(new: new, old: pair.dropFirst().first) else {
            return .missing
        }
        return .published(published, version: versions.count)
    }

    func publish(_ keys: PublishedKeys, signedAt: Date) async throws(EffectError) -> Int {
        await estate.publish(keys, of: user)
    }

    func list(of user: UserName) async throws -> AckLedger { AckLedger() }

    func read(
        _ checkIns: [(host: HostID, checkIn: ReportedCheckIn)], of user: UserName, published: PublishedKeys
    ) async throws -> [(host: HostID, checkIn: ReportedCheckIn)] { [] }

    func remove(under keys: Set<AccessKeyID>, of user: UserName) async throws {}
}
