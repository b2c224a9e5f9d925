import Synchronization

/// Lets one throttled call of an operation ask again at a time; the others wait for their turn, in order.
///
/// AWS counts an account's requests an operation. Calls that all ask again after random delays keep each other out, and the
/// unlucky one of many gives up; one after the other they take what AWS grants, and each gets it.
final class RetryLanes: Sendable {
    /// Who waits, by operation; an operation that is there has its lane taken.
    private let lanes = Mutex<[String: [CheckedContinuation<Void, Never>]]>([:])

    func enter(_ operation: String) async {
        await withCheckedContinuation { continuation in
            let isFree = lanes.withLock { lanes in
                guard lanes[operation] != nil else {
                    lanes[operation] = []
                    return true
                }
                lanes[operation]?.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    func leave(_ operation: String) {
        let next = lanes.withLock { lanes -> CheckedContinuation<Void, Never>? in
            guard let waiting = lanes[operation], !waiting.isEmpty else {
                lanes[operation] = nil
                return nil
            }
            return lanes[operation]?.removeFirst()
        }
        next?.resume()
    }
}
