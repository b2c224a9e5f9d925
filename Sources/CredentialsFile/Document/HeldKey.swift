package import Secrets

/// The key that a profile holds.
package struct HeldKey: Sendable, Equatable {
    package let key: AccessKey
    /// Whether a session token stands beside it. With one, AWS takes the key for a temporary one, and refuses it if it is not.
    package let hasSessionToken: Bool

    package init(key: AccessKey, hasSessionToken: Bool) {
        self.key = key
        self.hasSessionToken = hasSessionToken
    }
}
