package import FoundationEssentials
package import Handover
import Rotation

/// How old what is shown is, and what has gone wrong since it was read.
package struct Freshness: Hashable, Sendable {
    /// What is known of one user's part.
    package struct User: Hashable, Sendable {
        /// When the rotator last looked, on AWS's clock; nil when its view was never read.
        package var viewedAt: Date?
        /// When the check-ins were last listed; nil: never.
        package var listedAt: Date?
        /// Why they or the view could not be read this time; nil: they were.
        package var problem: String?

        package init(viewedAt: Date? = nil, listedAt: Date? = nil, problem: String? = nil) {
            self.viewedAt = viewedAt
            self.listedAt = listedAt
            self.problem = problem
        }
    }

    /// A rotator runs hourly or daily: one that has not looked for longer is not running.
    package static let rotatorPatience: Duration = .seconds(26 * 3600)

    /// When the bucket was last asked, whatever came of it: the `now` of everything that is shown.
    package var asOf: Date
    /// When everything was last read without a problem; nil: not since this program began.
    package var readAt: Date?
    /// Why the bucket as a whole could not be read; nil: it was.
    package var problem: String?
    package var users: [UserName: User]

    package init(asOf: Date, readAt: Date?, problem: String? = nil, users: [UserName: User] = [:]) {
        self.asOf = asOf
        self.readAt = readAt
        self.problem = problem
        self.users = users
    }

    /// Users whose rotator has not looked for longer than `rotatorPatience`.
    package var abandoned: [UserName] {
        users.filter { $0.value.viewedAt.map { $0 < asOf - Self.rotatorPatience } ?? false }.keys.sorted()
    }

    /// Whether what is shown is what the bucket held when it was last asked, and a rotator keeps it so.
    package var isFresh: Bool {
        readAt == asOf && problem == nil && users.values.allSatisfy { $0.problem == nil } && abandoned.isEmpty
    }

    /// Whether a host has checked in since the rotator last looked: its check-in is reported, and not verified yet.
    package func isNewerThanView(_ lastSeen: Date?, of user: UserName) -> Bool {
        guard let lastSeen, let viewedAt = users[user]?.viewedAt else { return false }
        return lastSeen > viewedAt
    }
}
