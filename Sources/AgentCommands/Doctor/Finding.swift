import Console

/// What doctor found out about one thing.
struct Finding: Sendable, Equatable {
    enum Verdict: String, Sendable, Encodable, CaseIterable {
        case ok
        /// Works, and should be looked at.
        case warning
        case problem
        /// Could not be looked at, for a reason that is a finding of its own or no fault.
        case unknown
    }

    enum Check: String, Sendable, Encodable, CaseIterable {
        case configuration, host, state, schedule, endpoint, clock, target, key, parameter, rendezvous, hook, program,
            textfile
        case checkIn = "check-in"
    }

    let check: Check
    /// What it is about: a path, a host, a user; nil where the check says it all.
    let subject: String?
    let verdict: Verdict
    let message: String
    /// What to do; nil where there is nothing to do.
    let mend: String?
    /// What a run would end with for this; success unless it is a problem.
    let status: ExitStatus

    static func ok(_ check: Check, _ subject: String? = nil, _ message: String) -> Finding {
        Finding(check: check, subject: subject, verdict: .ok, message: message, mend: nil, status: .success)
    }

    static func warning(_ check: Check, _ subject: String? = nil, _ message: String, mend: String?) -> Finding {
        Finding(check: check, subject: subject, verdict: .warning, message: message, mend: mend, status: .success)
    }

    static func problem(
        _ status: ExitStatus, _ check: Check, _ subject: String? = nil, _ message: String, mend: String?
    ) -> Finding {
        Finding(check: check, subject: subject, verdict: .problem, message: message, mend: mend, status: status)
    }

    static func unknown(_ check: Check, _ subject: String? = nil, _ message: String) -> Finding {
        Finding(check: check, subject: subject, verdict: .unknown, message: message, mend: nil, status: .success)
    }
}
