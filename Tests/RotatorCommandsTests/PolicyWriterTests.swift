import Console
import Testing

@testable import RotatorCommands

/// Least privilege, for exactly one configuration.
struct PolicyWriterTests {
    static let head = "region = \"eu-west-1\"\nbucket = \"123456789012-accesskey-update\"\n"
    static let backup = head + "[[user]]\nname = \"backup\"\n"

    private func writer(_ text: String) throws -> (PolicyWriter, [ManagedUser]) {
        let configuration = try ConfigurationFile.decode(RotatorConfiguration.self, from: text, path: "rotator.toml")
        return (PolicyWriter(configuration, account: "123456789012"), try configuration.users(path: "rotator.toml"))
    }

    @Test func `One policy serves every user's hosts, each for itself`() throws {
        let (writer, users) = try writer(Self.backup + "[[user]]\nname = \"photos\"\n")
        #expect(
            try writer.agents(of: users).json() == """
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

    @Test(arguments: ["parameter = \"/teams/photos\"", "kms_key = \"1234abcd-12ab-34cd-56ef-1234567890ab\""])
    func `A user with a parameter or a key of its own gets a policy of its own`(_ setting: String) throws {
        let (writer, users) = try writer(Self.backup + "[[user]]\nname = \"photos\"\n\(setting)\n")
        let failure = #expect(throws: CommandFailure.self) { try writer.agents(of: users) }
        #expect(failure?.description.contains("keybaton policy agent photos") == true)
        let own = writer.agent(of: users[1])
        #expect(own.statements.allSatisfy { $0.resources.allSatisfy { !$0.contains("backup") && !$0.contains("$") } })
    }

    @Test func `The way back may read one parameter and check in for one user`() throws {
        let (writer, users) = try writer(Self.backup)
        #expect(
            writer.agent(of: users[0]).statements == [
                .init(
                    actions: ["ssm:GetParameter"],
                    resources: ["arn:aws:ssm:eu-west-1:123456789012:parameter/keybaton/backup"]),
                .init(
                    actions: ["s3:PutObject"], resources: ["arn:aws:s3:::123456789012-accesskey-update/acks/backup/*"]),
            ])
    }

    @Test func `The rotator touches only the users, parameters and objects of its configuration`() throws {
        let (writer, users) = try writer(Self.backup)
        let statements = writer.rotator(of: users).statements
        #expect(
            statements.flatMap(\.resources) == [
                "arn:aws:iam::123456789012:user/backup", "arn:aws:iam::123456789012:user/*/backup",
                "arn:aws:ssm:eu-west-1:123456789012:parameter/keybaton/backup",
                "arn:aws:s3:::123456789012-accesskey-update",
                "arn:aws:s3:::123456789012-accesskey-update/acks/backup/*",
                "arn:aws:s3:::123456789012-accesskey-update/state/backup.json",
                "arn:aws:s3:::123456789012-accesskey-update/view/backup.json",
            ])
        #expect(statements.allSatisfy { $0.actions.allSatisfy { !$0.contains("*") } })
    }

    @Test func `Shell scripts' acknowledgements are read only where they count`() throws {
        let (writer, users) = try writer(Self.backup + "legacy_acks = true\n")
        #expect(
            writer.rotator(of: users).statements.last
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
        let (writer, users) = try writer(Self.backup + "kms_key = \"\(key)\"\n")
        #expect(
            writer.rotator(of: users).statements.last
                == .init(actions: ["kms:Encrypt", "kms:Decrypt"], resources: [resource], keyAlias: alias))
        #expect(writer.agent(of: users[0]).statements.last?.actions == ["kms:Decrypt"])
        #expect(try writer.rotator(of: users).json().contains("kms:ResourceAliases") == (alias != nil))
    }

    @Test func `Each partition has ARNs of its own`() throws {
        let text = Self.backup.replacing("eu-west-1", with: "cn-north-1")
        let (writer, users) = try writer(text)
        let resources = writer.rotator(of: users).statements.flatMap(\.resources)
        #expect(resources.allSatisfy { $0.hasPrefix("arn:aws-cn:") })
    }
}
