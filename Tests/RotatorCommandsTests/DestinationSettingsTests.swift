import Console
import Testing

@testable import RotatorCommands

@Suite struct DestinationSettingsTests {
    private func users(_ tables: String) throws -> [ManagedUser] {
        let text = "region = \"eu-west-1\"\nbucket = \"keys\"\n[[user]]\nname = \"backup\"\n\(tables)\n"
        return try ConfigurationFile.decode(RotatorConfiguration.self, from: text, path: "rotator.toml").users(
            path: "rotator.toml")
    }

    @Test("all that the tables may hold is read")
    func readsEverything() throws {
        let user = try #require(
            try users(
                """
                [[user.secrets_manager]]
                name = "keys/{user}"
                id_field = "id"
                secret_field = "secret"
                kms_key = "alias/keys"
                region = "us-east-1"
                [[user.secrets_manager]]
                name = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:keys/backup-AbCdEf"
                [[user.file]]
                path = "/srv/{user}.env"
                format = "env"
                id_variable = "ID"
                secret_variable = "SECRET"
                group = "root"
                mode = "0640"
                [[user.file]]
                path = "/srv/credentials"
                profile = "{user}"
                [[user.program]]
                command = ["/usr/local/bin/push", "{user}"]
                check = ["/usr/local/bin/push", "--check"]
                name = "vault"
                timeout = "5m"
                """
            ).first)
        #expect(user.destinations.count == 5)
    }

    @Test(
        "a mistake names the table and the key, and says what to write",
        arguments: [
            ("[[user.secrets_manager]]\nname = \"keys:backup\"", "secrets_manager.name: `keys:backup` is not the name"),
            ("[[user.secrets_manager]]\nname = \"\"", "is not the name of a secret"),
            ("[[user.secrets_manager]]\nname = \"a\"\nid_field = \"x\"\nsecret_field = \"x\"", "two different names"),
            ("[[user.secrets_manager]]\nname = \"a\"\nid_field = \"\"", "two different names"),
            ("[[user.secrets_manager]]\nid_field = \"x\"", "name is missing"),
            ("[[user.file]]\npath = \"~/.aws/credentials\"", "file.path: write the whole path"),
            ("[[user.file]]\npath = \"/a\"\nformat = \"xml\"", "file.format: `xml` is none of"),
            ("[[user.file]]\npath = \"/a\"\nformat = \"rclone\"", "file.profile is missing"),
            ("[[user.file]]\npath = \"/a\"\nprofile = \"a b\"", "file.profile: the profile name must be"),
            ("[[user.file]]\npath = \"/a\"\nowner = \"no-such-user\"", "this machine has no user"),
            ("[[user.file]]\npath = \"/a\"\ngroup = \"no-such-group\"", "this machine has no group"),
            ("[[user.file]]\npath = \"/a\"\nmode = \"0644\"", "file.mode: `0644` is neither"),
            ("[[user.program]]\ncommand = []", "program.command: write the program"),
            ("[[user.program]]\ncommand = [\"push\"]", "with its whole path"),
            ("[[user.program]]\ncommand = [\"/a\"]\ncheck = [\"b\"]", "program.check"),
            ("[[user.program]]\ncommand = [\"/a\"]\nname = \"\"", "program.name"),
            ("[[user.program]]\ncommand = [\"/a\"]\ntimeout = \"1h\"", "from 1s to 5m"),
        ])
    func mistakes(_ tables: String, _ part: String) {
        let failure = #expect(throws: CommandFailure.self) { try users(tables) }
        #expect(
            failure?.status == .configuration && failure?.description.contains(part) == true,
            "\(failure?.description ?? "")")
    }

    @Test("a token is in one place, which is named in full")
    func checksTokens() throws {
        try TokenSettings(file: "/etc/keybaton/token").check()
        try TokenSettings(secret: "forge/token", field: "token").check()
        for (settings, part) in [
            (TokenSettings(), "a token is needed"),
            (TokenSettings(file: "/a", secret: "b"), "exclude each other"),
            (TokenSettings(file: "a"), "the whole path"),
            (TokenSettings(file: "/a", field: "b"), "nothing without"),
            (TokenSettings(secret: ""), "must not be empty"),
        ] {
            let problem = #expect(throws: InvalidSetting.self) { try settings.check() }
            #expect(problem?.description.contains(part) == true, "\(problem?.description ?? "")")
        }
    }
}
