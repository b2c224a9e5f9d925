package import HostSystem

/// Why a target that is another user's was not read or not edited.
package struct WorkerFailure: Error, Equatable, CustomStringConvertible {
    package enum Reason: Sendable, Equatable {
        /// What the worker says, which is what the agent itself would say of a file of its own.
        case refused(String)
        case notStarted(String)
        case silent(for: Duration)
        /// Nil when it hangs in the kernel.
        case ended(ChildProcess.Ending?)
        case malformed
    }

    package let path: String
    /// In whose name the worker was to act.
    package let user: String
    package let reason: Reason

    package var description: String {
        switch reason {
        case .refused(let sentence): sentence
        case .notStarted(let cause):
            "\(path): no process could be started that edits it as \(user) (\(cause)); the agent must run as root with "
                + "CAP_SETUID and CAP_SETGID, or as that user"
        case .silent(let limit):
            "\(path): the process that edits it as \(user) did not answer for \(limit) and was stopped; look whether its "
                + "file system is there, as one of the network may not be, and run again"
        case .ended(let ending):
            "\(path): the process that edits it as \(user) ended unexpectedly (\(ending.map { "\($0)" } ?? "it hangs")); "
                + "run again, and look into the system's log if it stays so"
        case .malformed:
            "\(path): the process that edits it as \(user) gave an answer that makes no sense; run again"
        }
    }
}
