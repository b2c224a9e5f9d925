import AWS
import Console
import Handover

/// Writes the policies of one configuration.
struct PolicyWriter {
    private let configuration: RotatorConfiguration
    /// Of the rotator's own account.
    private let names: ResourceNames

    init(_ configuration: RotatorConfiguration, account: String) {
        self.configuration = configuration
        names = ResourceNames(region: configuration.region, account: account)
    }

    /// For a group of all managed users: `${aws:username}` makes one policy serve each of them for itself.
    ///
    /// Throws where that does not hold, because a user's parameter, KMS key or account is its own.
    func agents() throws(CommandFailure) -> AccessPolicy {
        let users = configuration.user
        let special = users.first {
            !["/keybaton/{user}", $0.name.map { "/keybaton/\($0)" }, nil].contains($0.parameter)
                || $0.kmsKey != users.first?.kmsKey || $0.roleARN != users.first?.roleARN
        }
        if let special {
            let name = special.name ?? "USER"
            throw CommandFailure(
                .usage,
                "\(name) has a parameter, a KMS key or an account of its own, which a policy for all would show to all: "
                    + "`keybaton policy agent \(name)` prints its own policy")
        }
        return reader(
            "/keybaton/${aws:username}", checkIns: "acks/${aws:username}/*", kmsKey: users.first?.kmsKey,
            home(of: users.first?.roleARN))
    }

    /// For one managed user; and for the separate identity that brings its hosts back.
    func agent(of user: ManagedUser) -> AccessPolicy {
        reader(
            user.parameter, checkIns: ObjectName.checkIns(of: user.name) + "*", kmsKey: user.kmsKey,
            home(of: user.role?.description))
    }

    private func reader(
        _ parameter: String, checkIns: String, kmsKey: String?, _ home: ResourceNames
    ) -> AccessPolicy {
        AccessPolicy(
            [
                .init(actions: ["ssm:GetParameter"], resources: [home.parameter(parameter)]),
                .init(actions: ["s3:PutObject"], resources: [object(checkIns)]),
            ] + (kmsKey.map { [home.kms(["kms:Decrypt"], $0)] } ?? []))
    }

    /// For whoever runs `keybaton`.
    ///
    /// - Parameter users: some or all of the configuration's.
    func rotator(of users: [UserSettings]) -> AccessPolicy {
        let selected = users.map(UserPattern.init).flatMap(\.names)
        var statements = users.filter { $0.roleARN == nil }.flatMap { work(on: $0, names) }
        let roles = users.compactMap(\.roleARN)
        if !roles.isEmpty { statements.append(.init(actions: ["sts:AssumeRole"], resources: roles)) }
        statements += [
            // Without a condition on names: only who may list a bucket learns that an object is not there.
            .init(actions: ["s3:ListBucket"], resources: [names.bucket(configuration.bucket)]),
            .init(
                actions: ["s3:GetObject", "s3:DeleteObject"], resources: selected.map { object("acks/\($0)/*") }),
            .init(actions: ["s3:GetObject", "s3:PutObject"], resources: selected.map { object("state/\($0).json") }),
            .init(actions: ["s3:PutObject"], resources: selected.map { object("view/\($0).json") }),
        ]
        if users.contains(where: { $0.legacyAcks == true }) {
            statements.append(.init(actions: ["s3:GetObject"], resources: [object(LegacyAck.prefix + "*")]))
        }
        if let notify = configuration.notify, notify.tellsAnybody {
            statements.append(
                .init(
                    actions: ["s3:GetObject", "s3:PutObject"], resources: selected.map { object("notices/\($0).json") })
            )
            statements += notify.permissions(names)
        }
        return AccessPolicy(statements)
    }

    /// For a role of another account, which the rotator assumes for the users there.
    func role(_ role: String) -> AccessPolicy {
        AccessPolicy(configuration.user.filter { $0.roleARN == role }.flatMap { work(on: $0, home(of: role)) })
    }

    /// Who may assume that role.
    ///
    /// - Parameter rotator: the ARN of a user or a role.
    func trust(_ rotator: String) -> AccessPolicy {
        AccessPolicy([.init(principal: rotator, actions: ["sts:AssumeRole"], resources: [])])
    }

    /// For the bucket, where identities of other accounts than its own use it: AWS wants that to be allowed on both sides.
    ///
    /// An account is named as a whole, as its own policies say which of its identities may: those that `agents` and the
    /// others print. Of another account's agents it allows nothing but the check-ins of the users there.
    /// - Throws: where nobody of another account uses the bucket.
    func bucket() throws(CommandFailure) -> AccessPolicy {
        let owner = configuration.bucketOwner ?? names.account
        var statements: [AccessPolicy.Statement] = []
        if names.account != owner {
            let own = rotator(of: configuration.user).statements + dashboard().statements
            statements += own.filter { $0.actions.allSatisfy { $0.hasPrefix("s3:") } }.map { statement in
                var statement = statement
                statement.principal = names.root
                return statement
            }
        }
        for user in configuration.user {
            let home = home(of: user.roleARN)
            guard home.account != owner else { continue }
            statements.append(
                .init(
                    principal: home.root, actions: ["s3:PutObject"],
                    resources: UserPattern(user).names.map {
                        // Whoever comes and goes there writes below the own name alone.
                        object("acks/\($0 == "*" ? "${aws:username}" : $0)/*")
                    }))
        }
        guard !statements.isEmpty else {
            throw CommandFailure(
                .usage,
                "nobody of another account than \(owner) uses the bucket, so that it needs no policy of its own")
        }
        return AccessPolicy(statements)
    }

    /// For `keybaton-dashboard`, which reads what rotators and hosts have written and never what is secret.
    func dashboard() -> AccessPolicy {
        let folders = ["view/", "acks/"]
        return AccessPolicy([
            .init(
                actions: ["s3:ListBucket"], resources: [names.bucket(configuration.bucket)],
                conditions: ["StringLike": ["s3:prefix": folders.map { "\($0)*" }]]),
            .init(actions: ["s3:GetObject"], resources: folders.map { object("\($0)*") }),
        ])
    }

    /// What `keybaton doctor` looks at beyond what a run needs.
    func doctor() -> AccessPolicy {
        AccessPolicy([
            .init(
                actions: ["s3:GetBucketVersioning", "s3:GetBucketPublicAccessBlock", "s3:GetLifecycleConfiguration"],
                resources: [names.bucket(configuration.bucket)]),
            // It knows no smaller resource.
            .init(actions: ["ssm:DescribeParameters"], resources: ["*"]),
        ])
    }

    /// What is done in the account where the users are.
    private func work(on user: UserSettings, _ home: ResourceNames) -> [AccessPolicy.Statement] {
        let selection = UserPattern(user)
        let users = selection.users(home)
        var statements: [AccessPolicy.Statement] = [
            .init(
                actions: [
                    "iam:ListAccessKeys", "iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:DeleteAccessKey",
                    "iam:GetAccessKeyLastUsed", "iam:GetUser",
                ], resources: users, conditions: selection.conditions),
            .init(actions: ["ssm:GetParameter", "ssm:PutParameter"], resources: selection.parameters(home)),
        ]
        if selection.isLookedUp { statements.append(.init(actions: ["iam:ListUsers"], resources: ["*"])) }
        // Of every user below the path: whether one has the tags is what is asked. And a tag may name who gets mail.
        if user.tags != nil || configuration.notify?.readsTags == true {
            statements.append(.init(actions: ["iam:ListUserTags"], resources: users))
        }
        if let key = user.kmsKey { statements.append(home.kms(["kms:Encrypt", "kms:Decrypt"], key)) }
        for destination in user.destinations {
            for name in selection.names { statements += destination.permissions(for: name, home) }
        }
        return statements
    }

    /// The account of a role; the rotator's own for nil.
    private func home(of role: String?) -> ResourceNames {
        role.flatMap { RoleARN($0) }.map { ResourceNames(region: configuration.region, account: $0.account) } ?? names
    }

    private func object(_ name: String) -> String { "\(names.bucket(configuration.bucket))/\(name)" }
}
