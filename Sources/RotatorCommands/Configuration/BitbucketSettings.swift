import Console
import Destinations
import HTTPTransport
import Handover
import Rotation

/// `[[user.bitbucket]]`: pipeline variables of Bitbucket Cloud.
struct BitbucketSettings: ForgeSettings {
    var workspace: String
    /// Nil for the variables of the workspace itself.
    var repositories: [String]?
    /// A deployment environment, which each of the repositories has; nil for the variables of the repositories themselves.
    var environment: String?
    var idVariable: String?
    var secretVariable: String?
    /// Of the account that an API token belongs to; access tokens have none.
    var email: String?
    var tokenFile: String?
    var tokenSecret: String?
    var tokenField: String?
    var url: String?

    enum CodingKeys: String, CodingKey {
        case workspace, repositories, environment, email, url
        case idVariable = "id_variable"
        case secretVariable = "secret_variable"
        case tokenFile = "token_file"
        case tokenSecret = "token_secret"
        case tokenField = "token_field"
    }

    static let publicURL = HTTPURL(scheme: "https", host: "api.bitbucket.org", path: "/2.0")
    var tokens: TokenSettings { TokenSettings(file: tokenFile, secret: tokenSecret, field: tokenField) }

    func check(for user: UserName) throws(InvalidSetting) {
        guard workspace.naming(user).isPathPart else {
            throw InvalidSetting(
                "`workspace`: \(workspace.printable) is no workspace's id, which stands in the address of its repositories"
            )
        }
        try repositories?.map { $0.naming(user) }.checkPlaces(
            "repositories", form: "site (without the workspace, as in the repository's address)", \.isPathPart)
        if let environment {
            guard repositories != nil else {
                throw InvalidSetting("`environment` belongs to repositories: name them in `repositories`")
            }
            guard environment.naming(user).isEnvironmentName else {
                throw InvalidSetting("`environment` is not a deployment environment's name, such as Production")
            }
        }
        if let email {
            guard email.contains("@"), !email.contains(":"), email.printable == email else {
                throw InvalidSetting("`email` is the address of the account that the API token belongs to")
            }
        }
        _ = try names(for: user)
        try checkService(for: user)
    }

    func destinations(for user: UserName, _ services: DestinationServices) -> [any Destination] {
        guard let names = try? names(for: user) else { preconditionFailure("check(for:) was not called") }
        let client = client(.bitbucket(email: email), variant: email ?? "", for: user, services)
        return places(for: user).map { BitbucketDestination(client, place: $0, variables: names) }
    }

    private func places(for user: UserName) -> [BitbucketPlace] {
        let workspace = workspace.naming(user)
        guard let repositories else { return [.workspace(workspace)] }
        return repositories.map { $0.naming(user) }.map { repository in
            guard let environment else { return .repository(repository, workspace: workspace) }
            return .environment(environment.naming(user), repository: repository, workspace: workspace)
        }
    }

    private func names(for user: UserName) throws(InvalidSetting) -> VariableNames {
        try VariableNames(
            id: idVariable, secret: secretVariable, for: user, keys: ("id_variable", "secret_variable"))
    }
}
