@testable import AWS
import HTTPTransport
import Synchronization
import Testing

@Suite struct RetryTests {
    @Test("a failure that may pass is retried, with exponential back-off")
    func retries() async throws {
        let bench = Bench(.http(503), .failure(.connectionLost), .http(200), attempts: 3)
        #expect(try await bench.client.send(.probe()).http.status == 200)
        #expect(bench.clock.sleeps == [.seconds(0.5), .seconds(1)])
        #expect(bench.sender.isDone)
    }

    @Test("three attempts, then the last error with their number")
    func givesUp() async {
        let bench = Bench(.http(500), .http(500), .http(502))
        let error = await bench.failure()
        #expect(error?.attempts == 3 && error?.status == 502 && error?.kind == .server)
        #expect(error?.description.contains("after 3 attempts") == true)
    }

    @Test("a patient client asks more often where AWS is asked too much, and not where it does not answer")
    func patience() async throws {
        let throttled = Bench(
            .http(503, "<Error><Code>SlowDown</Code></Error>"), .http(400, #"{"__type":"ThrottlingException"}"#),
            .http(429), .http(503, "<Error><Code>SlowDown</Code></Error>"), .http(200), throttledAttempts: 8)
        #expect(try await throttled.client.send(.probe()).http.status == 200)
        #expect(throttled.clock.sleeps == [.seconds(0.5), .seconds(1), .seconds(2), .seconds(4)])
        let broken = Bench(
            .failure(.connectionLost), .failure(.connectionLost), .failure(.connectionLost), throttledAttempts: 8)
        #expect(await broken.failure()?.attempts == 3)
    }

    @Test("of many calls that are throttled one asks again at a time, and each gets its answer")
    func lanes() async throws {
        let service = CrowdedService()
        let client = AWSClient(
            sender: service, endpoints: EndpointResolver(region: "eu-west-1"), credentials: FixedCredentials(),
            retry: .patient, clock: service.clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await client.send(.probe()) } }
            try await group.waitForAll()
        }
        #expect(service.mostSleepers == 1)
        // A lane that was given up, or left with an error, is free.
        service.close()
        for _ in 1...2 { await #expect(throws: AWSError.self) { _ = try await client.send(.probe()) } }
    }

    @Test(
        "what will not pass is not retried",
        arguments: [400, 403, 404, 409, 412, 501])
    func permanent(status: Int) async {
        let bench = Bench(.http(status))
        #expect(await bench.failure()?.status == status)
        #expect(bench.clock.sleeps.isEmpty)
    }

    @Test(
        "transient and throttling codes are retried whatever their status",
        arguments: [
            "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
            "TooManyRequestsException", "ProvisionedThroughputExceededException", "TransactionInProgressException",
            "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "SlowDown",
            "PriorRequestNotComplete", "EC2ThrottledException", "RequestTimeout", "RequestTimeoutException",
            "IDPCommunicationError",
        ])
    func retriedCodes(code: String) async throws {
        let bench = Bench(.http(400, "{\"__type\":\"\(code)\"}"), .http(200))
        #expect(try await bench.client.send(.probe(.ssm)).http.status == 200)
    }

    @Test("IAM's quota of two keys is not throttling")
    func limitExceeded() async {
        let body = "<ErrorResponse><Error><Code>LimitExceeded</Code><Message>m</Message></Error></ErrorResponse>"
        let error = await Bench(.http(409, body)).failure()
        #expect(error?.kind == .limitExceeded && error?.attempts == 1)
    }

    @Test(
        "failures of the network are retried, those of trust and of the request are not",
        arguments: HTTPError.Code.allCases.filter { $0 != .cancelled })
    func network(code: HTTPError.Code) async {
        let isRetried = [.resolve, .connect, .timeout, .connectionLost].contains(code)
        let bench = isRetried ? Bench(.failure(code), .failure(code), .failure(code)) : Bench(.failure(code))
        let error = await bench.failure()
        #expect(error?.cause?.code == code && bench.sender.isDone)
        #expect(error?.description.contains("scripted") == true)
    }

    @Test func aCancelledRequestIsACancellation() async {
        let bench = Bench(.failure(.cancelled))
        await #expect(throws: CancellationError.self) { try await bench.client.send(.probe()) }
    }

    @Test("what must not happen twice is sent once after any lost answer, over a connection of its own")
    func once() async {
        for answer: ScriptedServer.Answer in [.http(503), .failure(.timeout), .failure(.connect)] {
            let bench = Bench(answer)
            #expect(await bench.failure(.probe(retry: .whenThrottled)) != nil)
            #expect(bench.sender.limits.map(\.mayReuseConnection) == [false])
        }
    }

    @Test("what must not happen twice is sent again where the service says that it was asked too much")
    func onceThrottled() async throws {
        let refusal = ScriptedServer.Answer.http(
            400, "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>")
        let bench = Bench(refusal, refusal, .http(200), throttledAttempts: 8)
        #expect(try await bench.client.send(.probe(retry: .whenThrottled)).http.status == 200)
        #expect(bench.sender.limits.allSatisfy { !$0.mayReuseConnection })
        // A gateway may say so when the service has done it.
        let unclear = Bench(.http(503, "<Error><Code>SlowDown</Code></Error>"), throttledAttempts: 8)
        #expect(await unclear.failure(.probe(retry: .whenThrottled))?.mayHaveTakenEffect == true)
    }

    @Test("a patient client's throttled retries cost nothing: what all users of a run share would be gone at once")
    func patientQuota() async throws {
        let bench = Bench(.http(429), .http(429), .http(500), .http(200), attempts: 4, throttledAttempts: 8)
        _ = try await bench.client.send(.probe())
        #expect(bench.client.quota.remaining == 500)
        let used = Bench(.http(429), .http(429), .http(429), .http(200), throttledAttempts: 8)
        while used.client.quota.take(1) {}
        _ = try await used.client.send(.probe())
        #expect(used.client.quota.remaining == 0)
    }

    @Test("retries cost 5 tokens, after a timeout 10; a success gives the last cost back, or 1")
    func quota() async throws {
        let quota = { (bench: Bench) in bench.client.quota.remaining }
        var bench = Bench(.http(500), .failure(.timeout), .http(200))
        _ = try await bench.client.send(.probe())
        #expect(quota(bench) == 500 - 5 - 10 + 10)

        bench = Bench(.http(500), .http(500), .http(500), .http(200))
        _ = await bench.failure()
        #expect(quota(bench) == 490)
        _ = try await bench.client.send(.probe())
        #expect(quota(bench) == 491)
    }

    @Test("without tokens there are no retries")
    func exhaustedQuota() async {
        let bench = Bench(.http(503))
        while bench.client.quota.take(1) {}
        #expect(await bench.failure()?.attempts == 1)
        #expect(bench.client.quota.remaining == 0)
    }

    @Test("the delay doubles up to 20 seconds")
    func delays() {
        let policy = RetryPolicy(maximumAttempts: 100)
        let delays = [1, 2, 3, 4, 5, 6, 7, 70].map { policy.delay(afterAttempt: $0, random: 1) }
        #expect(delays == [1, 2, 4, 8, 16, 20, 20, 20].map { .seconds($0) })
        #expect(policy.delay(afterAttempt: 3, random: 0) == .zero)
    }

    @Test func attemptsAreReadFromTheEnvironment() throws {
        #expect(try RetryPolicy(environment: [:]).maximumAttempts == 3)
        #expect(try RetryPolicy(environment: ["AWS_MAX_ATTEMPTS": " "]).maximumAttempts == 3)
        #expect(try RetryPolicy(environment: ["AWS_MAX_ATTEMPTS": "5"]).maximumAttempts == 5)
        #expect(try RetryPolicy(environment: [:], usual: .patient) == .patient)
        let few = try RetryPolicy(environment: ["AWS_MAX_ATTEMPTS": "2"], usual: .patient)
        #expect(few.maximumAttempts == 2 && few.throttledAttempts == 2)
        for text in ["0", "-1", "three", "3.5"] {
            #expect(throws: RetrySettingError(value: text)) {
                try RetryPolicy(environment: ["AWS_MAX_ATTEMPTS": text])
            }
        }
    }
}

/// Grants nothing to the first 24 requests, nor to any once it is closed; counts who waits at the same time.
private final class CrowdedService: HTTPSender {
    private struct State {
        var requests = 0
        var sleepers = 0
        var mostSleepers = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    var mostSleepers: Int { state.withLock(\.mostSleepers) }

    func close() { state.withLock { $0.isClosed = true } }

    func send(_ request: HTTPRequest, limits: HTTPLimits) async throws(HTTPError) -> HTTPResponse {
        let isRefused = state.withLock { state in
            state.requests += 1
            return state.isClosed || state.requests <= 24
        }
        return HTTPResponse(status: isRefused ? 429 : 200, headers: [], body: [])
    }

    var clock: AWSClock {
        AWSClock(
            now: { StoppedClock.time },
            sleep: { _ in
                self.state.withLock {
                    $0.sleepers += 1
                    $0.mostSleepers = max($0.mostSleepers, $0.sleepers)
                }
                for _ in 1...10 { await Task.yield() }
                self.state.withLock { $0.sleepers -= 1 }
            }, random: { 0.5 })
    }
}
