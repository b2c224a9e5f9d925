/// A set of pipeline variables of Bitbucket Cloud.
package enum BitbucketPlace: Hashable, Sendable {
    case workspace(String)
    case repository(String, workspace: String)
    /// A deployment environment of a repository, by its name.
    case environment(String, repository: String, workspace: String)

    var name: String {
        switch self {
        case .workspace(let workspace): "bitbucket \(workspace)"
        case .repository(let repository, let workspace): "bitbucket \(workspace)/\(repository)"
        case .environment(let environment, let repository, let workspace):
            "bitbucket \(workspace)/\(repository) \(environment)"
        }
    }

    /// As a sentence names it.
    var subject: String {
        switch self {
        case .workspace(let workspace): "workspace \(workspace)"
        case .repository(let repository, let workspace), .environment(_, let repository, let workspace):
            "repository \(workspace)/\(repository)"
        }
    }
}
