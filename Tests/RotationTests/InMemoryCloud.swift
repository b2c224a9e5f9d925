import FoundationEssentials
import Handover
import Rotation
import Secrets

/// IAM, the Parameter Store and the bucket of one user, in memory, with a clock that moves only when told.
actor InMemoryCloud {
    enum Operation: Hashable {
        case readJournal, writeJournal, listKeys, createKey, setStatus, deleteKey, prove, readParameter, publish
        case listCheckIns, readCheckIns, askWhetherAccepted
    }

    /// What goes wrong the next time.
    enum Fault {
        /// It does not take effect, and says so.
        case refused
        /// It takes effect, and the answer is lost.
        case answerLost
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String { "an invented failure" }
    }

    struct Call {
        var operation: Operation
        var signedAt: Date?
        var at: Date
    }

    struct Object {
        var bytes: [UInt8]
        var etag: String
        var lastModified: Date
    }

    var now: Date
    private(set) var calls: [Call] = []
    private(set) var keys: [AccessKeyID: Observation.Key] = [:]
    private(set) var versions: [PublishedKeys] = []
    private(set) var journal: Object?
    private(set) var checkIns: [HostID: [AccessKeyID: (signed: SignedCheckIn, at: Date)]] = [:]
    private(set) var removed: Set<AccessKeyID> = []
    /// Every body of a journal that was ever written.
    private(set) var journalBodies: [[UInt8]] = []
    private var faults: [Operation: Fault] = [:]
    private var secrets: [AccessKeyID: AccessKey] = [:]
    private var unmade: [AccessKey]
    /// How often a key that is not active any more is still accepted.
    private var lingering: [AccessKeyID: Int] = [:]
    private var writes = 0

    init(now: Date, keysToMake: [AccessKey]) {
        self.now = now
        unmade = keysToMake
    }

    // MARK: What a test does

    func advance(by duration: Duration) { now = now + duration }
    func fail(_ operation: Operation, _ fault: Fault) { faults[operation] = fault }
    func use(_ id: AccessKeyID) { keys[id]?.lastUse = .init(at: now, service: "s3", region: "eu-west-1") }

    func linger(_ id: AccessKeyID, for checks: Int) { lingering[id] = checks }

    func lingers(_ id: AccessKeyID) -> Bool {
        guard let left = lingering[id], left > 0 else { return false }
        lingering[id] = left - 1
        return true
    }

    /// Somebody else writes the journal.
    func overwriteJournal(_ journal: Journal) throws { store(try journal.encoded()) }

    func makeKey() throws -> AccessKey {
        guard keys.count < 2, !unmade.isEmpty else { throw Failure() }
        let key = unmade.removeFirst()
        keys[key.id] = .init(status: .active, createdAt: now)
        secrets[key.id] = key
        return key
    }

    func put(_ pair: PublishedKeys) { versions.append(pair) }

    /// A host that follows the parameter checks in with NEW, or with the key given.
    func checkIn(_ host: HostID, user: UserName, holding held: AccessKey? = nil) throws {
        guard let key = held ?? versions.last?.new, keys[key.id]?.status == .active else { throw Failure() }
        let checkIn = CheckIn(
            host: host, hostName: host.description, user: user, parameter: "/keybaton/\(user)",
            parameterVersion: versions.count, keyID: key.id, problem: nil, startedAt: now, finishedAt: now, targets: [],
            agentVersion: "1", operatingSystem: "Debian", architecture: "x86_64", clockSkew: nil, nextRunDue: nil)
        checkIns[host, default: [:]][key.id] = (try SignedCheckIn(checkIn, heldSecret: key.secret), now)
    }

    // MARK: What the ports share

    /// Notes the call; throws what was set up for it, where the effect did not take place.
    func begin(_ operation: Operation, signedAt: Date? = nil) throws(EffectError) {
        calls.append(Call(operation: operation, signedAt: signedAt, at: now))
        if faults[operation] == .refused {
            faults[operation] = nil
            throw .refused(Failure())
        }
        if let signedAt, now > signedAt + .seconds(15 * 60) { throw .refused(Failure()) }
    }

    func end(_ operation: Operation) throws(EffectError) {
        guard faults[operation] == .answerLost else { return }
        faults[operation] = nil
        throw .uncertain(Failure())
    }

    func store(_ bytes: [UInt8]) {
        writes += 1
        journalBodies.append(bytes)
        journal = Object(bytes: bytes, etag: "e\(writes)", lastModified: now)
    }

    func secret(of id: AccessKeyID) -> AccessKey? { secrets[id] }
    func setStatus(_ id: AccessKeyID, _ status: Observation.KeyStatus?) {
        if let status { keys[id]?.status = status } else { keys[id] = nil }
    }
    func forget(_ ids: Set<AccessKeyID>) { removed.formUnion(ids) }
}

extension InMemoryCloud.Fault: Equatable {}
