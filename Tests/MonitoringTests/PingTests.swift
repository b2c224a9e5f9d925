import HTTPTransport
import Synchronization
import Testing

@testable import Monitoring

/// How often a monitor is told, and what is said when it does not listen.
struct PingTests {
    /// Answers with a script, and remembers what it was asked.
    private final class Script: HTTPSender {
        private let answers: Mutex<[Result<HTTPResponse, HTTPError>]>
        let asked = Mutex<[String]>([])
        let pauses = Mutex<[Duration]>([])

        init(_ answers: Result<HTTPResponse, HTTPError>...) { self.answers = Mutex(answers) }

        func send(_ request: HTTPRequest, limits: HTTPLimits) async throws(HTTPError) -> HTTPResponse {
            asked.withLock { $0.append(request.url.path) }
            let answer = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            guard let answer else { throw HTTPError(.other, host: "", message: "the script has ended") }
            return try answer.get()
        }

        func ping(_ address: String = "https://hc.example/secret-token") throws -> Ping {
            Ping(Monitor(try #require(HTTPURL(address)), program: "keybaton"), sender: self) { pause in
                self.pauses.withLock { $0.append(pause) }
            }
        }
    }

    private static func answer(_ status: Int) -> Result<HTTPResponse, HTTPError> {
        .success(HTTPResponse(status: status))
    }

    private static func failure(_ code: HTTPError.Code) -> Result<HTTPResponse, HTTPError> {
        .failure(HTTPError(code, host: "hc.example", message: "in curl's words"))
    }

    @Test func `The end is told three times at the most, the start once`() async throws {
        let down = Script(Self.failure(.timeout), Self.answer(500), Self.answer(429))
        await #expect(throws: PingFailure.self) { try await down.ping().end(.example()) }
        #expect(down.asked.withLock { $0.count } == 3)
        #expect(down.pauses.withLock { $0 } == [.seconds(1), .seconds(4)])
        let start = Script(Self.failure(.connect))
        await #expect(throws: PingFailure.self) { try await start.ping().start() }
        #expect(start.asked.withLock { $0 } == ["/secret-token/start"])
    }

    @Test func `It is told no more once it has heard`() async throws {
        let script = Script(Self.answer(503), Self.answer(200))
        try await script.ping().end(.example())
        #expect(script.asked.withLock { $0.count } == 2)
    }

    @Test(arguments: [answer(404), answer(301), failure(.tls), failure(.bodyTooLarge)])
    private func `What will not pass is not tried again, and the address stays out of the message`(
        _ answer: Result<HTTPResponse, HTTPError>
    ) async throws {
        let script = Script(answer)
        let failure = await #expect(throws: PingFailure.self) { try await script.ping().end(.example()) }
        #expect(script.asked.withLock { $0.count } == 1)
        #expect(failure?.description.contains("hc.example") == true)
        #expect(failure?.description.contains("secret-token") == false)
    }

    @Test func `Uptime Kuma is not told of a start`() async throws {
        let script = Script()
        try await script.ping("https://kuma.example/api/push/T").start()
        #expect(script.asked.withLock { $0.isEmpty })
    }
}
