import FoundationEssentials
import Rotation

/// The whole in a few numbers, flat, because widgets (Homepage, Home Assistant) read one field by its path.
struct Summary: Hashable, Sendable, Encodable {
    var fresh: Bool
    /// When everything was last read without a problem.
    var readAt: Date?
    var users: Int
    var rotating: Int
    var holds: Int
    /// Users a person should look at, holds among them.
    var attention: Int
    /// Hosts that are waited for, of all users, and how many of them are in which state.
    var hosts: Int
    var current = 0
    var behind = 0
    var problem = 0
    var silent = 0
    var waived = 0

    init(_ snapshot: Snapshot) {
        fresh = snapshot.freshness.isFresh
        readAt = snapshot.freshness.readAt
        let all = snapshot.report.users
        users = all.count
        rotating = all.count { $0.phase != .steady }
        holds = all.count { $0.decision.kind == .hold }
        attention = all.count(where: \.needsAttention)
        hosts = 0
        for host in all.lazy.flatMap(\.hosts) where host.expected {
            hosts += 1
            switch host.state {
            case .current: current += 1
            case .behind: behind += 1
            case .problem: problem += 1
            case .silent: silent += 1
            case .waived: waived += 1
            }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case fresh, users, rotating, holds, attention, hosts, current, behind, problem, silent, waived
        case readAt = "read_at"
    }
}

/// What `keybaton status --json` prints, with a summary beside it.
struct StatusDocument: Encodable {
    var snapshot: Snapshot

    func encode(to encoder: any Encoder) throws {
        try snapshot.report.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Summary(snapshot), forKey: .summary)
    }

    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    private enum CodingKeys: String, CodingKey {
        case summary
    }
}
