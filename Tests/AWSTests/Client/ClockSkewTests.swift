@testable import AWS
import FoundationEssentials
import HTTPTransport
import Testing

/// The client's clock stands at 08:10:47 UTC on 21 November 2026.
@Suite struct ClockSkewTests {
    private static func refusal(_ code: String, date: String) -> ScriptedServer.Answer {
        .http(403, "<Error><Code>\(code)</Code><Message>m</Message></Error>", ["Date": "Sat, 21 Nov 2026 \(date) GMT"])
    }

    @Test(
        "a refused time is corrected from the server's date and signed anew, once",
        arguments: [
            "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "SignatureDoesNotMatch", "AuthFailure",
        ])
    func corrects(code: String) async throws {
        let bench = Bench(Self.refusal(code, date: "09:10:47"), .http(200), .http(200))
        _ = try await bench.client.send(.probe(.s3))
        #expect(bench.sender.requests.map(\.signingDate) == ["20261121T081047Z", "20261121T091047Z"])
        #expect(bench.clock.sleeps.isEmpty)
        #expect(bench.client.observedClockSkew == .seconds(3600))
        _ = try await bench.client.send(.probe(.s3))
        #expect(bench.sender.requests.last?.signingDate == "20261121T091047Z")
    }

    @Test("JSON's code for a wrong signature counts as well, and clocks may be ahead")
    func ahead() async throws {
        let body = "{\"__type\":\"InvalidSignatureException\",\"message\":\"m\"}"
        let bench = Bench(.http(400, body, ["Date": "Sat, 21 Nov 2026 08:00:47 GMT"]), .http(200))
        _ = try await bench.client.send(.probe(.ssm))
        #expect(bench.client.observedClockSkew == .seconds(-600))
    }

    @Test("with clocks that agree, the secret is wrong")
    func wrongSecret() async {
        let bench = Bench(Self.refusal("SignatureDoesNotMatch", date: "08:15:46"))
        #expect(await bench.failure()?.kind == .wrongSecret)
        #expect(bench.client.observedClockSkew == nil)
    }

    @Test("once corrected, a signature that is still refused is the secret's fault")
    func stillRefused() async {
        let bench = Bench(
            Self.refusal("SignatureDoesNotMatch", date: "09:10:47"),
            Self.refusal("SignatureDoesNotMatch", date: "09:10:48"))
        let error = await bench.failure()
        #expect(error?.kind == .wrongSecret && error?.attempts == 2)
    }

    @Test("a second correction is not tried, whatever the server says")
    func onlyOnce() async {
        let bench = Bench(
            Self.refusal("RequestTimeTooSkewed", date: "09:10:47"),
            Self.refusal("RequestTimeTooSkewed", date: "10:10:47"))
        #expect(await bench.failure()?.kind == .clockSkew)
        #expect(bench.client.observedClockSkew == .seconds(3600))
    }

    @Test("an offset of more than a day is the operator's business")
    func cap() async {
        let body = "<Error><Code>RequestTimeTooSkewed</Code></Error>"
        let bench = Bench(.http(403, body, ["Date": "Sun, 22 Nov 2026 08:10:48 GMT"]))
        let error = await bench.failure()
        #expect(error?.kind == .clockSkew && error?.description.contains("clock") == true)
        #expect(bench.client.observedClockSkew == nil)
    }

    @Test("below five minutes, or without a date, nothing is corrected")
    func tooSmall() async {
        let small = Bench(Self.refusal("RequestTimeTooSkewed", date: "08:15:46"))
        #expect(await small.failure()?.kind == .clockSkew && small.client.observedClockSkew == nil)
        let dateless = Bench(.http(403, "<Error><Code>RequestTimeTooSkewed</Code></Error>"))
        #expect(await dateless.failure()?.kind == .clockSkew && dateless.client.observedClockSkew == nil)
    }

    @Test("a fixed signing time is kept in every attempt and never corrected")
    func fixedTime() async {
        let time = StoppedClock.time - 1200
        let bench = Bench(.http(503), Self.refusal("SignatureDoesNotMatch", date: "08:10:47"))
        let error = await bench.failure(.probe(signing: .at(time)))
        #expect(error?.kind == .clockSkew)
        #expect(bench.sender.requests.map(\.signingDate) == ["20261121T075047Z", "20261121T075047Z"])
        #expect(bench.client.observedClockSkew == nil)
    }

    @Test("a fixed signing time that the server's clock contradicts is not corrected either")
    func fixedTimeUnderSkew() async {
        let bench = Bench(Self.refusal("RequestTimeTooSkewed", date: "09:10:47"))
        #expect(await bench.failure(.probe(signing: .at(StoppedClock.time)))?.kind == .clockSkew)
        #expect(bench.client.observedClockSkew == nil)
    }

    @Test("a server that nobody has verified does not set the clock")
    func plainHTTP() async {
        let bench = Bench(Self.refusal("RequestTimeTooSkewed", date: "09:10:47"), endpoint: "http://127.0.0.1:4566")
        #expect(await bench.failure()?.kind == .clockSkew)
        #expect(bench.client.observedClockSkew == nil)
    }

    @Test("what is sent once at most is not sent again, but the offset serves the next call")
    func never() async throws {
        let bench = Bench(Self.refusal("RequestTimeTooSkewed", date: "09:10:47"), .http(200))
        #expect(await bench.failure(.probe(retry: .whenThrottled))?.kind == .clockSkew)
        _ = try await bench.client.send(.probe(retry: .whenThrottled))
        #expect(bench.sender.requests.last?.signingDate == "20261121T091047Z")
    }

    @Test("calls that were on their way while another one learnt the offset are signed anew as well")
    func concurrent() {
        var skew = ClockSkew()
        let local = StoppedClock.time
        let results = [(3600.0, 0.0), (3601, 0), (3601, 3600)].map { server, signed in
            skew.observe(server: local + server, local: local, signed: local + signed)
        }
        #expect(results == [true, true, false] && skew.offset == 3600)
    }

    @Test("a HEAD that is refused may be refused for the clock")
    func head() async throws {
        var call = AWSCall(service: .s3, operation: "HeadObject", method: "HEAD")
        call.bucket = "bucket"
        let bench = Bench(.http(403, "", ["Date": "Sat, 21 Nov 2026 09:10:47 GMT"]), .http(200))
        _ = try await bench.client.send(call)
        #expect(bench.client.observedClockSkew == .seconds(3600))
    }

    @Test func anUnsignedCallHasNoSignature() async throws {
        let bench = Bench(.http(200))
        _ = try await bench.client.send(.probe(signing: .unsigned))
        #expect(bench.sender.requests[0].header("Authorization") == nil && bench.sender.requests[0].signingDate == nil)
    }
}
