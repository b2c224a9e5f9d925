import Console
import Testing

@testable import RotatorCommands

/// Least privilege, for exactly one configuration.
struct PolicyWriterTests {
    static let head = "region = \"eu-west-1\"\nbucket = \"123456789012-accesskey-update\"\n"
    static let backup = head + "[[user]]\nname = \"backup\"\n"

    private func policies(_ text: String) throws -> (writer: PolicyWriter, configuration: RotatorConfiguration) {
        let configuration = try ConfigurationFile.decode(RotatorConfiguration.self, from: text, path: "rotator.toml")
        return (PolicyWriter(configuration, account: "123456789012"), configuration)
    }

    private func rotator(_ text: String) throws -> AccessPolicy {
        let (writer, configuration) = try policies(text)
        return writer.rotator(of: configuration.user)
    }

    private func agent(_ text: String, user: Int = 0) throws -> AccessPolicy {
        let (writer, configuration) = try policies(text)
        return writer.agent(of: try configuration.users(path: "rotator.toml")[user])
    }

    @Test func `One policy serves every user's hosts, each for itself`() throws {
        let (writer, _) = try policies(Self.backup + "[[user]]\nname = \"photos\"\n")
        #expect(
            try writer.agents().json() == """
                {
                  "Statement" : [
                    {
                      "Action" : [
                        "ssm:GetParameter"
                      ],
                      "Effect" : "Allow",
                      "Resource" : [
                        "arn:aws:ssm:eu-west-1:123456789012:parameter/keybaton/${aws:username}"
                      ]
                    },
                    {
                      "Action" : [
                        "s3:PutObject"
                      ],
                      "Effect" : "Allow",
                      "Resource" : [
                        "arn:aws:s3:::123456789012-accesskey-update/acks/${aws:username}/*"
                      ]
                    }
                  ],
                  "Version" : "2012-10-17"
                }
                """)
    }

    @Test(arguments: [
        "parameter = \"/teams/photos\"", "kms_key = \"1234abcd-12ab-34cd-56ef-1234567890ab\"",
        "role_arn = \"arn:aws:iam::999999999999:role/keybaton\"",
    ])
    func `A user with a parameter, a key or an account of its own gets a policy of its own`(_ setting: String) throws {
        let text = Self.backup + "[[user]]\nname = \"photos\"\n\(setting)\n"
        let failure = #expect(throws: CommandFailure.self) { try policies(text).writer.agents() }
        #expect(failure?.description.contains("keybaton policy agent photos") == true)
        let own = try agent(text, user: 1)
        #expect(own.statements.allSatisfy { $0.resources.allSatisfy { !$0.contains("backup") && !$0.contains("$") } })
    }

    @Test func `The way back may read one parameter and check in for one user`() throws {
        #expect(
            try agent(Self.backup).statements == [
                .init(
                    actions: ["ssm:GetParameter"],
                    resources: ["arn:aws:ssm:eu-west-1:123456789012:parameter/keybaton/backup"]),
                .init(
                    actions: ["s3:PutObject"], resources: ["arn:aws:s3:::123456789012-accesskey-update/acks/backup/*"]),
            ])
    }

    @Test func `The rotator touches only the users, parameters and objects of its configuration`() throws {
        let statements = try rotator(Self.backup).statements
        #expect(
            Set(statements.flatMap(\.resources)) == [
                "arn:aws:iam::123456789012:user/backup", "arn:aws:iam::123456789012:user/*/backup",
                "arn:aws:ssm:eu-west-1:123456789012:parameter/keybaton/backup",
                "arn:aws:s3:::123456789012-accesskey-update",
                "arn:aws:s3:::123456789012-accesskey-update/acks/backup/*",
                "arn:aws:s3:::123456789012-accesskey-update/state/backup.json",
                "arn:aws:s3:::123456789012-accesskey-update/view/backup.json",
            ])
        #expect(statements.allSatisfy { $0.actions.allSatisfy { !$0.contains("*") } })
        // What it only writes, it may not read.
        let view = statements.filter { $0.resources.contains { $0.contains("/view/") } }
        #expect(view.map(\.actions) == [["s3:PutObject"]])
    }

    @Test func `Many users make longer lists, not more statements`() throws {
        let one = try rotator(Self.backup).statements
        let two = try rotator(Self.backup + "[[user]]\nname = \"photos\"\n").statements
        #expect(two.map(\.actions) == one.map(\.actions))
        #expect(two.flatMap(\.resources).contains("arn:aws:s3:::123456789012-accesskey-update/state/photos.json"))
    }

    @Test func `Shell scripts' acknowledgements are read only where they count`() throws {
        #expect(
            try rotator(Self.backup + "legacy_acks = true\n").statements.last
                == .init(
                    actions: ["s3:GetObject"],
                    resources: ["arn:aws:s3:::123456789012-accesskey-update/param-update.sh.*"]))
    }

    @Test(
        "A KMS key is named as the configuration names it",
        arguments: [
            ("1234abcd", "arn:aws:kms:eu-west-1:123456789012:key/1234abcd", nil),
            ("arn:aws:kms:eu-west-1:999999999999:key/1234", "arn:aws:kms:eu-west-1:999999999999:key/1234", nil),
            ("alias/keybaton", "arn:aws:kms:eu-west-1:123456789012:key/*", "alias/keybaton"),
            (
                "arn:aws:kms:eu-west-1:123456789012:alias/keybaton", "arn:aws:kms:eu-west-1:123456789012:key/*",
                "alias/keybaton"
            ),
        ] as [(String, String, String?)])
    func kmsKeys(key: String, resource: String, alias: String?) throws {
        let text = Self.backup + "kms_key = \"\(key)\"\n"
        let conditions = alias.map { ["ForAnyValue:StringEquals": ["kms:ResourceAliases": [$0]]] } ?? [:]
        #expect(
            try rotator(text).statements.contains(
                .init(actions: ["kms:Encrypt", "kms:Decrypt"], resources: [resource], conditions: conditions)))
        #expect(
            try agent(text).statements.last
                == .init(actions: ["kms:Decrypt"], resources: [resource], conditions: conditions))
        #expect(try rotator(text).json().contains("kms:ResourceAliases") == (alias != nil))
    }

    @Test func `Each partition has ARNs of its own`() throws {
        let resources = try rotator(Self.backup.replacing("eu-west-1", with: "cn-north-1")).statements.flatMap(
            \.resources)
        #expect(resources.allSatisfy { $0.hasPrefix("arn:aws-cn:") })
    }

    @Test func `Users below a path are found in it, and no other key may be touched`() throws {
        let statements = try rotator(Self.head + "[[user]]\npath = \"/ci/\"\n").statements
        let keys = try #require(statements.first { $0.actions.contains("iam:CreateAccessKey") })
        #expect(keys.resources == ["arn:aws:iam::123456789012:user/ci/*"] && keys.conditions.isEmpty)
        #expect(statements.contains(.init(actions: ["iam:ListUsers"], resources: ["*"])))
        #expect(!statements.flatMap(\.actions).contains("iam:ListUserTags"))
        #expect(
            statements.flatMap(\.resources).contains("arn:aws:ssm:eu-west-1:123456789012:parameter/keybaton/*"))
    }

    @Test func `Users with tags are found among all, and only such users' keys may be touched`() throws {
        let statements = try rotator(Self.head + "[[user]]\n[user.tags]\nteam = \"ci\"\n").statements
        let keys = try #require(statements.first { $0.actions.contains("iam:CreateAccessKey") })
        #expect(keys.conditions == ["StringEquals": ["iam:ResourceTag/team": ["ci"]]])
        #expect(
            statements.contains(
                .init(actions: ["iam:ListUserTags"], resources: ["arn:aws:iam::123456789012:user/*"])))
    }

    @Test func `Users of another account: the role does the work there, and the rotator may become it`() throws {
        let role = "arn:aws:iam::999999999999:role/keybaton"
        let (writer, configuration) = try policies(Self.backup + "role_arn = \"\(role)\"\n")
        let own = writer.rotator(of: configuration.user).statements
        #expect(own.first == .init(actions: ["sts:AssumeRole"], resources: [role]))
        #expect(!own.contains { $0.actions.contains { $0.hasPrefix("iam:") || $0.hasPrefix("ssm:") } })
        let there = writer.role(role).statements
        #expect(there.allSatisfy { $0.resources.allSatisfy { $0.contains(":999999999999:") } })
        #expect(there.flatMap(\.actions).contains("ssm:PutParameter"))
        #expect(!there.contains { $0.actions.contains { $0.hasPrefix("s3:") } })
        let trust = try writer.trust("arn:aws:iam::123456789012:user/rotator").json()
        #expect(trust.contains("\"AWS\" : \"arn:aws:iam::123456789012:user/rotator\"") && !trust.contains("Resource"))
    }

    @Test func `The bucket lets another account's hosts check in for their users, and does nothing more`() throws {
        let role = "role_arn = \"arn:aws:iam::999999999999:role/keybaton\"\n"
        let text = Self.backup + "[[user]]\nname = \"photos\"\n\(role)[[user]]\npath = \"/ci/\"\n\(role)"
        let bucket = "arn:aws:s3:::123456789012-accesskey-update"
        let policy = try policies(text).writer.bucket()
        #expect(
            policy.statements == [
                .init(
                    principal: "arn:aws:iam::999999999999:root", actions: ["s3:PutObject"],
                    resources: ["\(bucket)/acks/photos/*", "\(bucket)/acks/${aws:username}/*"])
            ])
        #expect(try policy.json().contains("\(bucket)/acks/photos/*"))
        let failure = #expect(throws: CommandFailure.self) { try policies(Self.backup).writer.bucket() }
        #expect(failure?.description.contains("nobody of another account than 123456789012") == true)
    }

    @Test func `A bucket of another account lets in the rotator's, too, for what lies in it`() throws {
        let owned = Self.head + "bucket_owner = \"111111111111\"\n[[user]]\nname = \"backup\"\n"
        let statements = try policies(owned).writer.bucket().statements
        #expect(statements.allSatisfy { $0.principal == "arn:aws:iam::123456789012:root" })
        #expect(statements.allSatisfy { $0.actions.allSatisfy { $0.hasPrefix("s3:") } })
        #expect(
            statements.flatMap(\.resources).contains("arn:aws:s3:::123456789012-accesskey-update/state/backup.json"))
        // Users, parameters and topics are the rotator's account's, whoever has the bucket.
        #expect(try rotator(owned).statements[0].resources[0] == "arn:aws:iam::123456789012:user/backup")
    }

    @Test func `The dashboard sees what hosts and rotators report, and never a parameter`() throws {
        let statements = try policies(Self.backup).writer.dashboard().statements
        #expect(Set(statements.flatMap(\.actions)) == ["s3:ListBucket", "s3:GetObject"])
        #expect(statements[0].conditions == ["StringLike": ["s3:prefix": ["view/*", "acks/*"]]])
        let bucket = "arn:aws:s3:::123456789012-accesskey-update"
        #expect(statements[1].resources == ["\(bucket)/view/*", "\(bucket)/acks/*"])
    }

    @Test func `A secret as a destination is read, written and made; one that has an ARN is not made`() throws {
        let byName = try rotator(
            Self.backup + "[[user.secrets_manager]]\nname = \"keys/{user}\"\nkms_key = \"1234abcd\"\n"
        ).statements
        let resource = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:keys/backup-??????"
        let actions = [
            "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage",
        ]
        #expect(
            byName.contains(.init(actions: actions + ["secretsmanager:CreateSecret"], resources: [resource])))
        #expect(
            byName.contains(
                .init(
                    actions: ["kms:GenerateDataKey", "kms:Decrypt"],
                    resources: ["arn:aws:kms:eu-west-1:123456789012:key/1234abcd"])))
        let arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:keys-AbCdEf"
        let byARN = try rotator(Self.backup + "[[user.secrets_manager]]\nname = \"\(arn)\"\n").statements
        #expect(byARN.contains(.init(actions: actions, resources: [arn])))
    }

    @Test func `A token in a secret is read; a destination without AWS needs nothing of it`() throws {
        let head = Self.backup + "[[user.bitbucket]]\nworkspace = \"acme\"\nrepositories = [\"site\"]\n"
        let plain = try rotator(Self.backup)
        #expect(try rotator(head + "token_file = \"/etc/token\"\n") == plain)
        #expect(
            try rotator(head + "token_secret = \"tokens/bitbucket\"\n").statements.contains(
                .init(
                    actions: ["secretsmanager:GetSecretValue"],
                    resources: ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:tokens/bitbucket-??????"])))
    }

    @Test func `Who is told needs its topic, its sender, the book of what was told, and tags for mail to the user`()
        throws
    {
        let text =
            Self.backup + """
                [[notify.sns]]
                topic = "arn:aws:sns:eu-west-1:123456789012:keybaton"
                [[notify.ses]]
                from = "keys@example.org"
                """
        let statements = try rotator(text).statements
        #expect(
            statements.contains(
                .init(actions: ["sns:Publish"], resources: ["arn:aws:sns:eu-west-1:123456789012:keybaton"])))
        let identities = "arn:aws:ses:eu-west-1:123456789012:identity/"
        #expect(
            statements.contains(
                .init(
                    actions: ["ses:SendEmail"],
                    resources: ["\(identities)keys@example.org", "\(identities)example.org"])))
        #expect(
            statements.flatMap(\.resources).contains(
                "arn:aws:s3:::123456789012-accesskey-update/notices/backup.json"))
        #expect(statements.flatMap(\.actions).contains("iam:ListUserTags"))
        let known = try rotator(text + "\nto = [\"admin@example.org\"]\n").statements
        #expect(!known.flatMap(\.actions).contains("iam:ListUserTags"))
        #expect(!(try rotator(Self.backup + "[notify]\nping = \"https://hc-ping.com/x\"\n").json().contains("notices")))
    }

    @Test(
        "A secret's ARN ends with six characters of its own",
        arguments: [
            ("keys/backup", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:keys/backup-??????"),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:keys-AbCdEf",
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:keys-AbCdEf"
            ),
            (
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:keys",
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:keys-??????"
            ),
        ])
    func secrets(name: String, arn: String) {
        #expect(ResourceNames(region: "eu-west-1", account: "123456789012").secret(name) == arn)
    }
}
