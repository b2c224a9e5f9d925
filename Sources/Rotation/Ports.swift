package import Secrets
package import FoundationEssentials
package import Handover

/// How an effect failed, as far as it matters for what is done next.
package enum EffectError: Error, Sendable {
    /// It certainly did not take effect.
    case refused(any Error)
    /// It may have taken effect, or may still do so.
    case uncertain(any Error)
}

/// Where a managed user's journal is kept: one object with conditional writes.
package protocol JournalStore: Sendable {
    func read(of user: UserName) async throws -> JournalSnapshot

    /// Replaces the object if it still has this ETag, or makes it if there is none (nil).
    ///
    /// Returns nil when somebody else wrote meanwhile. Throws `EffectError.uncertain` when nobody knows whether the write
    /// took effect, anything else when it certainly did not.
    func write(_ journal: Journal, replacing etag: String?) async throws -> JournalReceipt?
}

package struct JournalReceipt: Hashable, Sendable {
    package var etag: String
    /// The store's date in its answer.
    package var at: Date

    package init(etag: String, at: Date) {
        self.etag = etag
        self.at = at
    }
}

/// IAM. What changes something is signed with the given time, retries included, and throws `EffectError` alone.
package protocol KeyIssuer: Sendable {
    func keys(of user: UserName) async throws -> [AccessKeyID: Observation.Key]
    /// Never retried: a lost answer is an orphan to delete, not a second key.
    func createKey(for user: UserName, signedAt: Date) async throws(EffectError) -> AccessKey
    func setStatus(of id: AccessKeyID, active: Bool, user: UserName, signedAt: Date) async throws(EffectError)
    func deleteKey(_ id: AccessKeyID, of user: UserName, signedAt: Date) async throws(EffectError)
    /// Throws unless AWS accepts the key and says that it belongs to the user.
    func prove(_ key: AccessKey, of user: UserName) async throws(EffectError)
    /// Asks AWS once whether it knows the key. False only if it says that it does not, or not any more.
    func isAccepted(_ key: AccessKey) async throws(EffectError) -> Bool
}

/// What the store of record says.
package enum Publication: Sendable {
    case missing
    case unreadable(version: Int, problem: String)
    case published(PublishedKeys, version: Int)
}

/// The store of record: written first, and everything else is fed from it.
package protocol KeyPublication: Sendable {
    /// The newest version, or the one named; `missing` when there is none.
    func read(version: Int?) async throws -> Publication
    /// Returns the new version.
    func publish(_ keys: PublishedKeys, signedAt: Date) async throws(EffectError) -> Int
}

/// Anything else that receives the new key: one place that is written alone.
package protocol Destination: Sendable {
    /// Stable, and readable: the journal remembers what it was given under it.
    var name: String { get }
    /// Which key it holds, as far as that can be read. `holds` says that the secret is there too.
    func observe() async -> Observation.Destination
    /// Idempotent: it is fed again where nobody can tell what it holds.
    func feed(_ key: AccessKey) async throws(EffectError)
}

/// The check-ins of one user.
package protocol CheckInSource: Sendable {
    /// One listing: names, times and ETags, no bodies.
    func list(of user: UserName) async throws -> AckLedger
    /// Reads the bodies of these check-ins and verifies them. One that has gone meanwhile is left out.
    func read(
        _ checkIns: [(host: HostID, checkIn: ReportedCheckIn)], of user: UserName, published: PublishedKeys
    ) async throws -> [(host: HostID, checkIn: ReportedCheckIn)]
    /// Removes the check-ins under keys of earlier generations.
    func remove(under keys: Set<AccessKeyID>, of user: UserName) async throws
}

package struct Ports: Sendable {
    package var journals: any JournalStore
    package var issuer: any KeyIssuer
    package var publication: any KeyPublication
    package var destinations: [any Destination]
    package var checkIns: any CheckInSource
    /// Time since boot, suspended or not: what a lease is given up by, since only AWS checks a signature's age.
    package var bootTime: @Sendable () -> Duration
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        journals: any JournalStore, issuer: any KeyIssuer, publication: any KeyPublication,
        destinations: [any Destination], checkIns: any CheckInSource, bootTime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.journals = journals
        self.issuer = issuer
        self.publication = publication
        self.destinations = destinations
        self.checkIns = checkIns
        self.bootTime = bootTime
        self.sleep = sleep
    }
}
