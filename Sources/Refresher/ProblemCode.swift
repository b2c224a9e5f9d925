package import Handover

/// The stable codes of what a run can meet: in check-ins, in the log, in `status --json`.
package enum ProblemCode: String, Hashable, Sendable, CaseIterable {
    /// A target holds a key that was never published for its user, or what is no key of AWS at all. It is left alone.
    case unknownKey = "unknown-key"
    /// No target holds a key, so nothing can be read.
    case noKey = "no-key"
    /// AWS accepts none of the keys that the targets hold: they are deleted or inactive.
    case keysRefused = "keys-refused"
    /// NEW belongs to another user or account than the key held. It is not installed.
    case foreignKey = "foreign-key"
    /// The parameter's value is not what a rotator publishes. Nothing of it is used.
    case parameterUnreadable = "parameter-unreadable"
    case parameterMissing = "parameter-missing"
    case targetUnreadable = "target-unreadable"
    /// NEW could not be written, or did not stay. The target holds the old key, or another program's.
    case targetUnwritable = "target-unwritable"
    /// The key is installed, but a program that should be told of it failed, or could not be run. It is owed.
    case hookFailed = "hook-failed"
    /// AWS does not accept NEW yet. The old key stays until the next run.
    case notProved = "not-proved"
    case accessDenied = "access-denied"
    /// AWS refused a request as it was configured: region, bucket or endpoint.
    case refused = "refused"
    /// AWS or the network, after retries.
    case unavailable = "unavailable"
    /// This machine's clock is so wrong that it is not corrected.
    case clock = "clock"
}

extension CheckIn.Problem {
    package init(_ code: ProblemCode, _ message: String) {
        self.init(code: code.rawValue, message: message)
    }

    /// Nil for a code that this version does not know.
    package var known: ProblemCode? { ProblemCode(rawValue: code) }
}
