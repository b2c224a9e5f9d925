import Secrets
import FoundationEssentials
import Handover
import Rotation

/// One managed user's world: IAM, the Parameter Store, the bucket, hosts and rotators, small enough to be searched.
///
/// The rotators are the product's `Pass` and `Planner` and the hosts follow the product's `RefreshDecision`; this type plays
/// AWS and fate. Keys are numbered from 1.
struct World: Hashable {
    enum Status: UInt8 {
        case neverMade, active, inactive, deleted
    }

    struct Pair: Hashable {
        var new: UInt8
        var old: UInt8
    }

    /// A check-in as the bucket holds it: one object a host and key.
    struct CheckInObject: Hashable {
        var key: UInt8
        var version: Int
        var hasProblem: Bool
        var lastModified: Date
        /// Without the rule `graceend`: it came after the deactivation.
        var isAfterDeactivation = false
    }

    struct Host: Hashable {
        enum Step: UInt8 {
            case asleep, hasRead, installedFirst, mustCheckIn
        }

        var file: UInt8 = 1
        /// 0: the host has one target.
        var second: UInt8 = 0
        var step = Step.asleep
        var readVersion = 0
        var newestEverHeld: UInt8 = 1
        var delayed: CheckInObject?
        var checkIns: [CheckInObject] = []
    }

    /// Another place that receives NEW.
    struct Destination: Hashable {
        var key: UInt8 = 1
        /// It can be written and not read.
        var isWriteOnly: Bool
        /// Between two requests: what it does to a feeding breaks off after the secret and before the id.
        var isFailing = false
        /// It shows the id of one key and holds the secret of another.
        var isTorn = false
    }

    struct Rotator: Hashable {
        var pass: Pass?
        /// Hosts that were retired, and had not come back, when this run looked.
        var excused: Set<Int> = []
        /// When this run last wrote the journal: its lease runs from here.
        var wroteAt: Date?
        /// The key made in this run; 0: none.
        var made: UInt8 = 0
        /// Without the rule `nodelown`: it is about to delete the key it made.
        var deletesOwnKey = false
    }

    static let keyCount = 4
    static let maximumVersions = 6

    // IAM
    var status: [Status]
    /// What a stale ListAccessKeys still shows.
    var staleStatus: [Status]
    var statusChangedAt: Date
    var createdAt: [Date]
    /// Kept only where time is a number.
    var lastUsedAt: [Date?] = Array(repeating: nil, count: keyCount + 1)
    /// When a key was last made inactive; kept only where time is a number.
    var inactiveAt: [Date] = Array(repeating: .distantPast, count: keyCount + 1)
    /// Keys that are not active any more and that AWS still accepts.
    var lingering: Set<UInt8> = []
    /// Keys that a person made by hand, and uses.
    var foreign: Set<UInt8> = []
    // Parameter Store
    var versions: [Pair] = [Pair(new: 1, old: 0)]
    var staleVersion = 1
    var publishedAt: Date
    // Bucket
    var journal: Journal?
    /// Counts the writes; canonical states only tell "the same" from "another".
    var journalETag = 1
    var journalWrittenAt: Date
    var destinations: [Destination] = []
    var hosts: [Host]
    var rotators: [Rotator]
    var rotationsDone = 0
    var budget: Budget
    var now: Date
    // Ghosts: what is right, known to nobody in the model
    /// Hosts rightly waived for the present publication.
    var rightlyWaived: Set<Int> = []
    /// Hosts for whose sake OLD was brought back and that have not checked in since.
    var broughtBackFor: Set<Int> = []
    /// Hosts rightly retired that have not checked in since.
    var retired: Set<Int> = []
    /// Keys that an operator revoked, as far as the journal knows.
    var revoked: Set<UInt8> = []
    /// The same, whatever became of the journal: a run may be about to deactivate one.
    var everRevoked: Set<UInt8> = []
    /// Since when NEW and OLD are both meant to work; kept only where time is a number.
    var pairedAt: Date
    /// When the last attempt to publish another pair began: the journal counts from there, however long it took.
    var attemptAt: Date

    // MARK: Names

    static let user = name(UserName("backup"))
    static let keyIDs: [AccessKeyID] = (0...keyCount).map { name(AccessKeyID("AKIAEXAMPLEKEY0\($0)")) }
    static let hostIDs: [HostID] = [name(HostID("nas")), name(HostID("pi"))]
    static let destinationNames = ["pipeline", "vault"]

    private static func name<Name>(_ name: Name?) -> Name {
        guard let name else { preconditionFailure("a name of the simulation is not valid") }
        return name
    }

    static func number(of id: AccessKeyID) -> UInt8 {
        UInt8(keyIDs.firstIndex(of: id) ?? 0)
    }

    // MARK: Small questions

    func isAlive(_ key: UInt8) -> Bool { [.active, .inactive].contains(status[Int(key)]) }

    var firstUnmadeKey: UInt8? {
        (1...Self.keyCount).first { status[$0] == .neverMade }.map(UInt8.init)
    }

    var aliveKeys: Int { (1...Self.keyCount).count { isAlive(UInt8($0)) } }

    var previousKey: UInt8 { journal?.previous.map { Self.number(of: $0.id) } ?? 0 }
    var currentKey: UInt8 { journal?.current.map { Self.number(of: $0.id) } ?? 0 }

    func ids(_ pair: Pair) -> PublishedIDs {
        PublishedIDs(new: Self.keyIDs[Int(pair.new)], old: pair.old == 0 ? nil : Self.keyIDs[Int(pair.old)])
    }

    mutating func setStatus(_ key: UInt8, _ new: Status) {
        staleStatus = status
        statusChangedAt = now
        status[Int(key)] = new
    }

    /// PutParameter, which knows no conditions.
    mutating func put(_ pair: Pair) {
        if versions.last != pair { rightlyWaived = [] }
        pairedAt = attemptAt
        staleVersion = versions.count
        publishedAt = now
        versions.append(pair)
    }
}
