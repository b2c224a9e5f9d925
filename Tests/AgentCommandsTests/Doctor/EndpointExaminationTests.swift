import AWS
import Console
import FoundationEssentials
import HTTPTransport
import Synchronization
import Testing

@testable import AgentCommands

/// What doctor makes of the network.
struct EndpointExaminationTests {
    /// Answers every host alike, and counts.
    final class Sender: HTTPSender {
        let answer: @Sendable (Int) throws(HTTPError) -> HTTPResponse
        let seen = Mutex<[HTTPRequest]>([])

        init(_ answer: @escaping @Sendable (Int) throws(HTTPError) -> HTTPResponse) { self.answer = answer }

        func send(_ request: HTTPRequest, limits: HTTPLimits) async throws(HTTPError) -> HTTPResponse {
            let count = seen.withLock { seen in
                seen.append(request)
                return seen.count
            }
            return try answer(count)
        }
    }

    private func examine(
        _ sender: Sender, _ environment: [String: String] = [:]
    ) async -> EndpointExamination.Result {
        await EndpointExamination(
            resolver: EndpointResolver(environment: environment, region: "eu-west-1"), bucket: "a-bucket",
            sender: sender, caBundle: "/etc/ca.pem", now: { Date(timeIntervalSince1970: 1_790_000_000) }
        ).execute()
    }

    @Test func `Each host is asked once, without a signature, and its clock is read`() async {
        let sender = Sender { _ in
            HTTPResponse(status: 403, headers: [HTTPHeader("Date", "Mon, 21 Sep 2026 14:23:20 GMT")])
        }
        let result = await examine(sender)
        #expect(result.findings.map(\.verdict) == [.ok, .ok, .ok])
        let seen = sender.seen.withLock { $0 }
        #expect(
            Set(seen.map(\.url.host)) == [
                "ssm.eu-west-1.amazonaws.com", "sts.eu-west-1.amazonaws.com", "a-bucket.s3.eu-west-1.amazonaws.com",
            ])
        #expect(seen.allSatisfy { $0.method == "HEAD" && $0.header("Authorization") == nil })
        // In the middle of the second that the header names.
        #expect(result.skews == Array(repeating: .seconds(600.5), count: 3))
    }

    @Test func `One endpoint for all services is one host`() async {
        let sender = Sender { _ in HTTPResponse(status: 200) }
        let result = await examine(sender, ["AWS_ENDPOINT_URL": "https://127.0.0.1:8443"])
        #expect(result.findings.map(\.subject) == ["127.0.0.1:8443 (SSM, STS, S3)"])
        #expect(result.skews.isEmpty)
    }

    @Test func `A request that is lost once is no finding`() async {
        let sender = Sender { count throws(HTTPError) in
            if count == 1 { throw HTTPError(.timeout, host: "x", message: "slow") }
            return HTTPResponse(status: 200)
        }
        #expect(await examine(sender).findings.map(\.verdict) == [.ok, .ok, .ok])
    }

    @Test(
        arguments: [
            (.resolve, .unavailable, "getent hosts"), (.connect, .unavailable, "firewall"),
            (.tls, .unavailable, "/etc/ca.pem"), (.timeout, .unavailable, "HTTPS_PROXY"),
            (.refusedScheme, .configuration, "AWS_ENDPOINT_URL"),
        ] as [(HTTPError.Code, Console.ExitStatus, String)])
    func `What went wrong decides what to do`(_ code: HTTPError.Code, _ status: Console.ExitStatus, _ mend: String)
        async
    {
        let result = await examine(Sender { _ throws(HTTPError) in throw HTTPError(code, host: "x", message: "no") })
        #expect(result.findings.allSatisfy { $0.status == status && $0.mend?.contains(mend) == true })
    }

    @Test func `An endpoint that is not encrypted is refused by its name`() async {
        let result = await examine(
            Sender { _ in HTTPResponse(status: 200) }, ["AWS_ENDPOINT_URL_S3": "http://nas:9000"])
        #expect(result.findings.filter { $0.verdict == .problem }.map(\.subject) == ["S3"])
    }
}
