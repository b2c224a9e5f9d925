import Handover
import Rotation
import RotationServices

/// One managed user, checked.
struct ManagedUser: Sendable {
    var name: UserName
    /// The role that the rotator assumes for this user; nil where the user is of the rotator's own account.
    var role: RoleARN?
    var parameter: String
    var parameterKind: ParameterPublication.Kind
    var kmsKey: String?
    var countsLegacyAcks: Bool
    var policy: Policy
    var destinations: [any DestinationSettings]
}

extension ManagedUser {
    /// Why two users cannot be managed beside each other: they have the name or the parameter in common.
    func clash(with other: ManagedUser) -> String {
        if name == other.name, role?.account != other.role?.account {
            return "there is a user \(name) in two accounts, whose journals and check-ins would be the same objects: "
                + "give one of the accounts a bucket and a configuration of its own"
        }
        if name == other.name { return "user \(name) is configured twice" }
        return "user \(name) or its parameter is configured twice: \(other.name) has the parameter \(parameter) as well"
    }
}

/// The ARN of an IAM role, checked.
struct RoleARN: Hashable, Sendable, CustomStringConvertible {
    let description: String
    /// The account that the role belongs to.
    let account: String

    /// Nil for anything but `arn:PARTITION:iam::ACCOUNT:role/NAME`.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[1].hasPrefix("aws"), parts[2] == "iam", parts[3].isEmpty,
            parts[4].utf8.count == 12, parts[4].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            parts[5].hasPrefix("role/"), parts[5].utf8.count > 5, text.utf8.count <= 2048,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        description = text
        account = String(parts[4])
    }
}
