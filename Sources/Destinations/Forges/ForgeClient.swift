package import AWS
import FoundationEssentials
package import HTTPTransport
package import RotationServices
import Secrets
import Synchronization

/// Speaks to one forge with one token: paces itself as it is told, repeats what may be repeated, and turns every failure
/// into a `ForgeError`. To be shared by all destinations of a token, since the limits are the token's.
package final class ForgeClient: Sendable {
    let forge: Forge
    private let base: HTTPURL
    private let sender: any HTTPSender
    private let tokens: any TokenProvider
    private let clock: AWSClock
    private let state = Mutex(State())

    private struct State {
        var token: Secret?
        /// Until then nothing is sent: whoever asks during a limit is punished with a longer one.
        var limitedUntil: Date?
        /// How long this process has waited for limits to end.
        var waited: Duration = .zero
        /// Requests without any answer, their repetitions included, one after the other.
        var silences = 0
        /// Until then nothing is sent: two hundred repositories would each wait for a service that is down.
        var silentUntil: Date?
    }

    private static let attempts = 3
    /// For all limits together: a lease ends, and the next run finds the rest of the work by itself.
    private static let patience: Duration = .seconds(120)
    private static let silencesInARow = 2
    private static let rest: TimeInterval = 300
    private static let limits = HTTPLimits(
        connectTimeout: .seconds(10), totalTimeout: .seconds(30), maximumBodySize: 1 << 20)

    /// - Parameter base: the API's address, such as `https://api.bitbucket.org/2.0`.
    package init(
        _ forge: Forge, base: HTTPURL, sender: any HTTPSender, tokens: any TokenProvider, clock: AWSClock = .system
    ) {
        self.forge = forge
        self.base = base
        self.sender = sender
        self.tokens = tokens
        self.clock = clock
    }

    /// Below the API's address; each segment is encoded, its slashes and braces too.
    func url(_ segments: [String], query: [(name: String, value: String)] = []) -> HTTPURL {
        var url = base
        if url.path.hasSuffix("/") { url.path.removeLast() }
        for segment in segments { url.path += "/\(PercentEncoding.encode(segment))" }
        let pairs = query.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
        url.query = pairs.isEmpty ? nil : pairs.joined(separator: "&")
        return url
    }

    /// The address that a page names as the next one, which is taken as it is: but the token goes nowhere else.
    func next(_ text: String) throws(ForgeError) -> HTTPURL {
        guard let url = HTTPURL(text), url.scheme == base.scheme, url.authority == base.authority else {
            throw ForgeError("\(forge.name) names a next page at another address: check `url` and the proxy")
        }
        return url
    }

    func decode<Value: Decodable>(_ type: Value.Type, _ request: ForgeRequest) async throws(ForgeError) -> Value {
        try decode(type, try await send(request), request)
    }

    func decode<Value: Decodable>(
        _ type: Value.Type, _ response: HTTPResponse, _ request: ForgeRequest
    ) throws(ForgeError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(response.body))
        } catch {
            throw .unreadable(request, of: forge)
        }
    }

    /// Returns a successful answer.
    @discardableResult
    func send(_ request: ForgeRequest) async throws(ForgeError) -> HTTPResponse {
        let token = try await token()
        var isUncertain = false
        do {
            return try await repeated(request, token, &isUncertain)
        } catch {
            // Whatever ended the repetitions: an earlier one may have been carried out.
            var error = error
            error.mayHaveTakenEffect = error.mayHaveTakenEffect || isUncertain
            throw error
        }
    }

    private func repeated(
        _ request: ForgeRequest, _ token: Secret, _ isUncertain: inout Bool
    ) async throws(ForgeError) -> HTTPResponse {
        for attempt in 1... {
            try checkReadiness()
            switch await exchange(request, token, attempt: attempt) {
            case .answered(let response): return response
            case .limited(let limit):
                // Nothing was done yet, so that every request may be sent again.
                guard attempt < Self.attempts else { throw .limited(by: forge, until: note(limit)) }
                try await wait(for: limit)
            case .failed(let error, let isTransient):
                isUncertain = isUncertain || error.mayHaveTakenEffect
                guard isTransient, request.isIdempotent, attempt < Self.attempts else {
                    if error.kind == .silence { noteSilence() }
                    throw error
                }
                try await pause(.seconds(clock.random() * Double(1 << (attempt - 1))), orThrow: error)
            }
        }
        preconditionFailure("the last attempt returns or throws")
    }

    private enum Outcome {
        case answered(HTTPResponse)
        case limited(ForgeLimit)
        case failed(ForgeError, isTransient: Bool)
    }

    private func exchange(_ request: ForgeRequest, _ token: Secret, attempt: Int) async -> Outcome {
        var sent = HTTPRequest(
            method: request.method, url: request.url, headers: forge.headers + [forge.authorization(token)],
            body: request.body)
        if !request.body.isEmpty { sent.headers.append(HTTPHeader("Content-Type", "application/json")) }
        var limits = Self.limits
        // libcurl repeats a request by itself when a kept connection turns out to be dead.
        limits.mayReuseConnection = request.isIdempotent
        do {
            let response = try await sender.send(sent, limits: limits)
            state.withLock { $0.silences = 0 }
            if 200..<300 ~= response.status { return .answered(response) }
            if let limit = forge.limit(response) { return .limited(limit) }
            if response.status == 401 { state.withLock { $0.token = nil } }
            return .failed(
                ForgeError(response, to: request, of: forge, token: token, attempts: attempt),
                isTransient: [500, 502, 503, 504].contains(response.status))
        } catch {
            return .failed(
                ForgeError(error, to: request, of: forge),
                isTransient: [.resolve, .connect, .timeout, .connectionLost].contains(error.code))
        }
    }

    private func token() async throws(ForgeError) -> Secret {
        if let token = state.withLock({ $0.token }) { return token }
        do {
            let token = try await tokens.token()
            state.withLock { $0.token = token }
            return token
        } catch {
            throw ForgeError("\(error)")
        }
    }

    // MARK: Limits and outages

    private func checkReadiness() throws(ForgeError) {
        let (limitedUntil, silentUntil) = state.withLock { ($0.limitedUntil, $0.silentUntil) }
        let now = clock.now()
        if let limitedUntil, now < limitedUntil { throw .limited(by: forge, until: limitedUntil) }
        if let silentUntil, now < silentUntil { throw .silent(forge) }
    }

    private func noteSilence() {
        let until = clock.now() + Self.rest
        state.withLock {
            $0.silences += 1
            if $0.silences >= Self.silencesInARow { $0.silentUntil = until }
        }
    }

    /// Remembers when requests are taken again, and returns it; nil where nobody knows.
    private func note(_ limit: ForgeLimit) -> Date? {
        guard let pause = limit.pause else { return nil }
        let until = clock.now() + TimeInterval(pause.components.seconds)
        state.withLock { $0.limitedUntil = until }
        return until
    }

    private func wait(for limit: ForgeLimit) async throws(ForgeError) {
        // A second more than was asked for: both sides round.
        let pause = (limit.pause ?? .seconds(10)) + .seconds(1)
        let isPatient = state.withLock { state in
            guard state.waited + pause <= Self.patience else { return false }
            state.waited += pause
            return true
        }
        let error = ForgeError.limited(by: forge, until: isPatient ? nil : note(limit))
        guard isPatient else { throw error }
        try await self.pause(pause, orThrow: error)
    }

    /// Cancelled meanwhile, what was going to be retried is the error.
    private func pause(_ duration: Duration, orThrow error: ForgeError) async throws(ForgeError) {
        guard (try? await clock.sleep(duration)) != nil else { throw error }
    }
}
