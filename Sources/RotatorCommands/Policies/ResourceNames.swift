import AWS

/// How the policies of one account name what is in it.
///
/// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
struct ResourceNames {
    let partition: String
    let region: String
    let account: String

    init(region: String, account: String) {
        partition = Partition.of(region: region).name
        self.region = region
        self.account = account
    }

    /// As a principal it stands for the whole account, whose own policies say who of it may.
    var root: String { "arn:\(partition):iam::\(account):root" }

    /// - Parameter name: begins with "/".
    func parameter(_ name: String) -> String { "arn:\(partition):ssm:\(region):\(account):parameter\(name)" }

    /// - Parameter path: below which the user is: `/`, or `/ci/`.
    func user(_ name: String, below path: String = "/") -> String {
        "arn:\(partition):iam::\(account):user\(path)\(name)"
    }

    /// Secrets Manager ends every ARN with six characters of its own.
    ///
    /// - Parameters:
    ///   - secret: a name, or an ARN with or without those.
    ///   - region: nil: the rotator's.
    func secret(_ secret: String, in region: String? = nil) -> String {
        guard !secret.hasPrefix("arn:") else {
            let suffix = secret.split(separator: "-", omittingEmptySubsequences: false).last ?? ""
            return suffix.utf8.count == 6 ? secret : secret + "-??????"
        }
        return "arn:\(partition):secretsmanager:\(region ?? self.region):\(account):secret:\(secret)-??????"
    }

    func bucket(_ bucket: String) -> String { "arn:\(partition):s3:::\(bucket)" }

    /// What is allowed on a KMS key.
    ///
    /// An alias is no resource, so that one names every key, of which the condition leaves one:
    /// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    ///
    /// - Parameters:
    ///   - key: as AWS's calls take it: an ARN, an id, or an alias.
    ///   - region: nil: the rotator's.
    func kms(_ actions: [String], _ key: String, in region: String? = nil) -> AccessPolicy.Statement {
        // An ARN's last part names it: `key/ID` or `alias/NAME`.
        let name = key.split(separator: ":").last.map(String.init) ?? key
        let keys = "arn:\(partition):kms:\(region ?? self.region):\(account):key/"
        if name.hasPrefix("alias/") {
            return .init(
                actions: actions, resources: [keys + "*"],
                conditions: ["ForAnyValue:StringEquals": ["kms:ResourceAliases": [name]]])
        }
        return .init(actions: actions, resources: [key.hasPrefix("arn:") ? key : keys + key])
    }
}
