import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// The rotation of pipelines' keys, by the real program: many repositories and a deployment environment of Bitbucket, with
/// GitHub and GitLab beside them.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "the rotation of pipelines' keys")))
struct ForgeTests {
    static let sandbox = Result { try Sandbox() }
    static let forges = Result { try ForgeServers() }
    static let token = "ATCTT3xFfGN0invented0workspace0access0token"

    let forges: ForgeServers
    private let folder = ScratchDirectory()

    init() async throws {
        forges = try Self.forges.get()
        try await forges.reset()
        for forge in ForgeServers.Forge.allCases { try await forges.add(token: Self.token, at: forge) }
    }

    private var tokenFile: String { "token_file = \"\(folder.write("token", "\(Self.token)\n"))\"" }

    /// - Parameter token: the settings that say where it is; a file unless given.
    private func settings(_ repositories: [String], environment: String? = nil, token: String? = nil) -> String {
        """
        [[user.bitbucket]]
        workspace = "acme"
        repositories = [\(repositories.map { "\"\($0)\"" }.joined(separator: ", "))]
        \(environment.map { "environment = \"\($0)\"" } ?? "")
        \(token ?? tokenFile)
        url = "\(forges.address(.bitbucket))"

        """
    }

    private var otherForges: String {
        """
        [[user.github]]
        repositories = ["acme/site"]
        \(tokenFile)
        url = "\(forges.address(.github))"
        [[user.gitlab]]
        projects = ["group/{user}"]
        scope = "production"
        \(tokenFile)
        url = "\(forges.address(.gitlab))"
        """
    }

    /// Fails unless the place holds both halves of what is published as NEW.
    private func expectHeld(
        _ place: String, at forge: ForgeServers.Forge = .bitbucket, suffix: String = "", _ relay: Relay
    ) async throws {
        let held = try await forges.variables(place, at: forge)
        let new = try #require(try await relay.published()).keys.new
        #expect(held["AWS_ACCESS_KEY_ID\(suffix)"]?["value"]?.text == "\(new.id)", "\(place)")
        #expect(held["AWS_SECRET_ACCESS_KEY\(suffix)"]?["value"]?.text == new.secret.reveal(), "\(place)")
        #expect(forge != .bitbucket || held["AWS_SECRET_ACCESS_KEY"]?["secured"] == true, "\(place)")
    }

    private func expectOtherForgesHeld(_ relay: Relay) async throws {
        try await expectHeld("acme/site", at: .github, relay)
        try await expectHeld("group/\(Relay.user)", at: .gitlab, suffix: " production", relay)
    }

    /// The rotator's, and the right to read the secret in which a token is.
    private func policy(_ sandbox: Sandbox) -> JSON {
        let secret: JSON = [
            "Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
            "Resource": "arn:aws:secretsmanager:*:*:secret:tokens/bitbucket-??????",
        ]
        return Policies.document(Policies.rotatorStatements(sandbox).map(\.1) + [secret])
    }

    @Test(
        "one repository that fails keeps OLD alive and nobody else waiting; status names it; repaired, all converge")
    func rotation() async throws {
        let repositories = (1...12).map { "app-\($0)" }
        for repository in repositories {
            let environments = repository == "app-2" ? ["Test", "Production"] : []
            try await forges.make("acme/\(repository)", at: .bitbucket, environments: environments)
        }
        try await forges.make("acme/site", at: .github)
        try await forges.make("group/\(Relay.user)", at: .gitlab)
        let sandbox = try Self.sandbox.get()
        let inSecret = "token_secret = \"tokens/bitbucket\"\ntoken_field = \"app-2\""
        let relay = try await Relay(
            sandbox,
            settings: settings(repositories) + settings(["app-2"], environment: "Production", token: inSecret)
                + otherForges,
            policy: policy(sandbox))
        try await sandbox.call(
            "secretsmanager", "create_secret",
            ["Name": "tokens/bitbucket", "SecretString": .text("{\"app-2\": \"\(Self.token)\"}")])
        try await relay.lead(to: .steady)
        let places = repositories.map { "acme/\($0)" } + ["acme/app-2 Production"]
        for place in places { try await expectHeld(place, relay) }
        try await expectOtherForgesHeld(relay)

        // The first one in the order in which they are fed.
        let message: JSON = ["error": ["message": "Your credentials lack one or more required privilege scopes."]]
        try await forges.add(
            fault: ["kind": "answer", "status": 403, "method": "PUT", "path": "/app-1/", "body": message],
            at: .bitbucket)
        relay.keybaton("rotate")
        for place in places where place != "acme/app-1" { try await expectHeld(place, relay) }
        try await expectOtherForgesHeld(relay)
        let destinations = try relay.status()["destinations"]?.elements ?? []
        #expect(destinations.count == 15)
        let lacking = destinations.filter { $0["holds_new"] != true }
        #expect(lacking.map { $0["name"]?.text } == ["bitbucket acme/app-1"])

        // Every host has NEW, and a pipeline has not: OLD stays.
        relay.runAgents()
        let run = relay.keybaton("run")
        #expect(
            run.output.contains("bitbucket acme/app-1") && run.output.contains("pipeline:variable"), "\(run.output)")
        #expect(try await relay.keys().values.sorted() == ["Active", "Active"])
        try await forges.removeFaults()
        try await relay.converge()
        for place in places { try await expectHeld(place, relay) }
        try await expectOtherForgesHeld(relay)
        #expect(!relay.printed.contains(Self.token), "the token was printed")
    }

    @Test("a token file that others may read is refused, with what to do, and nothing begins")
    func openToken() async throws {
        try await forges.make("acme/site", at: .bitbucket)
        let relay = try await Relay(try Self.sandbox.get(), settings: settings(["site"]))
        folder.write("token", Self.token, mode: 0o644)
        relay.keybaton("init", "--adopt", "--profile", "default", "--credentials-file", relay.hosts[0].credentialsPath)
        relay.runAgents()
        let run = relay.keybaton("run")
        #expect(run.output.contains("chmod 600") && !run.output.contains(Self.token), "\(run.output)")
        #expect(try await relay.keys().count == 1)
        #expect(try await forges.requests().isEmpty)
    }
}
