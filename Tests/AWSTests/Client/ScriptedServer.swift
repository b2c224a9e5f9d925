import AWS
import FoundationEssentials
import HTTPTransport
import Secrets
import Synchronization
import Testing

/// Answers from a list, in order, and remembers what it was asked; an unexpected request fails the test.
final class ScriptedServer: HTTPSender {
    enum Answer: Sendable {
        case response(HTTPResponse)
        case failure(HTTPError.Code)
    }

    private struct State {
        var answers: [Answer]
        var requests: [HTTPRequest] = []
        var limits: [HTTPLimits] = []
    }

    private let state: Mutex<State>

    init(_ answers: [Answer]) { state = Mutex(State(answers: answers)) }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }
    var limits: [HTTPLimits] { state.withLock { $0.limits } }
    var isDone: Bool { state.withLock { $0.answers.isEmpty } }

    func send(_ request: HTTPRequest, limits: HTTPLimits) async throws(HTTPError) -> HTTPResponse {
        let answer = state.withLock { state in
            state.requests.append(request)
            state.limits.append(limits)
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        switch answer {
        case .response(let response): return response
        case .failure(let code): throw HTTPError(code, host: request.url.host, message: "scripted \(code.rawValue)")
        case nil:
            Issue.record("unexpected request: \(request.method) \(request.url)")
            throw HTTPError(.other, host: request.url.host, message: "the script is over")
        }
    }
}

extension ScriptedServer.Answer {
    static func http(_ status: Int, _ body: String = "", _ headers: [String: String] = [:]) -> Self {
        .response(
            HTTPResponse(
                status: status, headers: headers.map { HTTPHeader($0.key, $0.value) }, body: Array(body.utf8)))
    }
}

/// A clock that stands still and counts the sleeps.
final class StoppedClock: Sendable {
    /// 2026-11-21 08:10:47 UTC.
    static let time = Date(timeIntervalSince1970: 1_795_248_647)

    private let slept = Mutex<[Duration]>([])

    var sleeps: [Duration] { slept.withLock { $0 } }

    /// `random` is always a half.
    var clock: AWSClock {
        AWSClock(
            now: { Self.time }, sleep: { duration in self.slept.withLock { $0.append(duration) } }, random: { 0.5 })
    }
}

struct FixedCredentials: CredentialsProvider {
    func credentials() async throws -> AWSCredentials {
        AWSCredentials(
            accessKeyID: "AKIAEXAMPLEEXAMPLE01", secretAccessKey: Secret("EXAMPLEsecretEXAMPLEsecretEXAMPLEsecret1"),
            source: "test")
    }
}

/// A client, its script and its clock.
struct Bench {
    let sender: ScriptedServer
    let clock = StoppedClock()
    let client: AWSClient

    init(
        _ answers: ScriptedServer.Answer..., attempts: Int = 3, throttledAttempts: Int? = nil, endpoint: String? = nil
    ) {
        sender = ScriptedServer(answers)
        client = AWSClient(
            sender: sender,
            endpoints: EndpointResolver(region: "eu-west-1", overrides: EndpointOverrides(argument: endpoint)),
            credentials: FixedCredentials(),
            retry: RetryPolicy(maximumAttempts: attempts, throttledAttempts: throttledAttempts), clock: clock.clock)
    }

    /// The error that a call ends with; nil, and a failed test, when it is another one or none.
    func failure<Result>(_ body: (AWSClient) async throws -> Result) async -> AWSError? {
        do {
            _ = try await body(client)
            Issue.record("succeeded")
        } catch let error as AWSError {
            return error
        } catch {
            Issue.record("unexpected: \(error)")
        }
        return nil
    }

    func failure(_ call: AWSCall = .probe()) async -> AWSError? { await failure { try await $0.send(call) } }
}

extension AWSCall {
    static func probe(_ service: AWSService = .sts, retry: Retry = .standard, signing: Signing = .now) -> AWSCall {
        var call = AWSCall(service: service, operation: "Probe", method: "POST")
        call.retry = retry
        call.signing = signing
        return call
    }
}

extension HTTPRequest {
    var signingDate: String? { header("X-Amz-Date") }
    var text: String { String(decoding: body, as: UTF8.self) }
}
