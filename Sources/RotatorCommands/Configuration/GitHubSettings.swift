import Console
import Destinations
import HTTPTransport
import Handover
import Rotation

/// `[[user.github]]`: Actions secrets of GitHub.
struct GitHubSettings: ForgeSettings {
    /// With their owners: `acme/site`.
    var repositories: [String]?
    /// Which each of the repositories has; nil for the secrets of the repositories themselves.
    var environment: String?
    /// In place of repositories.
    var organisation: String?
    /// Which repositories may use an organisation's secrets: `all`, `private` or `selected`.
    var visibility: String?
    /// The numbers of those that are selected.
    var selectedRepositories: [Int]?
    var idName: String?
    var secretName: String?
    /// `secret`, or `variable`, which can be read back.
    var idAs: String?
    var tokenFile: String?
    var tokenSecret: String?
    var tokenField: String?
    var url: String?

    enum CodingKeys: String, CodingKey {
        case repositories, environment, organisation, visibility, url
        case selectedRepositories = "selected_repositories"
        case idName = "id_name"
        case secretName = "secret_name"
        case idAs = "id_as"
        case tokenFile = "token_file"
        case tokenSecret = "token_secret"
        case tokenField = "token_field"
    }

    static let publicURL = HTTPURL(scheme: "https", host: "api.github.com")
    var tokens: TokenSettings { TokenSettings(file: tokenFile, secret: tokenSecret, field: tokenField) }

    func check(for user: UserName) throws(InvalidSetting) {
        switch (repositories, organisation) {
        case (nil, nil): throw InvalidSetting("name `repositories`, or an `organisation`")
        case (_?, _?): throw InvalidSetting("`repositories` and `organisation` exclude each other: make two tables")
        case (let repositories?, nil): try check(repositories, for: user)
        case (nil, let organisation?):
            guard organisation.naming(user).isPathPart else {
                throw InvalidSetting("`organisation`: \(organisation.printable) is no organisation's name")
            }
            guard environment == nil else {
                throw InvalidSetting("`environment` belongs to repositories: name them in `repositories`")
            }
            _ = try organisationVisibility()
        }
        guard idAs == nil || idForm != nil else { throw InvalidSetting("`id_as` must be secret or variable") }
        let names = try names(for: user)
        for name in [names.id, names.secret] where name.uppercased().hasPrefix("GITHUB_") {
            throw InvalidSetting("\(name): GitHub keeps names that begin with GITHUB_ for itself")
        }
        try checkService(for: user)
    }

    private func check(_ repositories: [String], for user: UserName) throws(InvalidSetting) {
        try repositories.map { $0.naming(user) }.checkPlaces("repositories", form: "acme/site") { place in
            let parts = place.split(separator: "/", omittingEmptySubsequences: false)
            return parts.count == 2 && parts.allSatisfy { String($0).isPathPart }
        }
        guard visibility == nil, selectedRepositories == nil else {
            throw InvalidSetting("`visibility` and `selected_repositories` belong to an organisation's secrets")
        }
        if let environment {
            guard environment.naming(user).isEnvironmentName else {
                throw InvalidSetting("`environment` is not an environment's name, such as production")
            }
        }
    }

    func destinations(for user: UserName, _ services: DestinationServices) -> [any Destination] {
        guard let names = try? names(for: user), let places = try? places(for: user) else {
            preconditionFailure("check(for:) was not called")
        }
        let form = idForm ?? .secret
        let client = client(.gitHub(form), variant: form.rawValue, for: user, services)
        return places.map { GitHubDestination(client, place: $0, variables: names, idForm: form) }
    }

    private func places(for user: UserName) throws(InvalidSetting) -> [GitHubPlace] {
        if let organisation { return [.organisation(organisation.naming(user), try organisationVisibility())] }
        return (repositories ?? []).map { $0.naming(user) }.map { path in
            let parts = path.split(separator: "/").map { String($0) }
            guard let environment else { return .repository(owner: parts[0], parts[1]) }
            return .environment(environment.naming(user), owner: parts[0], repository: parts[1])
        }
    }

    /// Private unless named: a secret should not reach a public repository's workflows by default.
    private func organisationVisibility() throws(InvalidSetting) -> GitHubVisibility {
        switch (visibility ?? "private", selectedRepositories) {
        case ("all", nil): return .all
        case ("private", nil): return .private
        case ("selected", let numbers?) where !numbers.isEmpty && numbers.allSatisfy { $0 > 0 }:
            return .selected(numbers)
        case ("selected", _):
            throw InvalidSetting(
                "`selected_repositories` must list the repositories' numbers (`gh api repos/acme/site --jq .id`)")
        case ("all", _), ("private", _):
            throw InvalidSetting("`selected_repositories` is nothing without `visibility = \"selected\"`")
        default: throw InvalidSetting("`visibility` must be all, private or selected")
        }
    }

    private var idForm: GitHubIDForm? { idAs.flatMap { GitHubIDForm(rawValue: $0) } }

    private func names(for user: UserName) throws(InvalidSetting) -> VariableNames {
        try VariableNames(id: idName, secret: secretName, for: user, keys: ("id_name", "secret_name"))
    }
}
