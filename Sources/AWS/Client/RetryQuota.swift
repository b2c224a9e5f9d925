import Synchronization

/// Tokens that retries use up and successes give back: an outage is not made worse by everybody's retries.
final class RetryQuota: Sendable {
    static let capacity = 500
    static let retryCost = 5
    static let timeoutCost = 10
    private static let refillWithoutRetry = 1

    private let tokens = Mutex(capacity)

    /// Whether there were enough; nothing is taken otherwise.
    func take(_ cost: Int) -> Bool {
        tokens.withLock { tokens in
            guard tokens >= cost else { return false }
            tokens -= cost
            return true
        }
    }

    /// After a success; `lastCost` is what its last retry took, nil when there was none.
    func giveBack(_ lastCost: Int?) {
        tokens.withLock { $0 = min($0 + (lastCost ?? Self.refillWithoutRetry), Self.capacity) }
    }

    var remaining: Int { tokens.withLock { $0 } }
}
