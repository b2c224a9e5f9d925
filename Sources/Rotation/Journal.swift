package import Secrets
package import FoundationEssentials
package import Handover

/// The rotator's own state for one managed user: one object in the bucket, without secrets.
///
/// The phase is never stored: it follows from the observation, so that there is nothing to contradict it.
package struct Journal: Hashable, Sendable, Codable {
    /// 2: what is revoked and retired. An older rotator would drop that, so it must not write such a journal.
    package static let format = 2

    /// The publication that hosts must move to.
    package struct Current: Hashable, Sendable, Codable {
        package var id: AccessKeyID
        /// The parameter's version that published it.
        package var version: Int
        /// On AWS's clock, no later than the publication took effect.
        package var publishedAt: Date

        package init(id: AccessKeyID, version: Int, publishedAt: Date) {
            self.id = id
            self.version = version
            self.publishedAt = publishedAt
        }
    }

    /// The key that is being retired.
    package struct Previous: Hashable, Sendable {
        package enum State: Hashable, Sendable {
            case active
            /// A deactivation was begun. Until IAM shows its end, "active" may mean "not yet" or "brought back".
            case deactivating
            /// Seen inactive in IAM no later than this, on S3's clock.
            case inactive(since: Date)
            case deleted
        }

        package var id: AccessKeyID
        package var state: State

        package init(id: AccessKeyID, state: State) {
            self.id = id
            self.state = state
        }
    }

    /// A create or roll-back whose end nobody has recorded. It stays until a later run has resolved it: without it a
    /// key whose CreateAccessKey answer was lost would be "a key Keybaton does not know" for ever.
    package struct Unresolved: Hashable, Sendable, Codable {
        package enum Kind: String, Sendable, Codable {
            case create, rollback
        }

        package var kind: Kind
        /// On S3's clock, no later than the first request of the attempt.
        package var since: Date
        /// The key that was made, once known.
        package var keyID: AccessKeyID?

        package init(kind: Kind, since: Date, keyID: AccessKeyID? = nil) {
            self.kind = kind
            self.since = since
            self.keyID = keyID
        }
    }

    /// An operator's recorded decision to go on without something, for one publication only.
    package struct Waiver: Hashable, Sendable, Codable {
        package enum Subject: Hashable, Sendable {
            /// Not to wait for one host.
            case host(HostID)
            /// Not to wait until OLD is quiet: a forgotten consumer would otherwise hold the rotation for ever.
            case unknownUse
        }

        package var subject: Subject
        /// Of the parameter. After a roll-back the same key is NEW again, under another version.
        package var version: Int
        package var reason: String
        package var by: String
        package var at: Date

        package init(subject: Subject, version: Int, reason: String, by: String, at: Date) {
            self.subject = subject
            self.version = version
            self.reason = reason
            self.by = by
            self.at = at
        }
    }

    /// Why a host is expected.
    package enum Membership: String, Hashable, Sendable, Codable {
        /// Named in the configuration and not met so far: any `name-xxxxxxxx` that checks in takes its place.
        case declared
        /// Has checked in under this very id.
        case seen
    }

    /// Who is acting on an intent. It runs from the object's LastModified, so no clock but S3's counts it.
    package struct Lease: Hashable, Sendable, Codable {
        package var owner: String
        package var intent: String

        package init(owner: String, intent: String) {
            self.owner = owner
            self.intent = intent
        }
    }

    package struct Event: Hashable, Sendable, Codable {
        package var at: Date
        package var by: String
        package var what: String
    }

    package var format = Journal.format
    package var user: UserName
    /// Nil only before the very first key is published.
    package var current: Current?
    package var previous: Previous?
    /// Every host ever declared or seen. Neither an edited configuration nor an expired object removes one; only
    /// retiring it does.
    package var hosts: [HostID: Membership] = [:]
    /// Hosts that an operator retired, and when, on S3's clock: only what a host writes after that brings it back.
    package var retiredHosts: [HostID: Date] = [:]
    package var waivers: [Waiver] = []
    /// When OLD was last seen to have been brought back, or the journal was rebuilt: what hosts said before does
    /// not count for the next deactivation. On S3's clock.
    package var reactivatedAt: Date?
    package var unresolved: Unresolved?
    package var revocation: Revocation?
    /// What each destination was given last, as far as its answer was heard: all that is known of one that cannot be
    /// read, and of one that is not configured any more.
    package var fed: [String: AccessKeyID] = [:]
    /// Destinations whose feeding was begun and whose end nobody recorded. The id and the secret are two writes in most
    /// places: such a one may show the id of one key and hold the secret of another.
    package var halfFed: Set<String> = []
    package var lease: Lease?
    /// Different in every write, so that a writer whose answer was lost recognises its own.
    package var nonce: String = ""
    package var history: [Event] = []
    /// Earlier generations, whose check-ins may be removed from the bucket.
    package var retired: [AccessKeyID] = []

    package init(user: UserName) {
        self.user = user
    }

    /// The number of history entries that are kept.
    package static let historyLimit = 200
    /// More hosts than this are not taken in: whoever holds a key could otherwise invent them without end.
    package static let hostLimit = 10_000
}

/// The journal as it was read, with what is needed to replace it and to tell the time.
package struct JournalSnapshot: Hashable, Sendable {
    /// Nil when the object does not exist.
    package var journal: Journal?
    package var etag: String?
    package var lastModified: Date?
    /// S3's date in the answer: the `now` of every decision made from it.
    package var now: Date

    package init(journal: Journal?, etag: String?, lastModified: Date?, now: Date) {
        self.journal = journal
        self.etag = etag
        self.lastModified = lastModified
        self.now = now
    }

    /// The lease that still runs, and until when; nil when nobody may be acting.
    package var runningLease: (lease: Journal.Lease, until: Date)? {
        guard let lease = journal?.lease, let lastModified else { return nil }
        let until = lastModified + leaseDuration
        return now < until ? (lease, until) : nil
    }
}

extension Date {
    package static func + (date: Date, duration: Duration) -> Date {
        date.addingTimeInterval(duration / .seconds(1))
    }

    package static func - (date: Date, duration: Duration) -> Date {
        date.addingTimeInterval(-(duration / .seconds(1)))
    }
}
