import Console
import FoundationEssentials
import Handover
import Rotation
import RotationServices

/// The rotator's configuration as its file says it.
struct RotatorConfiguration: Decodable {
    struct PolicySettings: Decodable {
        var rotateAfter: DurationText?
        var quietPeriod: DurationText?
        var grace: DurationText?
        var legacyGrace: DurationText?
        var ackDeadline: DurationText?

        enum CodingKeys: String, CodingKey {
            case grace
            case rotateAfter = "rotate_after"
            case quietPeriod = "quiet_period"
            case legacyGrace = "legacy_grace"
            case ackDeadline = "ack_deadline"
        }

        func applied(to policy: Policy) -> Policy {
            var policy = policy
            if let rotateAfter { policy.rotateAfter = rotateAfter.duration }
            if let quietPeriod { policy.quietPeriod = quietPeriod.duration }
            if let grace { policy.grace = grace.duration }
            if let legacyGrace { policy.legacyGrace = legacyGrace.duration }
            if let ackDeadline { policy.ackDeadline = ackDeadline.duration }
            return policy
        }
    }

    struct UserSettings: Decodable {
        var name: String
        var parameter: String?
        var parameterType: String?
        var kmsKey: String?
        var hosts: [String]?
        var legacyAcks: Bool?
        var policy: PolicySettings?

        enum CodingKeys: String, CodingKey {
            case name, parameter, hosts, policy
            case parameterType = "parameter_type"
            case kmsKey = "kms_key"
            case legacyAcks = "legacy_acks"
        }
    }

    var region: String
    var bucket: String
    var bucketOwner: String?
    var policy: PolicySettings?
    var user: [UserSettings]

    enum CodingKeys: String, CodingKey {
        case region, bucket, policy, user
        case bucketOwner = "bucket_owner"
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
            CommandFailure(.configuration, "\(path): user \(settings.name.printable): \(problem)")
        }
        guard let name = UserName(settings.name) else { throw failure("that is not the name of an IAM user") }
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
        var policy = (settings.policy ?? PolicySettings()).applied(
            to: (self.policy ?? PolicySettings()).applied(to: Policy()))
        for text in settings.hosts ?? [] {
            guard let host = HostID(text) else {
                throw failure("`\(text.printable)` is not a host: 1 to 64 letters, digits and . _ -")
            }
            policy.hosts.insert(host)
        }
        return ManagedUser(
            name: name, parameter: parameter, parameterKind: kind, kmsKey: settings.kmsKey,
            countsLegacyAcks: settings.legacyAcks ?? false, policy: policy)
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
