import Console
import Destinations
import HTTPTransport
import Handover
import Rotation

/// `[[user.gitlab]]`: CI/CD variables of GitLab.
struct GitLabSettings: ForgeSettings {
    /// By path, `group/project`, or number.
    var projects: [String]?
    var groups: [String]?
    /// The environments that see the variables; nil for all.
    var scope: String?
    /// Whether only protected branches and tags see them; nil leaves existing variables as they are.
    var protected: Bool?
    var idVariable: String?
    var secretVariable: String?
    var tokenFile: String?
    var tokenSecret: String?
    var tokenField: String?
    var url: String?

    enum CodingKeys: String, CodingKey {
        case projects, groups, scope, protected, url
        case idVariable = "id_variable"
        case secretVariable = "secret_variable"
        case tokenFile = "token_file"
        case tokenSecret = "token_secret"
        case tokenField = "token_field"
    }

    static let publicURL = HTTPURL(scheme: "https", host: "gitlab.com", path: "/api/v4")
    var tokens: TokenSettings { TokenSettings(file: tokenFile, secret: tokenSecret, field: tokenField) }

    func check(for user: UserName) throws(InvalidSetting) {
        guard projects != nil || groups != nil else { throw InvalidSetting("name `projects` or `groups`") }
        let isPath: (String) -> Bool = { path in
            path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { String($0).isPathPart }
        }
        try projects?.map { $0.naming(user) }.checkPlaces("projects", form: "group/project", isPath)
        try groups?.map { $0.naming(user) }.checkPlaces("groups", form: "group/subgroup", isPath)
        if let scope {
            guard scope.naming(user).isEnvironmentName else {
                throw InvalidSetting("`scope` is not an environment, such as production or review/*")
            }
        }
        if let url, !url.hasSuffix("/api/v4"), !url.hasSuffix("/api/v4/") {
            throw InvalidSetting("`url` must be that of the API: it ends in /api/v4")
        }
        _ = try names(for: user)
        try checkService(for: user)
    }

    func destinations(for user: UserName, _ services: DestinationServices) -> [any Destination] {
        guard let names = try? names(for: user) else { preconditionFailure("check(for:) was not called") }
        let client = client(.gitLab, for: user, services)
        let places =
            (projects ?? []).map { GitLabPlace.project($0.naming(user)) }
            + (groups ?? []).map { GitLabPlace.group($0.naming(user)) }
        return places.map {
            GitLabDestination(
                client, place: $0, variables: names, scope: scope?.naming(user) ?? "*", isProtected: protected)
        }
    }

    private func names(for user: UserName) throws(InvalidSetting) -> VariableNames {
        try VariableNames(
            id: idVariable, secret: secretVariable, for: user, keys: ("id_variable", "secret_variable"))
    }
}
