import Destinations
import HTTPTransport
import Handover
import Rotation
import SandboxSupport
import Secrets
import Testing

/// Against a server written from GitHub's published API, which opens the sealed boxes with PyNaCl.
@Suite(.serialized, .enabled(if: Sandbox.isAvailable(for: "GitHub"))) struct GitHubTests {
    static let forges = try? ForgeServers()
    static let token = "github_pat_11INVENTED0fine0grained0token"
    static let names = VariableNames.standard

    let forges: ForgeServers
    let clock = SleepingClock()

    init() async throws {
        forges = try #require(Self.forges)
        try await forges.reset()
        try await forges.add(token: Self.token, at: .github)
        try await forges.make("acme/site", at: .github, environments: ["blue/green"])
        try await forges.make("acme", at: .github)
    }

    func destination(
        _ place: GitHubPlace = .repository(owner: "acme", "site"), form: GitHubIDForm = .secret
    ) throws -> GitHubDestination {
        let client = ForgeClient(
            .gitHub(form), base: try #require(HTTPURL(forges.address(.github))),
            sender: try CurlTransport(environment: [:]), tokens: GivenToken(Self.token), clock: clock.clock)
        return GitHubDestination(client, place: place, idForm: form)
    }

    static let places: [(GitHubPlace, String)] = [
        (.repository(owner: "acme", "site"), "acme/site"),
        (.environment("blue/green", owner: "acme", repository: "site"), "acme/site blue/green"),
        (.organisation("acme", .private), "acme"),
        (.organisation("acme", .selected([7, 8])), "acme"),
    ]

    @Test("repository, environment and organisation are fed sealed boxes that PyNaCl opens", arguments: places)
    func feeding(place: GitHubPlace, stored: String) async throws {
        let destination = try destination(place)
        #expect(destination.name == "github \(stored)")
        #expect(await destination.observe() == .needsFeeding)
        for key in [Keys.old, Keys.new, Keys.new] {
            #expect(await failure(feeding: key, to: destination) == nil)
            #expect(await destination.observe() == .cannotTell)
            let held = try await forges.variables(stored, at: .github)
            #expect(held[Self.names.id]?["value"]?.text == "\(key.id)")
            #expect(held[Self.names.secret]?["value"]?.text == key.secret.reveal())
        }
        let held = try await forges.variables(stored, at: .github)
        if case .organisation(_, .selected) = place {
            #expect(held[Self.names.secret]?["selected_repository_ids"] == [7, 8])
        } else if case .organisation = place {
            #expect(held[Self.names.secret]?["visibility"] == "private")
        }
    }

    @Test("an id that is written as a variable can be read back", arguments: places)
    func readableID(place: GitHubPlace, stored: String) async throws {
        let destination = try destination(place, form: .variable)
        #expect(await destination.observe() == .needsFeeding)
        for key in [Keys.old, Keys.new] {
            #expect(await failure(feeding: key, to: destination) == nil)
            #expect(await destination.observe() == .holds(key.id))
        }
    }

    @Test("an id that is older than its secret was left behind by a feeding that broke off")
    func halfWritten() async throws {
        let destination = try destination(form: .variable)
        try await destination.feed(Keys.old)
        try await forges.add(fault: ["kind": "answer", "status": 502, "method": "PATCH"], at: .github)
        let broken = try #require(await failure(feeding: Keys.new, to: destination))
        #expect(broken.isUncertain)
        #expect(await destination.observe() == .needsFeeding)
        try await forges.removeFaults()
        #expect(await failure(feeding: Keys.old, to: destination) == nil)
        #expect(await destination.observe() == .holds(Keys.old.id))
    }

    @Test("a public key that is replaced between asking and writing is asked for again; one may be numbered")
    func replacedKey() async throws {
        try await forges.change(["new_key": true, "numeric_key_id": true], at: .github)
        #expect(await failure(feeding: Keys.new, to: try destination()) == nil)
        let held = try await forges.variables("acme/site", at: .github)
        #expect(held[Self.names.secret]?["value"]?.text == Keys.new.secret.reveal())
    }

    @Test("a missing half is fed; names are found on any page")
    func pages() async throws {
        try await forges.change(["page_size": 1], at: .github)
        for number in 1...4 { try await forges.put("A\(number)", ["value": "x"], in: "acme/site", at: .github) }
        let destination = try destination()
        try await destination.feed(Keys.old)
        #expect(await destination.observe() == .cannotTell)
        try await forges.put(Self.names.id, [:], in: "acme/site", at: .github)
        #expect(await destination.observe() == .needsFeeding)
    }

    @Test("both of GitHub's ways to say that a limit is reached are understood")
    func limits() async throws {
        try await forges.change(["limit": 0, "retry_after": 3000], at: .github)
        let primary = await (try destination()).observe().sentence
        #expect(primary.contains("GitHub takes no more requests for now") && primary.contains("after 20"), "\(primary)")
        try await forges.change(["limit": 100], at: .github)
        let secondary: JSON = ["kind": "answer", "status": 403, "headers": ["Retry-After": "5"], "times": 1]
        try await forges.add(fault: secondary, at: .github)
        #expect(await (try destination()).observe() == .needsFeeding)
        #expect(clock.slept == [.seconds(6)])
    }

    @Test("what is wrong is said with what to do about it, and without the token")
    func sentences() async throws {
        let gone = try destination(.environment("Staging", owner: "acme", repository: "site"))
        let sentence = await gone.observe().sentence
        #expect(sentence.contains("knows no environment Staging of repository acme/site (HTTP 404"), "\(sentence)")
        try await forges.add(token: Self.token, at: .github, rights: "read")
        let readOnly = try #require(await failure(feeding: Keys.new, to: try destination()))
        #expect(!readOnly.isUncertain && readOnly.text.contains("it needs to read and write \"Secrets\""))
        expectNoSecret(readOnly.text, token: Self.token)
    }

    @Test("a public key of another form is refused before anything is written")
    func wrongKey() async throws {
        let body: JSON = ["key_id": "1", "key": "AAAA"]
        try await forges.add(fault: ["kind": "answer", "status": 200, "body": body, "path": "public-key"], at: .github)
        let refused = try #require(await failure(feeding: Keys.new, to: try destination()))
        #expect(!refused.isUncertain && refused.text.contains("not one of X25519"))
    }
}
