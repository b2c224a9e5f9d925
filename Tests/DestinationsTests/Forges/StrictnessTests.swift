import FoundationEssentials
import HTTPTransport
import SandboxSupport
import Testing

/// The servers refuse what a strict one would: otherwise the other tests would show nothing.
@Suite(.enabled(if: Sandbox.isAvailable(for: "the forges' strictness"))) struct StrictnessTests {
    struct Case: Sendable {
        var name: String
        var forge: ForgeServers.Forge
        var method = "GET"
        var path: String
        var body: JSON?
        var without: String?
        var status: Int
    }

    private static let variables = "/repositories/acme/site/pipelines_config/variables"
    private static let secrets = "/repos/acme/site/actions/secrets"
    private static let gitLab = "/projects/group%2Fproject/variables"

    static let cases = [
        Case(name: "a listing", forge: .bitbucket, path: variables, status: 200),
        Case(name: "no token", forge: .bitbucket, path: variables, without: "Authorization", status: 401),
        Case(name: "a page too long", forge: .bitbucket, path: "\(variables)?pagelen=101", status: 400),
        Case(
            name: "braces as they are", forge: .bitbucket, method: "PUT", path: "\(variables)/{1}",
            body: ["key": "A", "value": "x", "secured": true], status: 400),
        Case(
            name: "an id without braces", forge: .bitbucket, method: "PUT", path: "\(variables)/1",
            body: ["key": "A", "value": "x", "secured": true], status: 400),
        Case(
            name: "no such variable", forge: .bitbucket, method: "PUT", path: "\(variables)/%7B1%7D",
            body: ["key": "A", "value": "x", "secured": true], status: 404),
        Case(
            name: "a creation that forgets secured", forge: .bitbucket, method: "POST", path: variables,
            body: ["key": "A", "value": "x"], status: 400),
        Case(
            name: "a second creation", forge: .bitbucket, method: "POST", path: variables,
            body: ["key": "HELD", "value": "x", "secured": true], status: 409),
        Case(name: "a listing", forge: .github, path: secrets, status: 200),
        Case(name: "no User-Agent", forge: .github, path: secrets, without: "User-Agent", status: 403),
        Case(
            name: "no version", forge: .github, path: secrets, without: "X-GitHub-Api-Version", status: 400),
        Case(
            name: "another key's id", forge: .github, method: "PUT", path: "\(secrets)/A",
            body: ["key_id": "1", "encrypted_value": ""], status: 422),
        Case(
            name: "an organisation's secret without a visibility", forge: .github, method: "POST",
            path: "/orgs/acme/actions/variables", body: ["name": "A", "value": "x"], status: 422),
        Case(
            name: "a reserved name", forge: .github, method: "POST",
            path: "/repos/acme/site/actions/variables",
            body: ["name": "GITHUB_A", "value": "x"], status: 422),
        Case(name: "a variable", forge: .gitlab, path: "\(gitLab)/ONCE", status: 200),
        Case(
            name: "no token", forge: .gitlab, path: "\(gitLab)/ONCE", without: "PRIVATE-TOKEN", status: 401),
        Case(name: "two scopes and no filter", forge: .gitlab, path: "\(gitLab)/TWICE", status: 409),
        Case(
            name: "a filter that is not encoded", forge: .gitlab,
            path: "\(gitLab)/TWICE?filter[environment_scope]=*", status: 400),
        Case(
            name: "one of two scopes", forge: .gitlab,
            path: "\(gitLab)/TWICE?filter%5Benvironment_scope%5D=%2A", status: 200),
        Case(
            name: "a path that is not encoded", forge: .gitlab,
            path: "/projects/group/project/variables/ONCE",
            status: 404),
        Case(
            name: "a value too short to be masked", forge: .gitlab, method: "POST", path: gitLab,
            body: ["key": "A", "value": "short", "masked": true], status: 400),
        Case(
            name: "a second creation", forge: .gitlab, method: "POST", path: gitLab,
            body: ["key": "ONCE", "value": "x"], status: 400),
    ]

    @Test("each request is judged as the real service would judge it")
    func strictness() async throws {
        let forges = try ForgeServers()
        for forge in ForgeServers.Forge.allCases { try await forges.add(token: "invented", at: forge) }
        try await forges.make("acme/site", at: .bitbucket)
        try await forges.put("HELD", ["value": "x"], in: "acme/site", at: .bitbucket)
        try await forges.make("acme/site", at: .github)
        try await forges.make("acme", at: .github)
        try await forges.make("group/project", at: .gitlab)
        for name in ["ONCE", "TWICE", "TWICE production"] {
            try await forges.put(name, ["value": "x"], in: "group/project", at: .gitlab)
        }
        let transport = try CurlTransport(environment: [:])
        let headers = [
            HTTPHeader("Authorization", "Bearer invented"), HTTPHeader("PRIVATE-TOKEN", "invented"),
            HTTPHeader("User-Agent", "test"), HTTPHeader("X-GitHub-Api-Version", "2022-11-28"),
            HTTPHeader("Content-Type", "application/json"),
        ]
        for sample in Self.cases {
            let request = HTTPRequest(
                method: sample.method, url: try #require(HTTPURL(forges.address(sample.forge) + sample.path)),
                headers: headers.filter { $0.name != sample.without },
                body: try sample.body.map { Array(try JSONEncoder().encode($0)) } ?? [])
            let answer = try await transport.send(request, limits: .standard)
            #expect(
                answer.status == sample.status,
                "\(sample.forge), \(sample.name): \(String(decoding: answer.body, as: UTF8.self))")
        }
    }
}
