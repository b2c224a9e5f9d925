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
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    package var userName: UserName? {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[4].utf8.count == 12,
            parts[5].hasPrefix("user/"), let name = parts[5].split(separator: "/").dropFirst().last
        else { return nil }
        return UserName(name)
    }
}
