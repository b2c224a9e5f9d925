import Destinations
import HTTPTransport
import Handover
import Rotation
import SandboxSupport
import Secrets
import Testing

/// Against a server written from Bitbucket's published API.
@Suite(.serialized, .enabled(if: Sandbox.isAvailable(for: "Bitbucket"))) struct BitbucketTests {
    static let forges = try? ForgeServers()
    static let token = "ATCTT3xFfGN0invented0repository0access0token"
    static let names = VariableNames.standard

    let forges: ForgeServers
    let clock = SleepingClock()
    let given = GivenToken(token)

    init() async throws {
        forges = try #require(Self.forges)
        try await forges.reset()
        try await forges.add(token: Self.token, at: .bitbucket)
        try await forges.make("acme/site", at: .bitbucket, environments: ["Test", "Production"])
        try await forges.make("acme", at: .bitbucket)
    }

    func destination(
        _ place: BitbucketPlace = .repository("site", workspace: "acme"), email: String? = nil,
        names: VariableNames = .standard
    ) throws -> BitbucketDestination {
        BitbucketDestination(try client(email: email), place: place, variables: names)
    }

    func client(email: String? = nil) throws -> ForgeClient {
        ForgeClient(
            .bitbucket(email: email), base: try #require(HTTPURL(forges.address(.bitbucket))),
            sender: try CurlTransport(environment: [:]), tokens: given, clock: clock.clock)
    }

    func held(_ place: String = "acme/site") async throws -> [String?] {
        let variables = try await forges.variables(place, at: .bitbucket)
        return [variables[Self.names.id]?["value"]?.text, variables[Self.names.secret]?["value"]?.text]
    }

    static let places: [(BitbucketPlace, String)] = [
        (.repository("site", workspace: "acme"), "acme/site"),
        (.environment("Production", repository: "site", workspace: "acme"), "acme/site Production"),
        (.workspace("acme"), "acme"),
    ]

    @Test(
        "a repository, a deployment environment and a workspace are fed: made where missing, the secret secured",
        arguments: places)
    func feeding(place: BitbucketPlace, stored: String) async throws {
        let destination = try destination(place)
        #expect(destination.name == "bitbucket \(stored)")
        #expect(await destination.observe() == .needsFeeding)
        for key in [Keys.old, Keys.new, Keys.new] {
            #expect(await failure(feeding: key, to: destination) == nil)
            #expect(await destination.observe() == .holds(key.id))
            #expect(try await held(stored) == ["\(key.id)", key.secret.reveal()])
        }
        let variables = try await forges.variables(stored, at: .bitbucket)
        #expect(variables[Self.names.secret]?["secured"] == true && variables[Self.names.id]?["secured"] == false)
    }

    @Test("a rotation of a repository costs four requests; the token is read once")
    func requestCount() async throws {
        let destination = try destination()
        try await destination.feed(Keys.old)
        let before = try await forges.requests().count
        _ = await destination.observe()
        try await destination.feed(Keys.new)
        #expect(await destination.observe() == .holds(Keys.new.id))
        #expect(try await forges.requests().count - before == 4)
        #expect(given.reads == 1)
    }

    @Test("variables on any page are found, whether or not pages tell where the next one is", arguments: [false, true])
    func pages(omitsNext: Bool) async throws {
        let place = "acme/shop E4"
        try await forges.make("acme/shop", at: .bitbucket, environments: (1...5).map { "E\($0)" })
        try await forges.change(["page_size": 2, "omits_next": .bool(omitsNext)], at: .bitbucket)
        for number in 1...7 { try await forges.put("A\(number)", ["value": "x"], in: place, at: .bitbucket) }
        let destination = try destination(.environment("E4", repository: "shop", workspace: "acme"))
        try await destination.feed(Keys.old)
        try await destination.feed(Keys.new)
        #expect(await destination.observe() == .holds(Keys.new.id))
        #expect(try await forges.variables(place, at: .bitbucket).count == 9)
    }

    @Test("a next page on another host is not asked for, as it would be given the token")
    func foreignPage() async throws {
        try await forges.change(["page_size": 1, "next_origin": "http://localhost:1"], at: .bitbucket)
        for number in 1...3 { try await forges.put("A\(number)", ["value": "x"], in: "acme/site", at: .bitbucket) }
        #expect(await (try destination()).observe().sentence.contains("a next page at another address"))
    }

    @Test("a secret that lies open, a missing half and a text that is no id are fed")
    func incomplete() async throws {
        let destination = try destination()
        try await destination.feed(Keys.new)
        let open: JSON = ["value": .text(Keys.new.secret.reveal()), "secured": false]
        try await forges.put(Self.names.secret, open, in: "acme/site", at: .bitbucket)
        #expect(await destination.observe() == .needsFeeding)
        try await destination.feed(Keys.new)
        #expect(await destination.observe() == .holds(Keys.new.id))
        try await forges.put(Self.names.secret, [:], in: "acme/site", at: .bitbucket)
        #expect(await destination.observe() == .needsFeeding)
        try await destination.feed(Keys.new)
        try await forges.put(Self.names.id, ["value": "none yet"], in: "acme/site", at: .bitbucket)
        #expect(await destination.observe() == .needsFeeding)
        try await destination.feed(Keys.new)
        #expect(await destination.observe() == .holds(Keys.new.id))
    }

    @Test("an id that was secured cannot be read, until it is fed")
    func securedID() async throws {
        let destination = try destination()
        try await destination.feed(Keys.old)
        let secured: JSON = ["value": .text("\(Keys.old.id)"), "secured": true]
        try await forges.put(Self.names.id, secured, in: "acme/site", at: .bitbucket)
        #expect(await destination.observe() == .cannotTell)
        try await destination.feed(Keys.new)
        #expect(await destination.observe() == .holds(Keys.new.id))
    }

    @Test("what was made or removed since the observation is seen by the feeding")
    func changedMeanwhile() async throws {
        let destination = try destination()
        _ = await destination.observe()
        let other: JSON = ["value": "somebody's", "secured": true]
        try await forges.put(Self.names.secret, other, in: "acme/site", at: .bitbucket)
        try await destination.feed(Keys.old)
        #expect(try await held() == ["\(Keys.old.id)", Keys.old.secret.reveal()])
        _ = await destination.observe()
        try await forges.put(Self.names.secret, [:], in: "acme/site", at: .bitbucket)
        try await destination.feed(Keys.new)
        #expect(try await held() == ["\(Keys.new.id)", Keys.new.secret.reveal()])
    }

    @Test("the secret is written before the id; broken off between the two, the feeding is uncertain and heals")
    func halfWritten() async throws {
        let destination = try destination()
        try await destination.feed(Keys.old)
        try await forges.add(
            fault: ["kind": "answer", "status": 500, "method": "PUT", "skip": 1, "times": 3], at: .bitbucket)
        let broken = try #require(await failure(feeding: Keys.new, to: destination))
        #expect(broken.isUncertain && broken.text.contains("Bitbucket failed 3 times"))
        #expect(try await held() == ["\(Keys.old.id)", Keys.new.secret.reveal()])
        #expect(await destination.observe() != .holds(Keys.new.id))
        try await destination.feed(Keys.new)
        #expect(await destination.observe() == .holds(Keys.new.id))
    }

    @Test("a lost answer to a creation is uncertain, and nothing is made twice", arguments: ["lose", "drop"])
    func lostAnswer(kind: String) async throws {
        let destination = try destination()
        try await forges.add(fault: ["kind": .text(kind), "method": "POST", "times": 1], at: .bitbucket)
        let lost = try #require(await failure(feeding: Keys.new, to: destination))
        #expect(lost.isUncertain)
        expectNoSecret(lost.text, token: Self.token)
        #expect(await failure(feeding: Keys.new, to: destination) == nil)
        #expect(try await forges.variables("acme/site", at: .bitbucket).count == 2)
    }

    @Test("a lost answer to an update is asked for again at once")
    func lostUpdate() async throws {
        let destination = try destination()
        try await destination.feed(Keys.old)
        try await forges.add(fault: ["kind": "lose", "method": "PUT", "times": 1], at: .bitbucket)
        try await destination.feed(Keys.new)
        #expect(await destination.observe() == .holds(Keys.new.id))
    }

    @Test("a limit is waited for as long as is asked, and a second more")
    func shortLimit() async throws {
        let refusal: JSON = ["kind": "answer", "status": 429, "headers": ["Retry-After": "7"], "times": 1]
        try await forges.add(fault: refusal, at: .bitbucket)
        #expect(try await destination().observe() == .needsFeeding)
        #expect(clock.slept == [.seconds(8)])
    }

    @Test("a long limit is told with its end, and stops all requests of its token until then")
    func longLimit() async throws {
        try await forges.change(["limit": 1, "retry_after": 1800], at: .bitbucket)
        let client = try client()
        let places = ["site", "other"].map { BitbucketPlace.repository($0, workspace: "acme") }
        let destinations = places.map { BitbucketDestination(client, place: $0) }
        #expect(await destinations[0].observe() == .needsFeeding)
        let refused = try #require(await failure(feeding: Keys.new, to: destinations[0]))
        #expect(!refused.isUncertain && refused.text.contains("run again after 20"), "\(refused.text)")
        let asked = try await forges.requests().count
        #expect(await destinations[1].observe().sentence.contains("takes no more requests"))
        #expect(try await forges.requests().count == asked && clock.slept.isEmpty)
        clock.forward(1801)
        try await forges.change(["limit": 100], at: .bitbucket)
        #expect(await destinations[0].observe() == .needsFeeding)
    }

    @Test("what is wrong is said with what to do about it, and without the token")
    func sentences() async throws {
        func sentence(_ place: BitbucketPlace, email: String? = nil) async throws -> String {
            let observed = await (try destination(place, email: email)).observe().sentence
            expectNoSecret(observed, token: Self.token)
            return observed
        }
        let site = BitbucketPlace.repository("site", workspace: "acme")
        #expect(try await sentence(.repository("gone", workspace: "acme")).contains("knows no repository acme/gone"))
        let environment = try await sentence(.environment("Staging", repository: "site", workspace: "acme"))
        #expect(environment.contains("no deployment environment Staging (it has Production, Test)"), "\(environment)")
        try await forges.add(token: Self.token, at: .bitbucket, rights: "none")
        #expect(try await sentence(site).contains("it needs the scopes pipeline and pipeline:variable"))
        #expect(try await sentence(site, email: "ci@acme.example").contains("admin:pipeline:bitbucket"))
        given.replace(with: "ATCTT3xwrong")
        #expect(try await sentence(site).contains("refuses the token (HTTP 401"))
    }

    @Test("a token that may only read is refused when it writes; a better one heals without a new start")
    func rights() async throws {
        try await forges.add(token: Self.token, at: .bitbucket, rights: "read")
        let destination = try destination()
        #expect(await destination.observe() == .needsFeeding)
        let refused = try #require(await failure(feeding: Keys.new, to: destination))
        #expect(!refused.isUncertain && refused.text.contains("HTTP 403") && refused.text.contains("pipeline:variable"))
        try await forges.add(token: Self.token, at: .bitbucket)
        #expect(await failure(feeding: Keys.new, to: destination) == nil)
    }

    @Test("a token that was replaced is read again after it was refused")
    func replacedToken() async throws {
        let destination = try destination()
        #expect(await destination.observe() == .needsFeeding)
        try await forges.reset()
        try await forges.make("acme/site", at: .bitbucket)
        try await forges.add(token: "ATCTT3xnext", at: .bitbucket)
        given.replace(with: "ATCTT3xnext")
        #expect(await destination.observe().sentence.contains("HTTP 401"))
        #expect(await destination.observe() == .needsFeeding)
    }

    @Test("an account's API token goes with its address")
    func accountToken() async throws {
        #expect(await (try destination(email: "ci@acme.example")).observe() == .needsFeeding)
    }

    @Test("one repository that fails says so, and the others of the same token are fed")
    func neighbours() async throws {
        try await forges.make("acme/shop", at: .bitbucket)
        try await forges.add(fault: ["kind": "answer", "status": 503, "path": "/acme/shop/"], at: .bitbucket)
        let client = try client()
        let all = ["site", "shop"].map {
            BitbucketDestination(client, place: .repository($0, workspace: "acme"))
        }
        #expect(await failure(feeding: Keys.new, to: all[0]) == nil)
        #expect(await failure(feeding: Keys.new, to: all[1])?.text.contains("failed 3 times (HTTP 503)") == true)
        #expect(await all[0].observe() == .holds(Keys.new.id))
        try await forges.removeFaults()
        #expect(await failure(feeding: Keys.new, to: all[1]) == nil)
    }

    @Test("a repository that has moved is named")
    func moved() async throws {
        try await forges.add(
            fault: ["kind": "answer", "status": 301, "headers": ["Location": "/2.0/x"]], at: .bitbucket)
        #expect(await (try destination()).observe().sentence.contains("repository acme/site has moved (HTTP 301)"))
    }

    @Test("what a proxy answers instead of Bitbucket is not taken for an answer")
    func notBitbucket() async throws {
        try await forges.add(fault: ["kind": "answer", "status": 200, "body": "hello"], at: .bitbucket)
        #expect(await (try destination()).observe().sentence.contains("not of its documented form"))
    }

    @Test("a service that quotes what it refuses does not make us repeat it")
    func quoting() async throws {
        let quoted: JSON = ["error": ["message": .text("bad value \(Keys.new.secret.reveal().dropFirst(3))")]]
        try await forges.add(
            fault: ["kind": "answer", "status": 400, "method": "POST", "body": quoted], at: .bitbucket)
        let refused = try #require(await failure(feeding: Keys.new, to: try destination()))
        #expect(!refused.text.contains("bad value") && refused.text.contains("HTTP 400"), "\(refused.text)")
    }

    @Test("two pairs of variables in one repository are two destinations")
    func twoPairs() async throws {
        let (first, second) = (try destination(), try destination(names: VariableNames(id: "B_ID", secret: "B_SECRET")))
        #expect(second.name == "bitbucket acme/site (B_ID)")
        try await first.feed(Keys.old)
        try await second.feed(Keys.new)
        #expect(await first.observe() == .holds(Keys.old.id))
        #expect(await second.observe() == .holds(Keys.new.id))
    }
}
