import FoundationEssentials
package import HTTPTransport
import Synchronization

/// Signs calls, sends them, retries what is worth it, and turns every failure into an `AWSError`.
///
/// Throws besides: `CancellationError`, and what the endpoint resolver and the credentials provider throw.
package final class AWSClient: Sendable {
    private let sender: any HTTPSender
    private let endpoints: EndpointResolver
    private let credentials: any CredentialsProvider
    private let retry: RetryPolicy
    private let clock: AWSClock
    let quota = RetryQuota()
    private let lanes = RetryLanes()
    private let skew = Mutex(ClockSkew())

    package init(
        sender: any HTTPSender, endpoints: EndpointResolver, credentials: any CredentialsProvider,
        retry: RetryPolicy = .standard, clock: AWSClock = .system
    ) {
        self.sender = sender
        self.endpoints = endpoints
        self.credentials = credentials
        self.retry = retry
        self.clock = clock
    }

    /// A client of another region with the same credentials.
    package func inRegion(_ region: String) -> AWSClient {
        var endpoints = endpoints
        endpoints.region = region
        return AWSClient(sender: sender, endpoints: endpoints, credentials: credentials, retry: retry, clock: clock)
    }

    /// How far the services' clock is ahead of this machine's; nil as long as no signature was refused for it.
    ///
    /// To be reported, never to be stored: the next run finds out by itself.
    package var observedClockSkew: Duration? {
        skew.withLock { $0.offset.map { .seconds($0) } }
    }

    package func send(_ call: AWSCall) async throws -> AWSResponse {
        let endpoint = try endpoints.endpoint(for: call.service, bucket: call.bucket)
        let request = call.request(at: endpoint)
        let credentials = call.signing == .unsigned ? nil : try await credentials.credentials()
        var attempt = 0
        var lastCost: Int?
        var hasCorrectedClock = false
        var isUncertain = false
        var hasLane = false
        defer { if hasLane { lanes.leave(call.operation) } }
        while true {
            attempt += 1
            let local = clock.now()
            let time = signingTime(of: call, local: local)
            var signed = request
            if let credentials, let time {
                let context = SigningContext(
                    region: endpoint.signingRegion, service: endpoint.signingName, time: time,
                    isS3: call.service == .s3)
                signed = SigV4.sign(request, with: credentials, context: context)
            }
            var error: AWSError
            do {
                let response = try await answer(to: signed, call)
                guard 200..<300 ~= response.status || response.status == 304 else {
                    throw AWSError(call, response: response, signedAt: time)
                }
                quota.giveBack(lastCost)
                return AWSResponse(http: response)
            } catch let failure as AWSError {
                error = failure
            }
            error.attempts = attempt
            isUncertain = isUncertain || error.isUncertain
            error.mayHaveTakenEffect = isUncertain
            if !hasCorrectedClock, let time,
                adoptsClock(of: error, call, url: request.url, local: local, signed: time), call.retry == .standard
            {
                hasCorrectedClock = true
                continue
            }
            let cost = retry.cost(of: error)
            guard call.retry.allows(error), error.isTransient, attempt < retry.attempts(after: error), quota.take(cost)
            else { throw error }
            lastCost = cost
            if error.kind == .throttled, !hasLane {
                await lanes.enter(call.operation)
                hasLane = true
            }
            try await clock.sleep(retry.delay(afterAttempt: attempt, random: clock.random()))
        }
    }

    private func signingTime(of call: AWSCall, local: Date) -> Date? {
        switch call.signing {
        case .unsigned: nil
        case .at(let time): time
        case .now: skew.withLock { $0.correct(local) }
        }
    }

    private func answer(to request: HTTPRequest, _ call: AWSCall) async throws -> HTTPResponse {
        var limits = call.limits
        // libcurl repeats a request by itself when a kept connection turns out to be dead.
        if call.retry != .standard { limits.mayReuseConnection = false }
        do {
            return try await sender.send(request, limits: limits)
        } catch {
            if error.code == .cancelled { throw CancellationError() }
            throw AWSError(call, cause: error)
        }
    }

    /// Only a verified server is believed, and never for a call whose time is fixed.
    private func adoptsClock(of error: AWSError, _ call: AWSCall, url: HTTPURL, local: Date, signed: Date) -> Bool {
        guard error.kind == .clockSkew, call.signing == .now, url.scheme == "https", let server = error.serverDate
        else { return false }
        return skew.withLock { $0.observe(server: server, local: local, signed: signed) }
    }
}
