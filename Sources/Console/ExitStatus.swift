/// What a command's exit code means: stable, documented, from sysexits.h where that has a name for it.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    case success = 0
    case unexpected = 1
    /// This host's key was never published for its user: a person must look.
    case unknownKey = 10
    /// `wait` gave up before the rotation ended.
    case stillWaiting = 11
    /// A dry run would change something.
    case wouldChange = 12
    /// The rotator holds: a person must decide.
    case hold = 13
    /// `needs-refresh`: no run is needed.
    case upToDate = 14
    /// The keys are as they must be, but a program that should be told of them failed.
    case hookFailed = 15
    case usage = 64
    /// The parameter or a credentials file is not what it must be.
    case badData = 65
    /// AWS or the network, after retries.
    case unavailable = 69
    /// Another run is at work.
    case temporary = 75
    case permission = 77
    case configuration = 78

    /// Of what an examination or a run found: what needs a person first, then what needs a change, then what may pass by
    /// itself.
    package static let byUrgency: [ExitStatus] = [
        .unknownKey, .badData, .configuration, .permission, .hookFailed, .unavailable, .temporary, .unexpected,
        .success,
    ]

    package var meaning: String {
        switch self {
        case .success: "done, or nothing to do"
        case .unexpected: "an unexpected error"
        case .unknownKey: "the host's key was never published: a person must look"
        case .stillWaiting: "gave up waiting"
        case .wouldChange: "a dry run would change something"
        case .hold: "the rotator holds: a person must decide"
        case .upToDate: "needs-refresh: every target holds the published key"
        case .hookFailed: "a hook failed; it is run again by the next run"
        case .usage: "wrong usage"
        case .badData: "unreadable parameter or credentials file"
        case .unavailable: "AWS or the network is unavailable, after retries"
        case .temporary: "another run is at work: try again later"
        case .permission: "a permission is missing"
        case .configuration: "wrong configuration"
        }
    }
}

/// A command's failure: one sentence that says what to do, and the exit code.
package struct CommandFailure: Error, CustomStringConvertible {
    package let status: ExitStatus
    package let description: String

    package init(_ status: ExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }
}
