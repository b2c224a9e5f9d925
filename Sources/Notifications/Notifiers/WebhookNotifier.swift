import FoundationEssentials
package import HTTPTransport
package import RotationServices
import Secrets

/// A service that takes JSON over HTTP: ntfy, Gotify, Slack, Discord, or one's own.
package struct WebhookNotifier: Notifier {
    package enum Address: Sendable {
        case url(HTTPURL)
        /// Whoever knows such an address may write to its channel: it is kept like a token.
        case secret(any TokenProvider)
    }

    /// Long enough for a slow line, and short enough for a run that waits for it.
    private static let limits = HTTPLimits(
        connectTimeout: .seconds(10), totalTimeout: .seconds(10), maximumBodySize: 64 << 10)

    package let name: String
    private let template: WebhookTemplate
    private let address: Address
    private let method: String
    private let topic: String
    private let headers: [String: String]
    private let token: (any TokenProvider)?
    private let sender: any HTTPSender
    private let sleep: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - headers: besides the template's; `{token}` in a value stands for the token.
    ///   - sender: may send plain http, which services in a house often speak.
    package init(
        name: String, template: WebhookTemplate, address: Address, method: String = "POST", topic: String = "",
        headers: [String: String] = [:], token: (any TokenProvider)? = nil, sender: any HTTPSender,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.name = name
        self.template = template
        self.address = address
        self.method = method
        self.topic = topic
        self.headers = headers
        self.token = token
        self.sender = sender
        self.sleep = sleep
    }

    package func deliver(_ message: Message, tags: @escaping UserTags) async throws(NotifierProblem) {
        let request: HTTPRequest
        do {
            request = try await self.request(for: message)
        } catch {
            throw (error as? NotifierProblem) ?? NotifierProblem("\(error)")
        }
        guard let problem = await send(request) else { return }
        // Only what certainly did not arrive is sent again: nobody shall be told twice.
        guard let pause = problem.pause else { throw problem.problem }
        do { try await sleep(pause) } catch { throw problem.problem }
        if let again = await send(request) { throw again.problem }
    }

    private func request(for message: Message) async throws -> HTTPRequest {
        var url = try await url()
        if !template.path.isEmpty { url.path += (url.path.hasSuffix("/") ? "" : "/") + template.path }
        let token = try await token?.token().reveal()
        var values = token == nil ? [:] : template.tokenHeader
        values.merge(headers) { $1 }
        let all = [("Content-Type", "application/json")] + values.sorted { $0.key < $1.key }
        return HTTPRequest(
            method: method, url: url,
            headers: all.map { HTTPHeader($0.0, fill($0.1) { $0 == "token" ? token ?? "" : "{\($0)}" } ?? "") },
            body: try template.body(for: message, topic: topic, token: token ?? ""))
    }

    private func url() async throws -> HTTPURL {
        switch address {
        case .url(let url): return url
        case .secret(let provider):
            guard let url = HTTPURL(try await provider.token().reveal()) else {
                throw NotifierProblem(
                    "what `url_file` holds is not an address: put the webhook's https address there, and nothing else")
            }
            return url
        }
    }

    private struct Failure {
        var problem: NotifierProblem
        /// Before another attempt; nil where one might be a second delivery, or is of no use.
        var pause: Duration?
    }

    private func send(_ request: HTTPRequest) async -> Failure? {
        let host = request.url.host
        do throws(HTTPError) {
            let answer = try await sender.send(request, limits: Self.limits)
            guard !(200...299).contains(answer.status) else { return nil }
            let problem = NotifierProblem(
                "\(host) answered \(answer.status): \(Self.advice(answer.status))", reach: Self.reach(answer.status))
            guard answer.status == 429 else { return Failure(problem: problem) }
            let seconds = answer.header("Retry-After").flatMap { Double($0) } ?? 1
            return Failure(problem: problem, pause: seconds <= 5 ? .seconds(max(seconds, 0.1)) : nil)
        } catch {
            let (reach, wasNotSent): (NotifierProblem.Reach, Bool) =
                switch error.code {
                case .resolve, .connect: (.run, true)
                case .tls, .timeout, .connectionLost: (.run, false)
                case .bodyTooLarge, .malformed, .refusedScheme, .cancelled, .configuration, .other: (.notifier, false)
                }
            return Failure(
                problem: NotifierProblem("\(host) was not reached: \(error.message)", reach: reach),
                pause: wasNotSent ? .seconds(1) : nil)
        }
    }

    /// A client's error is the message's, but for those of the token, the address, the proxy, the time and the rate.
    private static func reach(_ status: Int) -> NotifierProblem.Reach {
        switch status {
        case 401, 403, 404, 407, 408, 410, 425, 429: .notifier
        case 400...499: .message
        default: .notifier
        }
    }

    private static func advice(_ status: Int) -> String {
        switch status {
        case 300...399: "it has moved; write its new address, which may be the same with https"
        case 401, 403: "it refuses the token, or the token may not write there; look at `token_file` or `token_secret`"
        case 404, 410: "it does not know this address; compare `url` or `url_file` with what the service shows"
        case 429: "it takes no more messages for now; the next run tries again"
        case 400...499:
            "it does not take the message; compare `kind`, `topic`, `headers` and `body` with what it expects"
        default: "it has a problem of its own; the next run tries again"
        }
    }
}
