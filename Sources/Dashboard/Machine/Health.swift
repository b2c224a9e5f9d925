import FoundationEssentials

/// Whether what is shown is fresh, for whoever watches the dashboard itself.
///
/// Anybody may ask, so it names no user, host or bucket.
struct Health: Encodable, Hashable, Sendable {
    enum Status: String, Encodable {
        case fresh, stale
    }

    var status: Status
    /// What is not as it should be; nil when all is.
    var reason: String?
    /// When everything was last read without a problem.
    var readAt: Date?

    init(_ freshness: Freshness) {
        readAt = freshness.readAt
        reason =
            if freshness.problem != nil {
                freshness.readAt == nil
                    ? "the bucket could not be read so far" : "the bucket could not be read the last time"
            } else if freshness.users.values.contains(where: { $0.problem != nil }) {
                "a part of the bucket could not be read the last time"
            } else if !freshness.abandoned.isEmpty {
                "the rotator has not looked for more than a day"
            } else {
                nil
            }
        status = reason == nil ? .fresh : .stale
    }

    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    private enum CodingKeys: String, CodingKey {
        case status, reason
        case readAt = "read_at"
    }
}
