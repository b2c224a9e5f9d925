/// The CI/CD variables of a project or group of GitLab.
package enum GitLabPlace: Hashable, Sendable {
    /// By its path, `group/project`, or its number.
    case project(String)
    case group(String)

    /// GitLab keeps the two apart by path, so that the name does not need to.
    var name: String {
        switch self {
        case .project(let path), .group(let path): "gitlab \(path)"
        }
    }

    /// As a sentence names it.
    var subject: String {
        switch self {
        case .project(let path): "project \(path)"
        case .group(let path): "group \(path)"
        }
    }

    var path: [String] {
        switch self {
        case .project(let path): ["projects", path, "variables"]
        case .group(let path): ["groups", path, "variables"]
        }
    }
}
