import FoundationEssentials
import Handover
import Rotation
import Secrets
import Synchronization

extension InMemoryCloud: JournalStore {
    func read(of user: UserName) throws -> JournalSnapshot {
        try begin(.readJournal)
        try end(.readJournal)
        return JournalSnapshot(
            journal: try journal.map { try Journal(decoding: $0.bytes, user: user) }, etag: journal?.etag,
            lastModified: journal?.lastModified, now: now)
    }

    func write(_ journal: Journal, replacing etag: String?) throws -> JournalReceipt? {
        try begin(.writeJournal)
        guard self.journal?.etag == etag else { return nil }
        store(try journal.encoded())
        do { try end(.writeJournal) } catch { return nil }
        return self.journal.map { JournalReceipt(etag: $0.etag, at: $0.lastModified) }
    }
}

extension InMemoryCloud: KeyIssuer {
    func keys(of user: UserName) throws -> [AccessKeyID: Observation.Key] {
        try begin(.listKeys)
        return keys
    }

    func createKey(for user: UserName, signedAt: Date) throws(EffectError) -> AccessKey {
        try begin(.createKey, signedAt: signedAt)
        guard let key = try? makeKey() else { throw .refused(Failure()) }
        try end(.createKey)
        return key
    }

    func setStatus(of id: AccessKeyID, active: Bool, user: UserName, signedAt: Date) throws(EffectError) {
        try begin(.setStatus, signedAt: signedAt)
        guard keys[id] != nil else { throw .refused(Failure()) }
        setStatus(id, active ? .active : .inactive)
        try end(.setStatus)
    }

    func deleteKey(_ id: AccessKeyID, of user: UserName, signedAt: Date) throws(EffectError) {
        try begin(.deleteKey, signedAt: signedAt)
        guard keys[id] != nil else { throw .refused(Failure()) }
        setStatus(id, nil)
        try end(.deleteKey)
    }

    func prove(_ key: AccessKey, of user: UserName) throws(EffectError) {
        try begin(.prove)
        guard keys[key.id]?.status == .active, secret(of: key.id) == key else { throw .refused(Failure()) }
        try end(.prove)
    }

    func isAccepted(_ key: AccessKey) throws(EffectError) -> Bool {
        try begin(.askWhetherAccepted)
        return keys[key.id]?.status == .active || lingers(key.id)
    }
}

extension InMemoryCloud: KeyPublication {
    func read(version: Int?) throws -> Publication {
        try begin(.readParameter)
        let version = version ?? versions.count
        guard versions.indices.contains(version - 1) else { return .missing }
        return .published(try PublishedKeys(parsing: versions[version - 1].text), version: version)
    }

    func publish(_ keys: PublishedKeys, signedAt: Date) throws(EffectError) -> Int {
        try begin(.publish, signedAt: signedAt)
        put(keys)
        try end(.publish)
        return versions.count
    }
}

extension InMemoryCloud: CheckInSource {
    func list(of user: UserName) throws -> AckLedger {
        try begin(.listCheckIns)
        var ledger = AckLedger()
        for (host, objects) in checkIns {
            for (key, object) in objects {
                ledger.record(
                    ReportedCheckIn(keyID: key, lastModified: object.at, etag: "", evidence: .listed), of: host)
            }
        }
        return ledger
    }

    func read(
        _ wanted: [(host: HostID, checkIn: ReportedCheckIn)], of user: UserName, published: PublishedKeys
    ) throws -> [(host: HostID, checkIn: ReportedCheckIn)] {
        if wanted.isEmpty { return [] }
        try begin(.readCheckIns)
        return wanted.compactMap { host, report in
            guard let object = checkIns[host]?[report.keyID], let key = published.key(report.keyID) else { return nil }
            var report = report
            do throws(CheckInError) {
                let checkIn = try object.signed.verified(user: user, key: key, host: host)
                report.evidence = .proved(version: checkIn.parameterVersion, problem: checkIn.problem)
            } catch {
                report.evidence = .refused(error)
            }
            return (host, report)
        }
    }

    func remove(under keys: Set<AccessKeyID>, of user: UserName) throws { forget(keys) }
}

/// A destination that shows what it holds, or does not.
actor InMemoryDestination: Destination {
    nonisolated let name: String
    private let tells: Bool
    /// Whether what it is given stays there.
    private let keeps: Bool
    private(set) var held: AccessKeyID?
    private(set) var feedings = 0
    /// Whether a feeding ends after the secret and before the id.
    private var breaksOff = false

    init(name: String, tells: Bool = true, keeps: Bool = true, held: AccessKeyID? = nil) {
        self.name = name
        self.tells = tells
        self.keeps = keeps
        self.held = held
    }

    func setBreaksOff(_ breaksOff: Bool) { self.breaksOff = breaksOff }

    func observe() -> Observation.Destination {
        guard tells else { return .cannotTell }
        return held.map { .holds($0) } ?? .needsFeeding
    }

    func feed(_ key: AccessKey) throws(EffectError) {
        feedings += 1
        if breaksOff { throw .uncertain(CancellationError()) }
        if keeps { held = key.id }
    }
}

/// Time since boot, moved by hand.
final class BootClock: Sendable {
    private let time = Mutex(Duration.seconds(1000))

    var now: Duration { time.withLock { $0 } }
    func advance(by duration: Duration) { time.withLock { $0 += duration } }
}
