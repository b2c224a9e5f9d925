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

    /// The invariant of the design that is broken.
    var invariant: Int {
        switch self {
        case .lockout, .destinationLockout, .deactivatedWhileHeld, .reactivationUndone: 1
        case .deletedAndCreatedInOneRun: 2
        case .foreignKeyDeleted: 3
        case .deadNew: 4
        case .tookEffectAfterLease: 5
        case .cannotReactivate: 6
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
            case .cannotReactivate(let key): "the deactivated key \(key) cannot be brought back by one command"
            }
        return "invariant \(invariant): \(what)"
    }
}
