import AWS
import Destinations
import FoundationEssentials
import HTTPTransport
import Handover
import Rotation
import RotationServices
import Secrets
import Synchronization
import Testing

/// What a forge does not do on this machine: dates in headers, broken networks, tokens that are not there.
@Suite struct ForgeClientTests {
    /// Answers in order, and remembers what it was asked; the last answer is repeated.
    final class Script: HTTPSender {
        private let state: Mutex<(answers: [Result<HTTPResponse, HTTPError>], seen: [HTTPRequest])>

        init(_ answers: [Result<HTTPResponse, HTTPError>]) { state = Mutex((answers, [])) }

        func send(_ request: HTTPRequest, limits: HTTPLimits) async throws(HTTPError) -> HTTPResponse {
            try state.withLock { state in
                state.seen.append(request)
                return state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
            }.get()
        }

        var seen: [HTTPRequest] { state.withLock { $0.seen } }
    }

    struct NoToken: TokenProvider {
        func token() async throws -> Secret { throw DestinationProblem("the token's file /etc/t does not exist") }
    }

    private let clock = SleepingClock()
    private let empty = HTTPResponse(status: 200, body: Array("{\"values\": []}".utf8))

    private func destination(
        _ script: Script, tokens: any TokenProvider = GivenToken("invented"), _ name: String = "site"
    ) throws -> BitbucketDestination {
        let client = ForgeClient(
            .bitbucket(), base: try #require(HTTPURL("https://forge.example/2.0/")), sender: script, tokens: tokens,
            clock: clock.clock)
        return BitbucketDestination(client, place: .repository(name, workspace: "acme"))
    }

    private func limit(_ headers: [String: String]) -> Result<HTTPResponse, HTTPError> {
        .success(HTTPResponse(status: 429, headers: headers.map { HTTPHeader($0, $1) }))
    }

    @Test("Retry-After may be seconds or a date, which counts by the server's clock")
    func retryAfter() async throws {
        let dates = ["Retry-After": "Sat, 21 Nov 2026 08:10:57 GMT", "Date": "Sat, 21 Nov 2026 08:10:47 GMT"]
        let script = Script([limit(["Retry-After": "3"]), limit(dates), .success(empty)])
        #expect(await (try destination(script)).observe() == .needsFeeding)
        #expect(clock.slept == [.seconds(4), .seconds(11)])
    }

    @Test("a limit without a time is waited for a little, and twice only")
    func limitWithoutTime() async throws {
        let script = Script([limit([:])])
        #expect(await (try destination(script)).observe().sentence.contains("run again in an hour"))
        #expect(clock.slept == [.seconds(11), .seconds(11)] && script.seen.count == 3)
    }

    @Test("all waiting of a process for limits together is bounded")
    func patience() async throws {
        let script = Script([limit(["Retry-After": "50"])])
        let destination = try destination(script)
        for _ in 1...4 {
            #expect(await destination.observe().sentence.contains("takes no more requests"))
            clock.forward(60)
        }
        #expect(clock.slept.reduce(.zero, +) <= .seconds(120))
    }

    @Test(
        "an absurd Retry-After is neither waited for nor fatal",
        arguments: ["9999999999999", "-5", "soon", "999999999999999999999999"])
    func absurd(retryAfter: String) async throws {
        let script = Script([limit(["Retry-After": retryAfter])])
        #expect(await (try destination(script)).observe().sentence.contains("takes no more requests"))
        #expect(clock.slept.reduce(.zero, +) <= .seconds(120))
    }

    @Test("what may pass by itself is asked for again, with a pause; anything else is not")
    func retries() async throws {
        let lost = HTTPError(.connectionLost, host: "forge.example", message: "reset")
        let script = Script([.failure(lost), .success(HTTPResponse(status: 502)), .success(empty)])
        #expect(await (try destination(script)).observe() == .needsFeeding)
        #expect(clock.slept == [.seconds(0.5), .seconds(1)])
        let untrusted = Script([.failure(HTTPError(.tls, host: "forge.example", message: "self-signed"))])
        let sentence = await (try destination(untrusted)).observe().sentence
        #expect(
            sentence
                == "Bitbucket did not answer: forge.example: self-signed: check `url`, the CA bundle and this machine's clock"
        )
        #expect(untrusted.seen.count == 1)
    }

    @Test("a service that is down is not waited for by every repository, and is asked again later")
    func outage() async throws {
        let script = Script([.failure(HTTPError(.timeout, host: "forge.example", message: "timed out"))])
        let client = ForgeClient(
            .bitbucket(), base: try #require(HTTPURL("https://forge.example/2.0")), sender: script,
            tokens: GivenToken("invented"), clock: clock.clock)
        let all = (1...200).map { BitbucketDestination(client, place: .repository("r\($0)", workspace: "acme")) }
        for destination in all { #expect(await destination.observe().sentence.contains("did not answer")) }
        #expect(script.seen.count == 6)
        let failed = try #require(await failure(feeding: Keys.new, to: all[0]))
        #expect(!failed.isUncertain && failed.text.contains("was not asked again"))
        clock.forward(301)
        _ = await all[0].observe()
        #expect(script.seen.count == 9)
    }

    @Test("a limit after a lost update does not make it certain that nothing happened")
    func uncertainLimit() async throws {
        let held = "{\"uuid\": \"{1}\", \"key\": \"AWS_SECRET_ACCESS_KEY\", \"secured\": true}"
        let listing = HTTPResponse(status: 200, body: Array("{\"values\": [\(held)]}".utf8))
        let script = Script([
            .success(listing), .success(HTTPResponse(status: 502)), limit(["Retry-After": "5000"]),
        ])
        let failed = try #require(await failure(feeding: Keys.new, to: try destination(script)))
        #expect(failed.isUncertain && failed.text.contains("takes no more requests"))
    }

    @Test("a creation is sent once, as nobody knows whether a lost one took effect")
    func creations() async throws {
        let lost = HTTPError(.timeout, host: "forge.example", message: "timed out")
        let script = Script([.success(empty), .failure(lost)])
        let failed = try #require(await failure(feeding: Keys.new, to: try destination(script)))
        #expect(failed.isUncertain && script.seen.map(\.method) == ["GET", "POST"])
        let refused = Script([
            .success(empty), .failure(HTTPError(.connect, host: "forge.example", message: "refused")),
        ])
        #expect(await failure(feeding: Keys.new, to: try destination(refused))?.isUncertain == false)
    }

    @Test("requests carry the token in a header, never in the address; what is in an address is encoded")
    func requests() async throws {
        let script = Script([.success(empty)])
        _ = await (try destination(script, "{a}/b c")).observe()
        let request = try #require(script.seen.first)
        let path = "/2.0/repositories/acme/%7Ba%7D%2Fb%20c/pipelines_config/variables"
        #expect(request.url.path == path && request.url.query == "pagelen=100")
        #expect(request.header("Authorization") == "Bearer invented" && request.header("User-Agent") == "keybaton")
        #expect(!"\(request.url)".contains("invented"))
    }

    @Test("without a token nothing is sent, and the sentence is that of the token's place")
    func noToken() async throws {
        let script = Script([.success(empty)])
        let sentence = await (try destination(script, tokens: NoToken())).observe().sentence
        #expect(sentence == "the token's file /etc/t does not exist" && script.seen.isEmpty)
    }

    @Test("a server that always names another page is left")
    func endlessPages() async throws {
        let page = Array("{\"values\": [], \"next\": \"https://forge.example/2.0/more?page=2\"}".utf8)
        let script = Script([.success(HTTPResponse(status: 200, body: page))])
        #expect(await (try destination(script)).observe().sentence.contains("more pages than"))
        #expect(script.seen.count == 100)
    }

    @Test(
        "a next page elsewhere is not followed",
        arguments: ["http://forge.example/2.0/more", "https://forge.example:444/", "https://evil.example/", "/more"])
    func foreignPages(next: String) async throws {
        let page = Array("{\"values\": [], \"next\": \"\(next)\"}".utf8)
        let script = Script([.success(HTTPResponse(status: 200, body: page))])
        #expect(await (try destination(script)).observe().sentence.contains("at another address"))
        #expect(script.seen.count == 1)
    }
}
