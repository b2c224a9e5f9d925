import FoundationEssentials
import HTTPTransport

extension CredentialsContext {
    /// Sends up to three times while the server answers 429 or 5xx, or, where `retryingConnections`, does not answer.
    ///
    /// `request` is called for each attempt, so that a signature is never old. Returns the last answer of any status.
    func send(
        limits: HTTPLimits, retryingConnections: Bool, _ request: () throws -> HTTPRequest
    ) async throws -> HTTPResponse {
        for attempt in 1... {
            let isLast = attempt == 3
            do {
                let response = try await sender.send(request(), limits: limits)
                guard !isLast, [429, 500, 502, 503, 504].contains(response.status) else { return response }
            } catch let error as HTTPError {
                guard !isLast, retryingConnections else {
                    throw CredentialsError(.unavailable, "\(error.host) cannot be reached: \(error.message)")
                }
            }
            // The SDKs' standard mode: a random part of 2^i seconds.
            try await sleep(.milliseconds(Int.random(in: 0...1000) << (attempt - 1)))
        }
        preconditionFailure("the third attempt returns or throws")
    }
}
