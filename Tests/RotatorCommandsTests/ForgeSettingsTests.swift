import AWS
import Console
import Destinations
import HTTPTransport
import Handover
import Rotation
import Testing

@testable import RotatorCommands

@Suite struct ForgeSettingsTests {
    private let head = """
        region = "eu-west-1"
        bucket = "keys"
        [[user]]
        name = "ci"

        """

    private func user(_ text: String) throws -> ManagedUser {
        let users = try ConfigurationFile.decode(RotatorConfiguration.self, from: head + text, path: "rotator.toml")
            .users(path: "rotator.toml")
        return try #require(users.first)
    }

    private let services: DestinationServices = {
        let sender = Nobody()
        return DestinationServices(
            sender: sender,
            client: AWSClient(
                sender: sender, endpoints: EndpointResolver(region: "eu-west-1"), credentials: NoCredentials()),
            forges: ForgeClients())
    }()

    @Test("all tables of a token, of whichever user, have one client, which remembers its limits")
    func sharedClients() throws {
        func client(_ settings: String, of name: String = "ci", role: RoleARN? = nil) throws -> ForgeClient {
            let text = "[[user.gitlab]]\nprojects = [\"1\"]\n" + settings
            let table = try #require(try user(text).destinations.first as? GitLabSettings)
            var services = services
            services.role = role
            return table.client(.gitLab, for: try #require(UserName(name)), services)
        }
        let role = try #require(RoleARN("arn:aws:iam::123456789012:role/keybaton"))
        let (file, secret) = ("token_file = \"/t\"\n", "token_secret = \"t\"\n")
        #expect(try client(file) === client(file + "protected = true\n", of: "web", role: role))
        #expect(try client(file) !== client("token_file = \"/u\"\n"))
        #expect(try client(file) !== client(file + "url = \"https://git.example/api/v4\"\n"))
        #expect(try client(secret) === client(secret, of: "web") && client(secret) !== client(secret, role: role))
        let own = "token_file = \"/tokens/{user}\"\n"
        #expect(try client(own) !== client(own, of: "web"))
    }

    private func names(_ text: String) throws -> [String] {
        let user = try user(text)
        return user.destinations.flatMap { $0.destinations(for: user.name, services) }.map(\.name)
    }

    @Test("each repository, project and group is a destination of its own, with a readable name")
    func places() throws {
        let text = """
            [[user.bitbucket]]
            workspace = "acme"
            repositories = ["site", "shop-{user}"]
            token_file = "/etc/keybaton/bitbucket"
            [[user.bitbucket]]
            workspace = "acme"
            repositories = ["site"]
            environment = "Production"
            email = "ci@acme.example"
            token_secret = "tokens/bitbucket"
            token_field = "site"
            [[user.bitbucket]]
            workspace = "acme"
            id_variable = "BACKUP_ID"
            secret_variable = "BACKUP_SECRET"
            token_file = "/etc/keybaton/bitbucket"
            [[user.github]]
            repositories = ["acme/site"]
            environment = "blue/green"
            id_as = "variable"
            token_file = "/etc/keybaton/github"
            [[user.github]]
            organisation = "acme"
            visibility = "selected"
            selected_repositories = [7]
            token_file = "/etc/keybaton/github"
            url = "https://github.acme.example/api/v3"
            [[user.gitlab]]
            projects = ["group/sub/project", "123"]
            groups = ["group"]
            scope = "production"
            protected = true
            token_file = "/etc/keybaton/gitlab"
            url = "http://127.0.0.1:8080/api/v4"
            """
        #expect(
            try names(text) == [
                "bitbucket acme/site", "bitbucket acme/shop-ci", "bitbucket acme/site Production",
                "bitbucket acme (BACKUP_ID)", "github acme/site blue/green", "github acme",
                "gitlab group/sub/project production", "gitlab 123 production", "gitlab group production",
            ])
    }

    private static let token = "token_file = \"/etc/t\"\n"

    @Test(
        "a mistake is an error that says what to write",
        arguments: [
            ("bitbucket", "workspace = \"acme\"\n", "a token is needed"),
            ("bitbucket", token + "workspace = \"acme/site\"\n", "no workspace's id"),
            ("bitbucket", token + "workspace = \"a\"\nrepositories = []\n", "`repositories` is empty"),
            ("bitbucket", token + "workspace = \"a\"\nrepositories = [\"a/b\"]\n", "without the workspace"),
            ("bitbucket", token + "workspace = \"a\"\nrepositories = [\"..\"]\n", "not of the form"),
            ("bitbucket", token + "workspace = \"a\"\nrepositories = [\"b\", \"B\"]\n", "there twice"),
            ("bitbucket", token + "workspace = \"a\"\nenvironment = \"Test\"\n", "name them in `repositories`"),
            ("bitbucket", token + "workspace = \"a\"\nid_variable = \"1A\"\n", "no variable's name"),
            ("bitbucket", token + "workspace = \"a\"\nid_variable = \"AWS_SECRET_ACCESS_KEY\"\n", "must differ"),
            ("bitbucket", token + "workspace = \"a\"\nemail = \"ci\"\n", "the API token belongs to"),
            ("bitbucket", token + "workspace = \"a\"\nurl = \"http://forge.example/2.0\"\n", "must begin with https"),
            ("bitbucket", token + "workspace = \"a\"\nurl = \"forge.example\"\n", "is not an address"),
            ("bitbucket", token + "workspace = \"a\"\nrepository = \"b\"\n", "unknown setting"),
            ("github", token, "name `repositories`, or an `organisation`"),
            ("github", token + "repositories = [\"site\"]\n", "not of the form acme/site"),
            ("github", token + "repositories = [\"a/b\"]\norganisation = \"a\"\n", "exclude each other"),
            ("github", token + "repositories = [\"a/b\"]\nvisibility = \"all\"\n", "belong to an organisation"),
            ("github", token + "organisation = \"a\"\nvisibility = \"some\"\n", "all, private or selected"),
            ("github", token + "organisation = \"a\"\nvisibility = \"selected\"\n", "repositories' numbers"),
            ("github", token + "organisation = \"a\"\nselected_repositories = [1]\n", "is nothing without"),
            ("github", token + "repositories = [\"a/b\"]\nid_as = \"text\"\n", "secret or variable"),
            ("github", token + "repositories = [\"a/b\"]\nid_name = \"GITHUB_ID\"\n", "keeps names that begin"),
            ("gitlab", token, "name `projects` or `groups`"),
            ("gitlab", token + "projects = [\"/a\"]\n", "not of the form group/project"),
            ("gitlab", token + "projects = [\"a\"]\nscope = \"\"\n", "`scope` is not an environment"),
            ("gitlab", token + "projects = [\"a\"]\nurl = \"https://gitlab.example\"\n", "ends in /api/v4"),
        ])
    func mistakes(table: String, text: String, part: String) {
        let failure = #expect(throws: CommandFailure.self) { try user("[[user.\(table)]]\n" + text) }
        #expect(
            failure?.status == .configuration && failure?.description.contains(part) == true,
            "\(failure?.description ?? "")")
    }
}

/// Places are named without asking anybody.
struct Nobody: HTTPSender {
    func send(_ request: HTTPRequest, limits: HTTPLimits) async throws(HTTPError) -> HTTPResponse {
        Issue.record("\(request) was sent")
        throw HTTPError(.other, host: "", message: "")
    }
}

struct NoCredentials: CredentialsProvider {
    func credentials() async throws -> AWSCredentials {
        throw HTTPError(.other, host: "", message: "credentials were asked for")
    }
}
