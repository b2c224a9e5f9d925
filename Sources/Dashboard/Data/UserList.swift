import Handover
package import Rotation

package enum UserFilter: String, QueryOption {
    case all
    /// Holds, hosts that need somebody, failing destinations and notifications.
    case attention
    /// A rotation is under way.
    case rotating

    package static let standard = all
}

package enum UserOrder: String, QueryOption {
    /// What needs a person first, then by name.
    case urgency
    case name

    package static let standard = urgency
}

extension StatusReport.User {
    /// Whether a person should look: a hold, a leaked key, a host without access, a host or a destination with a problem, a
    /// notification that did not arrive.
    package var needsAttention: Bool {
        decision.kind == .hold || revocation != nil || isCutOff
            || hosts.contains { $0.expected && ($0.state == .problem || $0.state == .silent) }
            || destinations.contains { $0.problem != nil } || !(undelivered ?? []).isEmpty
    }

    /// Whether hosts lack NEW while no OLD is kept for them, as after a revocation: nothing brings them back by itself.
    var isCutOff: Bool { phase == .steady && new != nil && !missing.isEmpty }

    /// How many of the hosts that are waited for hold NEW or are waived, and of how many.
    package var acknowledged: (count: Int, of: Int) {
        let expected = hosts.filter(\.expected)
        return (expected.count { $0.state == .current || $0.state == .waived }, expected.count)
    }

    fileprivate var urgency: Int {
        if decision.kind == .hold { return 0 }
        if needsAttention { return 1 }
        return phase == .steady ? 3 : 2
    }
}

extension OverviewQuery {
    package func select(from users: [StatusReport.User]) -> Selection<StatusReport.User> {
        let wanted = SearchTerm(search)
        var matching = users.filter { user in
            guard wanted.isIn(user.user.description) else { return false }
            return switch filter {
            case .all: true
            case .attention: user.needsAttention
            case .rotating: user.phase != .steady
            }
        }
        if sort == .urgency {
            matching = matching.map { (urgency: $0.urgency, user: $0) }.sorted { $0.urgency < $1.urgency }.map(\.user)
        }
        return Selection(matching, page: page)
    }
}
