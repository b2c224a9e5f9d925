import Rotation

/// One step of the world: an effect of a rotator, an action of a host, or fate.
enum Move: Hashable {
    enum Look: Hashable {
        case fresh
        /// ListAccessKeys does not show the last change yet.
        case staleKeys
        /// GetParameter still answers the version before.
        case staleParameter
    }

    enum RotatorMove: Hashable {
        case start(Request)
        /// Its next effect takes place, and it learns what came of it.
        case perform(Look)
        /// Its next effect takes place, and the answer is lost.
        case loseAnswer
        case crash
        case deleteOwnKey
    }

    case rotator(Int, RotatorMove)
    case hostReads(Int)
    case hostInstalls(Int)
    case hostInstallsSecond(Int)
    case hostCannotWriteSecond(Int)
    case hostChecksIn(Int)
    case hostCheckInIsDelayed(Int)
    case delayedCheckInArrives(Int)
    case hostCrashes(Int)
    case keyPutBack(Int, key: UInt8)
    case checkInsExpire(Int)
    case personMakesKey
    case personReactivates(UInt8)
    case leaseRunsOut
    case journalIsLost
    case destinationFails(Int)
    case destinationRecovers(Int)
    case destinationOverwritten(Int, key: UInt8)
    /// All of AWS knows that the key is not active any more.
    case keyDies(UInt8)
    case graceEnds
    case everythingSettles
    /// Only where time is a number.
    case timePasses(seconds: Int)
}

/// What the protocol must never let happen.
enum Violation: Error, Hashable {
    case lockout(host: Int, key: UInt8)
    case destinationLockout(key: UInt8)
    case deactivatedWhileHeld(host: Int, key: UInt8)
    case reactivationUndone(host: Int, key: UInt8)
    case deadNew(key: UInt8)
    case foreignKeyDeleted(key: UInt8)
    case deletedAndCreatedInOneRun
    case tookEffectAfterLease
    case cannotReactivate(key: UInt8)
    case newRetired(key: UInt8)
    case tooEarly(key: UInt8)
    case revokedKeyUsed(key: UInt8)
    case revokedKeyLives(key: UInt8)
    case readableByThief(new: UInt8, revoked: UInt8)

    /// The invariant of the design that is broken.
    var invariant: Int {
        switch self {
        case .lockout, .destinationLockout, .deactivatedWhileHeld, .reactivationUndone: 1
        case .deletedAndCreatedInOneRun: 2
        case .foreignKeyDeleted: 3
        case .deadNew: 4
        case .tookEffectAfterLease: 5
        case .cannotReactivate: 6
        case .newRetired, .tooEarly: 8
        case .revokedKeyUsed, .revokedKeyLives, .readableByThief: 9
        }
    }
}

extension Violation: CustomStringConvertible {
    var description: String {
        let what =
            switch self {
            case .lockout(let host, let key): "host \(host + 1) holds key \(key), which is deleted"
            case .destinationLockout(let key): "a destination holds key \(key), which is deleted"
            case .deactivatedWhileHeld(let host, let key): "host \(host + 1) holds key \(key), which is deactivated"
            case .reactivationUndone(let host, let key):
                "key \(key) was brought back for host \(host + 1) and is deactivated before it ran"
            case .deadNew(let key): "the published NEW, key \(key), is deleted by the rotator that made it"
            case .foreignKeyDeleted(let key): "key \(key), made and used by a person, is deleted"
            case .deletedAndCreatedInOneRun: "one run deletes a published key and creates another"
            case .tookEffectAfterLease: "a request takes effect after its rotator's lease"
            case .newRetired(let key): "key \(key), which was published last, is taken away"
            case .tooEarly(let key): "key \(key) is taken away before its date"
            case .revokedKeyUsed(let key): "the revoked key \(key) is published or activated"
            case .revokedKeyLives(let key): "the revocation is over and key \(key) lives"
            case .readableByThief(let new, let revoked):
                "key \(new) is published while AWS accepts the revoked key \(revoked)"
            case .cannotReactivate(let key): "the deactivated key \(key) cannot be brought back by one command"
            }
        return "invariant \(invariant): \(what)"
    }
}
