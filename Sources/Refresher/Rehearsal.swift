package import Handover
package import Secrets

/// What a run would do now, for one managed user. Holds no secret.
package struct Rehearsal: Hashable, Sendable, Encodable {
    package struct Target: Hashable, Sendable, Encodable {
        package let path: String
        package let profile: String
        package let format: String
        /// What it holds; nil when that is no key, or could not be read.
        package let keyID: AccessKeyID?
        /// Whether it does not hold NEW, and may.
        package let isStale: Bool
        /// The lines that would go, behind `- `, and come, behind `+ `, each secret hidden.
        package var changes: [String] = []
        /// Why it would be left as it is.
        package var problem: CheckIn.Problem?

        private enum CodingKeys: String, CodingKey {
            case path, profile, format, changes, problem
            case keyID = "key_id"
            case isStale = "stale"
        }
    }

    package let user: UserName
    package let parameter: String
    /// Nil when the parameter could not be read.
    package var parameterVersion: Int?
    /// Nil when it could not be read or understood.
    package var publishedKeyID: AccessKeyID?
    package var targets: [Target] = []
    /// The names of the hooks that would be run.
    package var hooks: [String] = []
    /// The most important first.
    package var problems: [CheckIn.Problem] = []
    package var warnings: [String] = []

    /// Whether a run would have anything to do besides checking in.
    package var hasWork: Bool { !hooks.isEmpty || targets.contains(where: \.isStale) }

    private enum CodingKeys: String, CodingKey {
        case user, parameter, targets, hooks, problems, warnings
        case parameterVersion = "parameter_version"
        case publishedKeyID = "published_key_id"
    }
}
