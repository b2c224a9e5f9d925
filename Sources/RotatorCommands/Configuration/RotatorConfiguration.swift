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

    enum CodingKeys: String, CodingKey {
        case region, bucket, policy, user
        case bucketOwner = "bucket_owner"
        case maxUsersPerRun = "max_users_per_run"
    }
}

/// One managed user, checked.
struct ManagedUser: Sendable {
    var name: UserName
    var parameter: String
    var parameterKind: ParameterPublication.Kind
    var kmsKey: String?
    var countsLegacyAcks: Bool
    var policy: Policy
    var destinations: [any DestinationSettings]
}

extension RotatorConfiguration {
    /// - Parameter path: named in every error.
    func users(path: String) throws(CommandFailure) -> [ManagedUser] {
        guard !user.isEmpty else {
            throw CommandFailure(.configuration, "\(path): no [[user]] is configured: name the IAM user to rotate")
        }
        var users: [ManagedUser] = []
        for settings in user {
            let managed = try check(settings, path: path)
            guard !users.contains(where: { $0.name == managed.name || $0.parameter == managed.parameter }) else {
                throw CommandFailure(
                    .configuration, "\(path): user \(managed.name) or its parameter is configured twice")
            }
            users.append(managed)
        }
        return users
    }

    private func check(_ settings: UserSettings, path: String) throws(CommandFailure) -> ManagedUser {
        func failure(_ problem: String) -> CommandFailure {
            CommandFailure(.configuration, "\(path): user \(settings.name?.printable ?? "without a name"): \(problem)")
        }
        guard let name = settings.name.flatMap({ UserName($0) }) else {
            throw failure("that is not the name of an IAM user")
        }
        guard let parameter = settings.parameter ?? name.defaultParameter else {
            throw failure("name a `parameter`: a parameter's name cannot contain every character of this user's name")
        }
        guard parameter.hasPrefix("/"), parameter.utf8.allSatisfy(Self.isParameterByte) else {
            throw failure("`parameter` must begin with / and consist of letters, digits and . - _ /")
        }
        let type = settings.parameterType ?? ParameterPublication.Kind.secureString.rawValue
        guard let kind = ParameterPublication.Kind(rawValue: type) else {
            throw failure("`parameter_type` must be SecureString, or String where shell scripts read it")
        }
        guard var policy = PolicySettings.policy(of: [self.policy, settings.policy].compactMap(\.self)) else {
            throw failure("`retire` and `acknowledgements` name two strategies: leave `acknowledgements` out")
        }
        for text in settings.hosts ?? [] {
            guard let host = HostID(text) else {
                throw failure("`\(text.printable)` is not a host: 1 to 64 letters, digits and . _ -")
            }
            policy.hosts.insert(host)
        }
        for destination in settings.destinations {
            do {
                try destination.check(for: name)
            } catch {
                throw failure("\(error)")
            }
        }
        return ManagedUser(
            name: name, parameter: parameter, parameterKind: kind, kmsKey: settings.kmsKey,
            countsLegacyAcks: settings.legacyAcks ?? false, policy: policy, destinations: settings.destinations)
    }

    private static func isParameterByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
