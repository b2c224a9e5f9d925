package import Secrets
package import FoundationEssentials
package import Handover

/// One run of the rotator over one user, as a value: it says which effect comes next and is told the answer.
///
///     read the journal → observe → decide → write the intent → act → write the result → read the journal → …
///
/// Being a value without effects, it can be stopped, copied and searched at every step; the `Driver` performs what it
/// asks for. It changes a key in IAM once at the most, so that no run both deletes a published key and creates one, but
/// for two cases: the two-key strategy begins a rotation so, and a revocation is carried through at once.
package struct Pass: Hashable, Sendable {
    /// An intent whose write was answered later than this after the look at the world is given up: the decision may be
    /// out of date, and its lease would be shorter than its signatures.
    package static let maximumPreparation: Duration = .seconds(5 * 60)

    /// What the driver is to do next.
    package enum Effect: Hashable, Sendable {
        case readJournal
        case observe(JournalSnapshot)
        /// Only if the object still has this ETag; nil: only if there is none.
        case writeJournal(Journal, replacing: String?)
        /// `signedAt`: every request of an intent is signed with the time at which S3 took the intent, and never anew,
        /// so that AWS itself refuses what a paused rotator sends after its lease.
        case createKey(signedAt: Date)
        case setStatus(AccessKeyID, active: Bool, signedAt: Date)
        case deleteKey(AccessKeyID, signedAt: Date)
        /// Ask STS who the key of the parameter with this id belongs to.
        case prove(AccessKeyID)
        /// Ask STS until it refuses the parameter's key with this id; refused: it still accepts it.
        case proveDead(AccessKeyID)
        /// Make these two the published pair. Their secrets are the driver's: the parameter's or the one just made.
        case publish(PublishedIDs, signedAt: Date)
        case republish(version: Int, signedAt: Date)
        /// Not AWS's to fence: the driver gives it up by its own clock once the lease is over.
        case feed(destination: String, AccessKeyID)
    }

    /// What came of an effect.
    package enum Answer: Hashable, Sendable {
        case journal(JournalSnapshot)
        case observed(Observation)
        case written(etag: String, at: Date)
        /// The journal was not what it was expected to be, or nobody knows whether the write took effect.
        case notWritten
        case created(AccessKeyID)
        case published(version: Int)
        case done
        /// It certainly did not take effect, and why.
        case refused(String)
        /// Nobody knows whether it took effect.
        case failed(String)
    }

    /// How a run ended.
    package enum End: Hashable, Sendable {
        /// Nothing more to do now.
        case decided(Decision)
        /// Another rotator acts, or died acting, until then.
        case leased(owner: String, until: Date)
        /// Another rotator moved the journal on.
        case superseded
        /// An effect did not succeed: what was tried and the answer.
        case interrupted(String)
    }

    enum Stage: Hashable {
        case reading
        case observing(JournalSnapshot)
        case writing(Write)
        /// A write was not answered well: is the journal's content ours all the same?
        case checking(Write)
        case acting(Step, Held)
        case ended(End)
    }

    /// The journal as this run last wrote it.
    struct Held: Hashable {
        var journal: Journal
        var etag: String
        var signedAt: Date
    }

    struct Write: Hashable {
        enum Purpose: Hashable {
            case bookkeeping(Action)
            case intent(Action, preparedAt: Date)
            case madeKey(AccessKeyID)
            case result(Action)
            /// Gives the lease back after a refusal.
            case release(String)
            /// The same for one destination, which must not keep the others from being fed.
            case notFed(String, problem: String)
        }

        var journal: Journal
        var replacing: String?
        var purpose: Purpose
    }

    /// A step of an intent.
    enum Step: Hashable {
        case create
        case publish(PublishedIDs)
        case activate(AccessKeyID, toRollBack: Bool)
        case prove(AccessKeyID)
        case simple(Action)
    }

    /// Which changes of keys the run may still make.
    enum KeyChanges {
        case any, creation, none
    }

    enum Feeding: Hashable {
        case fed(AccessKeyID)
        case failed(String)
    }

    let user: UserName
    let owner: String
    let nonce: String
    let policy: Policy
    var request: Request
    /// Whether this run may begin a rotation; without it the run ends before, and its end says that it would.
    let mayBegin: Bool
    var keyChanges = KeyChanges.any
    /// What came of feeding each destination in this run.
    var feedings: [String: Feeding] = [:]
    var writes = 0
    var stage = Stage.reading
    /// What was done, in order.
    package internal(set) var actions: [Action] = []

    /// - Parameters:
    ///   - owner: who runs, for people who find the lease.
    ///   - nonce: different in every run of every rotator.
    ///   - mayBegin: whether this run may begin a rotation: one that serves many users holds back some of them.
    package init(
        user: UserName, owner: String, nonce: String, policy: Policy, request: Request = .proceed,
        mayBegin: Bool = true
    ) {
        self.user = user
        self.owner = owner
        self.nonce = nonce
        self.policy = policy
        self.request = request
        self.mayBegin = mayBegin
    }

    /// Nil until the run is over.
    package var end: End? {
        if case .ended(let end) = stage { end } else { nil }
    }

    /// Whether the run is about to begin or to begin again: nothing is in flight, and to stop here loses nothing.
    package var isBetweenActions: Bool { stage == .reading }

    /// What is to be done next; nil when the run is over.
    package var effect: Effect? {
        switch stage {
        case .reading, .checking: .readJournal
        case .observing(let snapshot): .observe(snapshot)
        case .writing(let write): .writeJournal(write.journal, replacing: write.replacing)
        case .acting(let step, let held): effect(of: step, signedAt: held.signedAt)
        case .ended: nil
        }
    }

    private func effect(of step: Step, signedAt: Date) -> Effect? {
        switch step {
        case .create: .createKey(signedAt: signedAt)
        case .publish(let ids): .publish(ids, signedAt: signedAt)
        case .activate(let id, _): .setStatus(id, active: true, signedAt: signedAt)
        case .prove(let id): .prove(id)
        case .simple(.deactivate(let id)), .simple(.deactivateRevoked(let id)):
            .setStatus(id, active: false, signedAt: signedAt)
        case .simple(.delete(let id)), .simple(.deleteUnpublished(let id)), .simple(.deleteRevoked(let id)):
            .deleteKey(id, signedAt: signedAt)
        case .simple(.proveDead(let id)): .proveDead(id)
        case .simple(.republish(let version)): .republish(version: version, signedAt: signedAt)
        case .simple(.feed(let destination, let id)): .feed(destination: destination, id)
        case .simple: nil
        }
    }
}
