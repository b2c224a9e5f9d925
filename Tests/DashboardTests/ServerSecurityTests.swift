import Dashboard
import FoundationEssentials
import Handover
import Rotation
import Testing

/// Closed by default: to other names, to whoever lacks the token, to whatever is no plain reading of a page.
@Suite(.serialized) struct ServerSecurityTests {
    private static let headers: [(name: String, value: String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
                + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
    ]

    @Test func everyAnswerCarriesEveryHeaderAndNoCookie() async throws {
        try await Served.run(try .prepared(), token: "correct horse battery".replacing(" ", with: "-")) { served in
            let token = "Authorization: Bearer correct-horse-battery"
            let style = Asset.style.path
            let answers = [
                (200, await served.wire.get("/", [token])),
                (200, await served.wire.get("/users/backup", [token])),
                (200, await served.wire.get("/api/v1/status", [token])),
                (200, await served.wire.get("/metrics", [token])),
                (200, await served.wire.get("/badge.svg", [token])),
                (200, await served.wire.get("/users/backup/badge.svg", [token])),
                (200, await served.wire.get("/\(style)", [token])),
                (200, await served.wire.get("/healthz")),
                (401, await served.wire.get("/")),
                (304, await served.wire.get("/\(style)", [token, "If-None-Match: *"])),
                (404, await served.wire.get("/nobody", [token])),
                (405, await served.wire.get("/", [token], method: "POST")),
                (421, await served.wire.get("/", [token], host: "evil.example")),
            ]
            for (status, answer) in answers {
                #expect(answer.status == status)
                for (name, value) in Self.headers { #expect(answer.header(name) == value) }
                #expect(answer.header("Set-Cookie") == nil && answer.header("Server") == nil)
                #expect(answer.header("Cache-Control") != nil)
            }
            #expect(answers[8].1.header("WWW-Authenticate") == "Bearer realm=\"keybaton\"")
            #expect(answers[11].1.header("Allow") == "GET, HEAD")
        }
    }

    @Test(arguments: [
        "", "Bearer", "Bearer ", "Bearer correct-horse-batter", "Bearer correct-horse-battery-",
        "Bearer  correct-horse-battery",
        "Basic correct-horse-battery", "correct-horse-battery", "Bearer CORRECT-HORSE-BATTERY", "Bearer \u{0}",
    ])
    func aWrongTokenOpensNothingButTheHealth(authorization: String) async throws {
        try await Served.run(try .prepared(), token: "correct-horse-battery") { served in
            let header = ["Authorization: \(authorization)"]
            for path in [
                "/", "/users/backup", "/api/v1/status", "/metrics", "/badge.svg", "/\(Asset.style.path)", "/x",
            ] {
                let answer = await served.wire.get(path, header)
                #expect(answer.status == 401 || answer.status == 400 && authorization.contains("\u{0}"))
                #expect(!answer.text.contains("nas") && !answer.text.contains("AKIA"))
            }
            #expect(await served.wire.get("/", ["Authorization: bearer correct-horse-battery"]).status == 200)
        }
    }

    @Test func theHealthTellsNoNames() async throws {
        let bucket = try FakeBucket.prepared()
        bucket.fail(below: "acks/backup/")
        try await Served.run(bucket, token: "correct-horse-battery") { served in
            let answer = await served.wire.get("/healthz")
            #expect(answer.status == 503 && answer.body.contains("stale") && !answer.body.contains("backup"))
        }
    }

    /// What a page on the web would reach through a name of its own that leads to this machine.
    @Test(arguments: [
        ("localhost", 200), ("LOCALHOST:8080", 200), ("127.0.0.1:8080", 200), ("127.8.8.8", 200), ("[::1]:8080", 200),
        ("localhost.", 200), ("keys.home.example", 200), ("evil.example", 421), ("127.0.0.1.evil.example", 421),
        ("localhost.evil.example", 421), ("192.168.1.2", 421), ("[::2]", 421), ("0.0.0.0", 421),
        ("localhost:evil", 421),
        ("[::1]evil", 421), ("[127.0.0.1]", 421), ("user@localhost", 421),
    ])
    func onlyNamesThatLeadHereAreAnswered(host: String, status: Int) async throws {
        try await Served.run(try .prepared(), hosts: ["Keys.home.example"]) { served in
            let answer = await served.wire.get("/", host: host)
            #expect(answer.status == status)
            #expect((status == 200) == answer.text.contains("backup"))
        }
    }

    @Test func aRequestWithoutAHostIsNotAnswered() async throws {
        try await Served.run(try .prepared()) { served in
            let answer = await served.wire.exchange(["GET / HTTP/1.0\r\nConnection: close\r\n\r\n"])
            #expect(answer.status == 421)
        }
    }

    @Test(arguments: [
        "/../../etc/passwd", "/assets/../../etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets//etc/passwd",
        "/assets/..%2f..%2fetc%2fpasswd", "//etc/passwd", "/assets/", "/assets/keybaton.css", "/users/", "/users/..",
        "/users/%2e%2e", "/users/backup/", "/users/backup/x", "/users/nobody", "/users/backup%00", "/users/backup%2f..",
        "/users/backup/badge.svg/", "/api/v1/status/", "/index.html", "/%", "/users/%ff%fe", "/badge.svg%20",
        "/api/v1/../v1/status", "/\u{FF0E}\u{FF0E}/", "*", "http://localhost/users/nobody",
    ])
    func aPathThatIsNoneOfOursLeadsNowhere(path: String) async throws {
        try await Served.run(try .prepared()) { served in
            let answer = await served.wire.get(path)
            #expect(answer.status == 404 || answer.status == 400)
            #expect(!answer.text.contains("root:") && !answer.text.contains("AKIA"))
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"])
    func theDashboardChangesNothing(method: String) async throws {
        try await Served.run(try .prepared()) { served in
            let answer = await served.wire.get(method == "CONNECT" ? "localhost:80" : "/", method: method)
            #expect(answer.status == 405 || answer.status == 400)
        }
    }

    private static let script = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;{{7*7}}"

    @Test func scriptInEveryFieldIsShownAsText() async throws {
        let script = Self.script
        let bucket = FakeBucket()
        let nas = try PageSamples.host(
            "nas", .problem, key: "OLD", seen: 20, problem: .init(code: script, message: script))
        var user = try PageSamples.user(
            "backup", .settling, hosts: [nas, try PageSamples.host("pi", .waived)],
            decision: .init(kind: .hold, action: script, reason: script, until: PageSamples.now))
        user.old = .init(
            id: try PageSamples.key("OLD"), status: script,
            lastUsed: .init(at: PageSamples.now, service: script, region: script))
        user.destinations = [.init(name: script, holdsNew: false, problem: script)]
        user.retirement = script
        user.upcoming = [.init(step: script, at: PageSamples.now)]
        user.waivers = [.init(subject: .host(nas.host), version: 7, reason: script, by: script, at: PageSamples.now)]
        user.undelivered = [.init(notifier: script, event: script, problem: script, since: PageSamples.now)]
        try bucket.putView(user, at: PageSamples.ago(1))
        for (host, key) in [("nas", "OLD"), ("stranger", "NEW")] {
            try bucket.putCheckIn(
                of: try #require(HostID(host)), user: user.user, key: try PageSamples.key(key), at: PageSamples.ago(0.1)
            ) {
                $0.hostName = script
                $0.parameter = script
                $0.problem = .init(code: script, message: script)
                $0.agentVersion = script
                $0.operatingSystem = script
                $0.architecture = script
                $0.targets = [
                    .init(
                        path: script, profile: script, format: script, keyID: nil,
                        problem: .init(code: script, message: script))
                ]
            }
        }
        try await Served.run(bucket) { served in
            let search = "/users/backup?search=%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27&show=%3Cscript%3E"
            for path in ["/", "/users/backup", search, "/?search=%22%3E%3Cscript%3Ealert(1)", "/%3Cscript%3Ealert(1)"] {
                let answer = await served.wire.get(path)
                #expect(answer.header("Content-Type") == "text/html; charset=utf-8")
                #expect(!answer.body.contains("<script>") && !answer.body.contains("<img"))
                #expect(!answer.body.contains("\"'>"))
            }
            #expect(await served.wire.get("/users/backup").body.contains("&lt;script&gt;alert(1)"))
            let json = await served.wire.get("/api/v1/status")
            #expect(json.header("Content-Type") == "application/json")
            let metrics = await served.wire.get("/metrics").body
            #expect(!metrics.contains("script") && !metrics.contains("AKIA") && !metrics.contains("nas"))
            #expect(!(await served.wire.get("/badge.svg")).body.contains("script"))
        }
    }
}
