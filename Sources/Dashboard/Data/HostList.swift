import FoundationEssentials
import Handover
package import Rotation

package enum HostFilter: String, QueryOption {
    case all
    /// All but the current and the waived ones.
    case attention
    case current, behind, problem, silent, waived

    package static let standard = all

    package func includes(_ state: StatusReport.Host.State) -> Bool {
        switch self {
        case .all: true
        case .attention: state != .current && state != .waived
        default: rawValue == state.rawValue
        }
    }
}

package enum HostOrder: String, QueryOption {
    /// What needs a person first, then by name.
    case state
    case name
    /// Longest ago first; never is longest.
    case seen

    package static let standard = state
}

/// A page of the list that a query asks for.
package struct Selection<Element: Sendable>: Sendable {
    package static var pageSize: Int { 100 }

    package var elements: [Element]
    /// How many there are on all pages.
    package var count: Int
    /// The number of this page, from 1 to `pages`.
    package var page: Int
    /// At least 1.
    package var pages: Int

    init(_ matching: [Element], page: Int) {
        count = matching.count
        pages = max(1, (count + Self.pageSize - 1) / Self.pageSize)
        self.page = min(page, pages)
        elements = Array(matching.dropFirst((self.page - 1) * Self.pageSize).prefix(Self.pageSize))
    }
}

extension StatusReport.Host.State {
    /// What needs a person comes first.
    var urgency: Int {
        switch self {
        case .problem: 0
        case .silent: 1
        case .behind: 2
        case .waived: 3
        case .current: 4
        }
    }
}

extension UserQuery {
    package func select(from hosts: [StatusReport.Host]) -> Selection<StatusReport.Host> {
        let wanted = SearchTerm(search)
        var matching = hosts.filter { filter.includes($0.state) && wanted.isIn($0.host.description) }
        switch sort {
        // Reports come sorted by name, and sorting keeps the order of equals.
        case .name: break
        case .state: matching.sort { $0.state.urgency < $1.state.urgency }
        case .seen: matching.sort { ($0.lastSeen ?? .distantPast) < ($1.lastSeen ?? .distantPast) }
        }
        return Selection(matching, page: page)
    }
}
