import Destinations
import HTTPTransport
import Handover
import Rotation
import SandboxSupport
import Secrets
import Testing

/// Against a server written from GitLab's published API.
@Suite(.serialized, .enabled(if: Sandbox.isAvailable(for: "GitLab"))) struct GitLabTests {
    static let forges = try? ForgeServers()
    static let token = "glpat-invented0project0access0token"
    static let names = VariableNames.standard
    static let project = GitLabPlace.project("group/sub/project")

    let forges: ForgeServers
    let clock = SleepingClock()

    init() async throws {
        forges = try #require(Self.forges)
        try await forges.reset()
        try await forges.add(token: Self.token, at: .gitlab)
        try await forges.make("group/sub/project", at: .gitlab)
        try await forges.make("groups/group/sub", at: .gitlab)
    }

    func destination(
        _ place: GitLabPlace = project, scope: String = "*", isProtected: Bool? = nil
    ) throws -> GitLabDestination {
        let client = ForgeClient(
            .gitLab, base: try #require(HTTPURL(forges.address(.gitlab))), sender: try CurlTransport(environment: [:]),
            tokens: GivenToken(Self.token), clock: clock.clock)
        return GitLabDestination(client, place: place, scope: scope, isProtected: isProtected)
    }

    static let places: [(GitLabPlace, String, String)] = [
        (project, "*", "group/sub/project"), (project, "review/*", "group/sub/project"),
        (.group("group/sub"), "*", "groups/group/sub"), (.group("group/sub"), "production", "groups/group/sub"),
    ]

    @Test("project and group are fed in any scope: the secret masked, both raw", arguments: places)
    func feeding(place: GitLabPlace, scope: String, stored: String) async throws {
        let destination = try destination(place, scope: scope)
        #expect(await destination.observe() == .needsFeeding)
        for key in [Keys.old, Keys.new, Keys.new] {
            #expect(await failure(feeding: key, to: destination) == nil)
            #expect(await destination.observe() == .holds(key.id))
        }
        let held = try await forges.variables(stored, at: .gitlab)
        let suffix = scope == "*" ? "" : " \(scope)"
        let (id, secret) = (held[Self.names.id + suffix], held[Self.names.secret + suffix])
        #expect(id?["value"]?.text == "\(Keys.new.id)" && id?["masked"] == false && id?["raw"] == true)
        #expect(secret?["value"]?.text == Keys.new.secret.reveal() && secret?["masked"] == true)
        #expect(secret?["raw"] == true && secret?["environment_scope"]?.text == scope && held.count == 2)
    }

    @Test("names say the scope")
    func names() throws {
        #expect(try destination().name == "gitlab group/sub/project")
        #expect(try destination(.group("group/sub"), scope: "production").name == "gitlab group/sub production")
    }

    @Test("scopes with variables of one name do not touch each other")
    func scopes() async throws {
        let (all, production) = (try destination(), try destination(scope: "production"))
        try await all.feed(Keys.old)
        #expect(await production.observe() == .needsFeeding)
        try await production.feed(Keys.new)
        #expect(await all.observe() == .holds(Keys.old.id))
        #expect(await production.observe() == .holds(Keys.new.id))
    }

    @Test("a GitLab whose groups know no filter is not let to change the wrong scope")
    func oldGroups() async throws {
        try await destination(.group("group/sub")).feed(Keys.old)
        try await forges.change(["ignores_group_filter": true], at: .gitlab)
        let production = try destination(.group("group/sub"), scope: "production")
        #expect(await production.observe().sentence.contains("update it to 16.9"))
        let refused = try #require(await failure(feeding: Keys.new, to: production))
        #expect(!refused.isUncertain)
        #expect(await (try destination(.group("group/sub"))).observe() == .holds(Keys.old.id))
    }

    @Test("protection is changed only where the configuration says so")
    func protection() async throws {
        try await destination().feed(Keys.old)
        try await forges.put(
            Self.names.secret, ["value": "x", "protected": true, "masked": true], in: "group/sub/project", at: .gitlab)
        try await destination().feed(Keys.new)
        var held = try await forges.variables("group/sub/project", at: .gitlab)
        #expect(held[Self.names.secret]?["protected"] == true && held[Self.names.id]?["protected"] == false)
        try await destination(isProtected: true).feed(Keys.new)
        held = try await forges.variables("group/sub/project", at: .gitlab)
        #expect(held[Self.names.id]?["protected"] == true)
    }

    @Test("an unmasked secret and a missing half are fed; a hidden id cannot be told")
    func incomplete() async throws {
        let destination = try destination()
        try await destination.feed(Keys.new)
        try await forges.put(Self.names.secret, ["value": "x"], in: "group/sub/project", at: .gitlab)
        #expect(await destination.observe() == .needsFeeding)
        try await forges.put(Self.names.secret, [:], in: "group/sub/project", at: .gitlab)
        #expect(await destination.observe() == .needsFeeding)
        try await destination.feed(Keys.new)
        #expect(await destination.observe() == .holds(Keys.new.id))
        try await forges.put(
            Self.names.id, ["value": nil, "masked": true, "hidden": true], in: "group/sub/project", at: .gitlab)
        #expect(await destination.observe() == .cannotTell)
    }

    @Test("a feeding that broke off between the two is seen, whichever key is wanted next")
    func halfWritten() async throws {
        let destination = try destination()
        try await destination.feed(Keys.old)
        try await forges.add(
            fault: ["kind": "answer", "status": 500, "method": "PUT", "path": "AWS_ACCESS_KEY_ID"], at: .gitlab)
        let broken = try #require(await failure(feeding: Keys.new, to: destination))
        #expect(broken.isUncertain)
        #expect(await destination.observe() == .needsFeeding)
        try await forges.removeFaults()
        #expect(await failure(feeding: Keys.old, to: destination) == nil)
        #expect(await destination.observe() == .holds(Keys.old.id))
    }

    @Test("a lost answer to a creation heals at the next feeding")
    func lostAnswer() async throws {
        try await forges.add(fault: ["kind": "lose", "method": "POST", "times": 1], at: .gitlab)
        let lost = try #require(await failure(feeding: Keys.new, to: try destination()))
        #expect(lost.isUncertain)
        #expect(await failure(feeding: Keys.new, to: try destination()) == nil)
        #expect(await (try destination()).observe() == .holds(Keys.new.id))
    }

    @Test("what is wrong is said with what to do about it, and without the token")
    func sentences() async throws {
        let gone = await (try destination(.project("group/gone"))).observe().sentence
        #expect(gone.contains("GitLab knows no project group/gone (HTTP 404: 404 Project Not Found)"), "\(gone)")
        let group = await (try destination(.group("gone"))).observe().sentence
        #expect(group.contains("knows no group gone"))
        try await forges.add(token: Self.token, at: .gitlab, rights: "read")
        let readOnly = try #require(await failure(feeding: Keys.new, to: try destination()))
        #expect(readOnly.text.contains("insufficient_scope") && readOnly.text.contains("the scope api and the role"))
        expectNoSecret(readOnly.text, token: Self.token)
        try await forges.add(fault: ["kind": "answer", "status": 429, "headers": ["Retry-After": "4000"]], at: .gitlab)
        #expect(await (try destination()).observe().sentence.contains("run again after 20"))
    }
}
