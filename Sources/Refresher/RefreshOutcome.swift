package import FoundationEssentials
package import Handover
package import Secrets

/// How the run over one managed user ended: what the log, `status` and the state tell. Holds no secret.
package struct RefreshOutcome: Hashable, Sendable, Codable {
    package var user: UserName
    package var parameter: String
    package var startedAt: Date
    package var finishedAt: Date
    /// Nil when the parameter was not read.
    package var parameterVersion: Int?
    /// The NEW of that version; nil when it was not read or not understood.
    package var publishedKeyID: AccessKeyID?
    /// The worst key of the targets after the run; nil when none of them holds one.
    package var keyID: AccessKeyID?
    package var targets: [CheckIn.Target] = []
    /// The paths of the files that were rewritten.
    package var rewritten: [String] = []
    /// Nil when none was run.
    package var hooks: [HookReport]?
    /// The most important first; empty when every target holds NEW and the host has checked in.
    package var problems: [CheckIn.Problem] = []
    /// What went well and should still be looked at.
    package var warnings: [String] = []
    package var hasCheckedIn = false
    /// Whose NEW is, when this run asked.
    package var principal: Principal?

    package init(user: UserName, parameter: String, startedAt: Date) {
        self.user = user
        self.parameter = parameter
        self.startedAt = startedAt
        finishedAt = startedAt
    }

    private enum CodingKeys: String, CodingKey {
        case user, parameter, targets, rewritten, hooks, problems, warnings, principal
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case parameterVersion = "parameter_version"
        case publishedKeyID = "published_key_id"
        case keyID = "key_id"
        case hasCheckedIn = "checked_in"
    }
}
