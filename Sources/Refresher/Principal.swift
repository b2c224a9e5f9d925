package import Handover

/// Whose a key is, as STS says it: an ARN.
package struct Principal: Hashable, Sendable, Codable, CustomStringConvertible {
    package let arn: String

    package init(arn: String) {
        self.arn = arn
    }

    package init(from decoder: any Decoder) throws {
        arn = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(arn)
    }

    package var description: String { arn }

    /// The name of the IAM user, without its path; nil for the account's root, a role, or what is no ARN.
    package var userName: UserName? {
        guard let parts, parts[2] == "iam", parts[5].hasPrefix("user/"),
            let name = parts[5].split(separator: "/").dropFirst().last
        else { return nil }
        return UserName(name)
    }

    /// Whether both are of one account, and so of one partition; false for what is no ARN.
    package func isOfSameAccount(as other: Principal) -> Bool {
        guard let parts, let others = other.parts else { return false }
        return parts[1] == others[1] && parts[4] == others[4]
    }

    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    private var parts: [Substring]? {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        return parts.count == 6 && parts[0] == "arn" && parts[4].utf8.count == 12 ? parts : nil
    }
}
