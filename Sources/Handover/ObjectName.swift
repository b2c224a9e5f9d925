package import Secrets
/// Names of the objects in the update bucket.
///
/// Check-ins begin with the IAM user's name so that one group policy with `${aws:username}` serves every managed user.
package enum ObjectName {
    package static func checkIns(of user: UserName) -> String { "acks/\(user)/" }

    package static func checkIn(of host: HostID, user: UserName, key: AccessKeyID) -> String {
        "acks/\(user)/\(key)/\(host).json"
    }

    package static func journal(of user: UserName) -> String { "state/\(user).json" }

    /// The rotator's last observation and decision, without secrets: what the dashboard shows.
    package static func view(of user: UserName) -> String { "\(views)\(user).json" }

    package static let views = "view/"

    /// The user whose view has this name; nil for any other object, which is ignored.
    package static func parseView(_ name: String) -> UserName? {
        guard name.hasPrefix(views), name.hasSuffix(".json") else { return nil }
        return UserName(name.dropFirst(views.count).dropLast(".json".count))
    }

    /// Which notifications were told, and which could not be.
    package static func notices(of user: UserName) -> String { "notices/\(user).json" }

    /// The key and host that a check-in's name speaks of; nil for any other object, which is ignored.
    package static func parseCheckIn(_ name: String, user: UserName) -> (key: AccessKeyID, host: HostID)? {
        let prefix = checkIns(of: user)
        guard name.hasPrefix(prefix), name.hasSuffix(".json") else { return nil }
        let parts = name.dropFirst(prefix.count).dropLast(".json".count)
            .split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let key = AccessKeyID(parts[0]), let host = HostID(parts[1]) else { return nil }
        return (key, host)
    }
}
