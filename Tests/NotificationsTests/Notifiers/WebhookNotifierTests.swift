import FoundationEssentials
import HTTPTransport
import Handover
import HostTestSupport
import Notifications
import RotationServices
import SandboxSupport
import Secrets
import Synchronization
import Testing

/// How a webhook is reached, against a server that records what it is told.
@Suite(.enabled(if: isAvailable(hasCommand("python3"), "python3", for: "webhooks")))
struct WebhookNotifierTests {
    private struct NoToken: Error, CustomStringConvertible {
        let description = "the token's file /t does not exist: write it"
    }

    private struct Token: TokenProvider {
        var text: String? = "tk_secret"
        func token() async throws -> Secret {
            guard let text else { throw NoToken() }
            return Secret(text)
        }
    }

    private let server: RecordingServer
    private let pauses = Pauses()

    final class Pauses: Sendable {
        let all = Mutex<[Duration]>([])
    }

    init() throws { server = try RecordingServer() }

    private func notifier(
        _ kind: WebhookTemplate.Kind = .json, _ path: String = "/hook", headers: [String: String] = [:],
        token: Token? = nil, secretAddress: String? = nil, sender: (any HTTPSender)? = nil
    ) throws -> WebhookNotifier {
        let url = try #require(HTTPURL(server.address + path))
        return WebhookNotifier(
            name: "hook", template: WebhookTemplate(kind),
            address: secretAddress.map { .secret(Token(text: $0)) } ?? .url(url), topic: "keys", headers: headers,
            token: token, sender: try sender ?? CurlTransport(environment: [:], allowsPlainHTTP: true)
        ) { [pauses] pause in pauses.all.withLock { $0.append(pause) } }
    }

    private func message() throws -> Message {
        Message(event: "hold", user: try World.user(), subject: "señal", text: "why\nand how", at: World.now)
    }

    private func problem(_ notifier: WebhookNotifier) async throws -> NotifierProblem {
        let message = try message()
        let problem = await #expect(throws: NotifierProblem.self) {
            try await notifier.deliver(message, tags: { _ in nil })
        }
        return try #require(problem)
    }

    @Test func `A message is delivered once, as JSON, with the token in its header`() async throws {
        for (kind, path, header, value) in [
            (WebhookTemplate.Kind.ntfy, "/hook", "Authorization", "Bearer tk_secret"),
            (.gotify, "/hook/message", "X-Gotify-Key", "tk_secret"),
            (.json, "/hook", "Authorization", "Bearer tk_secret"),
        ] {
            let before = try server.requests.count
            try await notifier(kind, token: Token()).deliver(try message(), tags: { _ in nil })
            let requests = try server.requests.dropFirst(before)
            #expect(requests.map(\.path) == [path])
            #expect(requests.first?.method == "POST")
            #expect(requests.first?.headers[header] == value)
            #expect(requests.first?.headers["Content-Type"] == "application/json")
            #expect(requests.first?.body.contains("señal") == true)
        }
    }

    @Test func `Without a token there is no header of one; headers of one's own may hold it`() async throws {
        try await notifier(.ntfy).deliver(try message(), tags: { _ in nil })
        #expect(try server.requests.last?.headers["Authorization"] == nil)
        let own = ["Authorization": "Basic {token}", "X-Other": "{kept}"]
        try await notifier(.ntfy, headers: own, token: Token()).deliver(try message(), tags: { _ in nil })
        #expect(try server.requests.last?.headers["Authorization"] == "Basic tk_secret")
        #expect(try server.requests.last?.headers["X-Other"] == "{kept}")
    }

    @Test func `An address that is a secret is read from its file, and never said`() async throws {
        try await notifier(.slack, secretAddress: server.address + "/T0/B0/xoxo").deliver(
            try message(), tags: { _ in nil })
        #expect(try server.requests.last?.path == "/T0/B0/xoxo")
        let refused = try await problem(notifier(.slack, secretAddress: server.address + "/refused/xoxo"))
        #expect(refused.description.contains("401") && !refused.description.contains("xoxo"))
        let wrong = try await problem(notifier(.slack, secretAddress: "not-an-address-xoxo"))
        #expect(wrong.description.contains("url_file") && !wrong.description.contains("xoxo"))
    }

    @Test(
        arguments: [
            ("/down", 500, "problem of its own"), ("/refused", 401, "token"), ("/unknown", 404, "address"),
            ("/moved", 301, "moved"),
        ])
    func `A refusal is a sentence that says what to do, without the token, and nothing is sent twice`(
        _ path: String, _ status: Int, _ advice: String
    ) async throws {
        let problem = try await problem(notifier(.json, path, token: Token()))
        #expect(problem.description.contains("127.0.0.1 answered \(status)") && problem.description.contains(advice))
        #expect(!problem.description.contains("tk_secret") && problem.reach == .notifier)
        #expect(try server.requests.count == 1)
    }

    @Test func `One that asks for patience is asked once more after it`() async throws {
        try await notifier(.discord, "/limited").deliver(try message(), tags: { _ in nil })
        #expect(try server.requests.count == 2)
        #expect(pauses.all.withLock { $0 } == [.seconds(1)])
    }

    @Test func `A token that is not there is said, and nothing is sent`() async throws {
        let problem = try await problem(notifier(token: Token(text: nil)))
        #expect(problem.description == "the token's file /t does not exist: write it")
        #expect(try server.requests.isEmpty)
    }

    /// Fails as libcurl does, and remembers the limits.
    private final class Broken: HTTPSender {
        let code: HTTPError.Code
        let limits = Mutex<[HTTPLimits]>([])
        init(_ code: HTTPError.Code) { self.code = code }
        func send(_ request: HTTPRequest, limits: HTTPLimits) async throws(HTTPError) -> HTTPResponse {
            self.limits.withLock { $0.append(limits) }
            throw HTTPError(code, host: request.url.host, message: "in curl's words")
        }
    }

    @Test(arguments: HTTPError.Code.allCases)
    func `Only what certainly did not arrive is sent again, and everything has a time limit`(
        _ code: HTTPError.Code
    ) async throws {
        let broken = Broken(code)
        let problem = try await problem(notifier(token: Token(), sender: broken))
        let limits = broken.limits.withLock { $0 }
        #expect(limits.count == (code == .resolve || code == .connect ? 2 : 1))
        #expect(limits.allSatisfy { $0.totalTimeout <= .seconds(10) })
        #expect(problem.description.contains("in curl's words") && !problem.description.contains("tk_secret"))
        #expect(
            (problem.reach == .run)
                == [.resolve, .connect, .tls, .timeout, .connectionLost].contains(code))
    }
}
