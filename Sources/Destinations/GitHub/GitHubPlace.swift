/// A set of Actions secrets of GitHub.
package enum GitHubPlace: Hashable, Sendable {
    /// - repository: with its owner, `acme/site`.
    case repository(owner: String, String)
    case environment(String, owner: String, repository: String)
    case organisation(String, GitHubVisibility)

    var name: String {
        switch self {
        case .repository(let owner, let repository): "github \(owner)/\(repository)"
        case .environment(let environment, let owner, let repository): "github \(owner)/\(repository) \(environment)"
        case .organisation(let organisation, _): "github \(organisation)"
        }
    }

    /// As a sentence names it.
    var subject: String {
        switch self {
        case .repository(let owner, let repository): "repository \(owner)/\(repository)"
        case .environment(let environment, let owner, let repository):
            "environment \(environment) of repository \(owner)/\(repository)"
        case .organisation(let organisation, _): "organisation \(organisation)"
        }
    }

    /// Below which `secrets` and `variables` are.
    var path: [String] {
        switch self {
        case .repository(let owner, let repository): ["repos", owner, repository, "actions"]
        case .environment(let environment, let owner, let repository):
            ["repos", owner, repository, "environments", environment]
        case .organisation(let organisation, _): ["orgs", organisation, "actions"]
        }
    }

    var visibility: GitHubVisibility? {
        if case .organisation(_, let visibility) = self { visibility } else { nil }
    }
}

/// Which repositories may use an organisation's secret. Every write states it anew.
package enum GitHubVisibility: Hashable, Sendable {
    case all
    /// Private and internal repositories.
    case `private`
    /// By their numbers, which `gh api repos/OWNER/NAME --jq .id` prints.
    case selected([Int])

    var name: String {
        switch self {
        case .all: "all"
        case .private: "private"
        case .selected: "selected"
        }
    }

    var repositories: [Int]? {
        if case .selected(let repositories) = self { repositories } else { nil }
    }
}
