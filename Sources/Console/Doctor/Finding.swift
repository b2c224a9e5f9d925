/// What a doctor found out about one thing.
package struct Finding: Sendable, Equatable {
    package enum Verdict: String, Sendable, Encodable, CaseIterable {
        case ok
        /// Works, and should be looked at.
        case warning
        case problem
        /// Could not be looked at, for a reason that is a finding of its own or no fault.
        case unknown
    }

    /// What was looked at; each program names its own checks.
    package struct Check: RawRepresentable, Hashable, Sendable, Encodable {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }

        package static let configuration = Check(rawValue: "configuration")
        package static let clock = Check(rawValue: "clock")
        package static let key = Check(rawValue: "key")
        package static let parameter = Check(rawValue: "parameter")
    }

    package let check: Check
    /// What it is about: a path, a host, a user; nil where the check says it all.
    package let subject: String?
    package let verdict: Verdict
    package let message: String
    /// What to do; nil where there is nothing to do.
    package let mend: String?
    /// What a run would end with for this; success unless it is a problem.
    package let status: ExitStatus

    package static func ok(_ check: Check, _ subject: String? = nil, _ message: String) -> Finding {
        Finding(check: check, subject: subject, verdict: .ok, message: message, mend: nil, status: .success)
    }

    package static func warning(
        _ check: Check, _ subject: String? = nil, _ message: String, mend: String?
    ) -> Finding {
        Finding(check: check, subject: subject, verdict: .warning, message: message, mend: mend, status: .success)
    }

    package static func problem(
        _ status: ExitStatus, _ check: Check, _ subject: String? = nil, _ message: String, mend: String?
    ) -> Finding {
        Finding(check: check, subject: subject, verdict: .problem, message: message, mend: mend, status: status)
    }

    package static func unknown(
        _ check: Check, _ subject: String? = nil, _ message: String, mend: String? = nil
    ) -> Finding {
        Finding(check: check, subject: subject, verdict: .unknown, message: message, mend: mend, status: .success)
    }
}
