/// Why there is no lock.
package enum LockError: Error, Equatable, CustomStringConvertible {
    /// Somebody else has had it for all the time that we were willing to wait.
    case heldElsewhere(path: String, waited: Duration)
    /// The file system has no such locks, as some network file systems.
    case unsupported(SystemCallError)
    case failed(SystemCallError)

    package var description: String {
        switch self {
        case .heldElsewhere(let path, let waited):
            "\(path) is locked by another process (waited \(waited)); let it finish, or find it with: fuser -v \(path)"
        case .unsupported(let error): "cannot lock: \(error)"
        case .failed(let error): "\(error)"
        }
    }
}
