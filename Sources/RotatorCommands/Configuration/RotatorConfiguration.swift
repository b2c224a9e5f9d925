import Console
import FoundationEssentials
import Handover
import Rotation
import RotationServices

/// The rotator's configuration as its file says it.
struct RotatorConfiguration: Decodable {
    var region: String
    var bucket: String
    var bucketOwner: String?
    var policy: PolicySettings?
    var user: [UserSettings]
    /// How many users' keys one run may replace: what a wrong setting can do at the most before a person has seen it.
    var maxUsersPerRun: Int?
    var notify: NotifySettings?

    enum CodingKeys: String, CodingKey {
        case region, bucket, policy, user, notify
        case bucketOwner = "bucket_owner"
        case maxUsersPerRun = "max_users_per_run"
    }
}

extension RotatorConfiguration {
    static let usualLimit = 20

    /// Every `[[user]]`, checked, in the order of the file.
    ///
    /// - Parameter path: named in every error.
    func entries(path: String) throws(CommandFailure) -> [UserEntry] {
        guard !user.isEmpty else {
            throw CommandFailure(
                .configuration,
                "\(path): no [[user]] is configured: name the IAM user to rotate, or a `path` whose users to rotate")
        }
        guard maxUsersPerRun ?? Self.usualLimit > 0 else {
            throw CommandFailure(.configuration, "\(path): `max_users_per_run` must be at least 1")
        }
        var entries: [UserEntry] = []
        for settings in user {
            do {
                entries.append(try settings.entry(policy: policy ?? PolicySettings()))
            } catch {
                throw CommandFailure(.configuration, "\(path): \(settings.title): \(error)")
            }
        }
        let named = entries.compactMap(\.named)
        for (index, user) in named.enumerated() {
            for earlier in named[..<index] where earlier.name == user.name || earlier.parameter == user.parameter {
                throw CommandFailure(.configuration, "\(path): \(earlier.clash(with: user))")
            }
        }
        return entries
    }

    /// The users that the file names.
    ///
    /// - Parameter path: named in every error.
    func users(path: String) throws(CommandFailure) -> [ManagedUser] { try entries(path: path).compactMap(\.named) }
}
