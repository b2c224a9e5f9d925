import Console
import Handover
import Rotation
import RotationServices
import Testing

@testable import RotatorCommands

@Suite struct RotatorConfigurationTests {
    private func users(_ text: String) throws -> [ManagedUser] {
        try ConfigurationFile.decode(RotatorConfiguration.self, from: text, path: "rotator.toml").users(
            path: "rotator.toml")
    }

    private let head = "region = \"eu-west-1\"\nbucket = \"keys\"\n"

    @Test("what is not set has the documented default")
    func defaults() throws {
        let user = try #require(try users(head + "[[user]]\nname = \"backup\"\n").first)
        #expect(user.parameter == "/keybaton/backup" && user.parameterKind == .secureString)
        #expect(user.policy == Policy() && user.policy.quietPeriod == .days(8) && user.policy.grace == .days(7))
        #expect(!user.countsLegacyAcks && user.kmsKey == nil)
    }

    @Test("a user's own policy overrides the common one, key by key")
    func overrides() throws {
        let text =
            head + """
                [policy]
                grace = "3d"
                quiet_period = "2d"
                [[user]]
                name = "backup"
                hosts = ["nas", "pi"]
                [user.policy]
                grace = "1d"
                [[user]]
                name = "ci"
                """
        let users = try users(text)
        #expect(users.map(\.policy.grace) == [.days(1), .days(3)])
        #expect(users.map(\.policy.quietPeriod) == [.days(2), .days(2)])
        #expect(users[0].policy.hosts.map(\.description).sorted() == ["nas", "pi"])
    }

    @Test("a strategy brings its own defaults, under either of its names")
    func strategies() throws {
        func policy(_ settings: String) throws -> Policy? {
            try users(head + "[policy]\n\(settings)\n[[user]]\nname = \"backup\"\n").first?.policy
        }
        #expect(try policy("retire = \"scheduled\"") == Policy(retirement: .scheduled))
        #expect(try policy("acknowledgements = \"off\"") == Policy(retirement: .scheduled))
        #expect(try policy("acknowledgements = \"required\"") == Policy())
        #expect(try policy("retire = \"next-rotation\"")?.retirement == .nextRotation)
        let all = "retire = \"scheduled\"\nrotate_after = \"1d\"\ndeactivate_after = \"2d\"\nwarn_before = \"3d\"\n"
        let set = try #require(try policy(all + "grace = \"4d\"\nquiet_period = \"0s\""))
        #expect([set.rotateAfter, set.deactivateAfter, set.warnBefore, set.grace] == (1...4).map(Duration.days))
        #expect(set.quietPeriod == .zero)
    }

    @Test("the strategy of a user stands over the common one, and so do its defaults")
    func strategyOfAUser() throws {
        let text =
            head + """
                [policy]
                rotate_after = "60d"
                [[user]]
                name = "backup"
                [user.policy]
                retire = "scheduled"
                """
        #expect(try users(text).map(\.policy) == [Policy(retirement: .scheduled, rotateAfter: .days(60))])
    }

    @Test(
        "a mistake is an error that names its place",
        arguments: [
            ("", "user is missing"),
            ("[[user]]\nname = \"bäckup\"\n", "not the name of an IAM user"),
            ("[[user]]\nname = \"a+b\"\n", "name a `parameter`"),
            ("[[user]]\nname = \"a\"\nparameter = \"keys\"\n", "must begin with /"),
            ("[[user]]\nname = \"a\"\nparameter = \"/k{{x}}\"\n", "must begin with /"),
            ("[[user]]\nname = \"a\"\nparameter_type = \"StringList\"\n", "must be SecureString"),
            ("[[user]]\nname = \"a\"\nhosts = [\"-rf\"]\n", "is not a host"),
            (
                "[policy]\nretire = \"acknowledged\"\nacknowledgements = \"off\"\n[[user]]\nname = \"a\"\n",
                "name two strategies"
            ),
            (
                "[policy]\nretire = \"never\"\n[[user]]\nname = \"a\"\n",
                "policy.retire: `never` is not one of acknowledged, scheduled, next-rotation"
            ),
            ("[[user]]\nname = \"a\"\n[[user]]\nname = \"a\"\n", "configured twice"),
            ("[[user]]\nname = \"a\"\n[[user]]\nname = \"b\"\nparameter = \"/keybaton/a\"\n", "configured twice"),
            ("max_users_per_run = 0\n[[user]]\nname = \"a\"\n", "`max_users_per_run` must be at least 1"),
            ("[[user]]\nhosts = [\"nas\"]\n", "name an IAM user, or find users with `path` or `tags`"),
            ("[[user]]\nname = \"a\"\nexclude = [\"b\"]\n", "are for users that a `path` or `tags` find"),
            ("[[user]]\nname = \"a\"\npath = \"/ci/\"\n", "a `name` stands alone"),
            ("[[user]]\npath = \"/ci\"\n", "users of path /ci: `path` must begin and end with /"),
            ("[[user]]\ntags = {}\n", "`tags` is empty"),
            ("[[user]]\npath = \"/ci/\"\ninclude = [\"ü\"]\n", "is not the name of an IAM user"),
            ("[[user]]\npath = \"/ci/\"\nparameter = \"/keys\"\n", "must contain {user}"),
            ("[[user]]\npath = \"/ci/\"\nhosts = [\"-rf\"]\n", "users of path /ci/: `-rf` is not a host"),
            ("[[user]]\nname = \"a\"\nrole_arn = \"keybaton\"\n", "`role_arn` must be the ARN of a role"),
            ("[[user]]\nname = \"a\"\nrotate_afer = \"1d\"\n", "unknown setting user #1.rotate_afer"),
            ("[policy]\ngrace = \"soon\"\n[[user]]\nname = \"a\"\n", "not a duration"),
        ])
    func mistakes(text: String, part: String) {
        let failure = #expect(throws: CommandFailure.self) { try users(head + text) }
        #expect(
            failure?.status == .configuration && failure?.description.contains(part) == true,
            "\(failure?.description ?? "")")
    }
}
