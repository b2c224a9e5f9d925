import AWS
import Console
import Handover

/// Writes the policies of one configuration in one account.
struct PolicyWriter {
    let partition: String
    let region: String
    let account: String
    let bucket: String

    init(_ configuration: RotatorConfiguration, account: String) {
        partition = Partition.of(region: configuration.region).name
        region = configuration.region
        self.account = account
        bucket = configuration.bucket
    }

    /// For a group of all managed users: `${aws:username}` makes one policy serve each of them for itself.
    ///
    /// Throws where that does not hold, because a user's parameter or KMS key is its own.
    func agents(of users: [ManagedUser]) throws(CommandFailure) -> AccessPolicy {
        let special = users.filter { $0.parameter != $0.name.defaultParameter || $0.kmsKey != users.first?.kmsKey }
        if let user = special.first {
            throw CommandFailure(
                .usage,
                "\(user.name) has a parameter or a KMS key of its own, which a policy for all would show to all: "
                    + "`keybaton policy agent \(user.name)` prints its own policy")
        }
        return reader(
            parameter: "/keybaton/${aws:username}", checkIns: "acks/${aws:username}/*", kmsKey: users.first?.kmsKey)
    }

    /// For one managed user; and for the separate identity that brings its hosts back.
    func agent(of user: ManagedUser) -> AccessPolicy {
        reader(parameter: user.parameter, checkIns: ObjectName.checkIns(of: user.name) + "*", kmsKey: user.kmsKey)
    }

    /// For whoever runs `keybaton`.
    func rotator(of users: [ManagedUser]) -> AccessPolicy {
        var statements = [
            // IAM users may live below a path, and their names are unique without it.
            AccessPolicy.Statement(
                actions: [
                    "iam:ListAccessKeys", "iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:DeleteAccessKey",
                    "iam:GetAccessKeyLastUsed", "iam:GetUser",
                ],
                resources: users.flatMap { ["user/\($0.name)", "user/*/\($0.name)"] }.map {
                    "arn:\(partition):iam::\(account):\($0)"
                }),
            AccessPolicy.Statement(
                actions: ["ssm:GetParameter", "ssm:PutParameter"], resources: users.map { parameter($0.parameter) }),
            AccessPolicy.Statement(actions: ["s3:ListBucket"], resources: [bucketARN]),
            AccessPolicy.Statement(
                actions: ["s3:GetObject", "s3:DeleteObject"],
                resources: users.map { object(ObjectName.checkIns(of: $0.name) + "*") }),
            AccessPolicy.Statement(
                actions: ["s3:GetObject", "s3:PutObject"],
                resources: users.flatMap { [ObjectName.journal(of: $0.name), ObjectName.view(of: $0.name)] }.map(object)
            ),
        ]
        if users.contains(where: \.countsLegacyAcks) {
            statements.append(.init(actions: ["s3:GetObject"], resources: [object("param-update.sh.*")]))
        }
        for key in users.compactMap(\.kmsKey).unique {
            statements.append(kms(["kms:Encrypt", "kms:Decrypt"], key))
        }
        return AccessPolicy(statements: statements)
    }

    private func reader(parameter name: String, checkIns: String, kmsKey: String?) -> AccessPolicy {
        let statements = [
            AccessPolicy.Statement(actions: ["ssm:GetParameter"], resources: [parameter(name)]),
            AccessPolicy.Statement(actions: ["s3:PutObject"], resources: [object(checkIns)]),
        ]
        return AccessPolicy(statements: statements + (kmsKey.map { [kms(["kms:Decrypt"], $0)] } ?? []))
    }

    /// - Parameter key: as `PutParameter` takes it: an ARN, an id, or an alias.
    private func kms(_ actions: [String], _ key: String) -> AccessPolicy.Statement {
        // An ARN's last part names it: `key/ID` or `alias/NAME`.
        let name = key.split(separator: ":").last.map(String.init) ?? key
        let keys = "arn:\(partition):kms:\(region):\(account):key/"
        if name.hasPrefix("alias/") { return .init(actions: actions, resources: [keys + "*"], keyAlias: name) }
        return .init(actions: actions, resources: [key.hasPrefix("arn:") ? key : keys + key])
    }

    private func parameter(_ name: String) -> String { "arn:\(partition):ssm:\(region):\(account):parameter\(name)" }

    private var bucketARN: String { "arn:\(partition):s3:::\(bucket)" }

    private func object(_ name: String) -> String { "\(bucketARN)/\(name)" }
}

extension [String] {
    /// Each once, in the order of the first.
    fileprivate var unique: [String] { indices.filter { firstIndex(of: self[$0]) == $0 }.map { self[$0] } }
}
