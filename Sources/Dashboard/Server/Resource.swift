import AWS
import Handover

/// What an address leads to. Nothing here is a file: a path is compared, never followed.
enum Resource: Hashable, Sendable {
    case overview(OverviewQuery)
    case user(UserName, UserQuery)
    case status
    case metrics
    case health
    case badge
    case userBadge(UserName)
    case asset(String)

    /// Nil where there is nothing.
    ///
    /// - Parameter target: the request's path and query.
    init?(_ target: String) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = parts.count == 2 ? parts[1] : ""
        let path = parts.first ?? ""
        switch path {
        case "/": self = .overview(OverviewQuery(parsing: query))
        case "/api/v1/status": self = .status
        case "/metrics": self = .metrics
        case "/healthz": self = .health
        case "/badge.svg": self = .badge
        default:
            var segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            guard let folder = segments.popFirst(), let name = segments.popFirst() else { return nil }
            switch (folder, segments.popFirst(), segments.isEmpty) {
            case ("assets", nil, _): self = .asset(String(name))
            case ("users", nil, _):
                guard let user = Self.user(name) else { return nil }
                self = .user(user, UserQuery(parsing: query))
            case ("users", "badge.svg", true):
                guard let user = Self.user(name) else { return nil }
                self = .userBadge(user)
            default: return nil
            }
        }
    }

    private static func user(_ segment: Substring) -> UserName? {
        UserName(String(decoding: PercentEncoding.decode(segment.utf8), as: UTF8.self))
    }
}
