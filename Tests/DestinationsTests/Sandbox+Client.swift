import AWS
import HTTPTransport
import SandboxSupport
import Secrets

extension Sandbox {
    /// A client with this key. Waits for nothing: a test's faults are not retried away.
    func client(_ key: AccessKey, between: Interruption? = nil) throws -> AWSClient {
        let transport = try CurlTransport(caBundle: caBundle, environment: [:])
        return AWSClient(
            sender: between.map { InterruptedSender(sender: transport, interruption: $0) } ?? transport,
            endpoints: EndpointResolver(environment: environment, region: region),
            credentials: StaticCredentialsProvider(
                AWSCredentials(
                    accessKeyID: "\(key.id)", secretAccessKey: key.secret, sessionToken: nil, expiration: nil,
                    source: "the test")),
            retry: RetryPolicy(maximumAttempts: 1))
    }

    /// Of a new user with this policy.
    func client(_ user: String, allowed statements: [JSON]) async throws -> AWSClient {
        let policy: JSON = ["Version": "2012-10-17", "Statement": .array(statements)]
        return try client(try await makeUser(user, policy: policy).key)
    }
}

/// What happens right after an operation has taken effect, and before its caller hears of it.
struct Interruption: Sendable {
    let operation: String
    let act: @Sendable () async throws -> Void
}

private struct InterruptedSender: HTTPSender {
    let sender: any HTTPSender
    let interruption: Interruption

    func send(_ request: HTTPRequest, limits: HTTPLimits) async throws(HTTPError) -> HTTPResponse {
        let response = try await sender.send(request, limits: limits)
        if request.headers.contains(where: { $0.value.hasSuffix(".\(interruption.operation)") }) {
            do {
                try await interruption.act()
            } catch {
                throw HTTPError(.malformed, host: "the test", message: "\(error)")
            }
        }
        return response
    }
}
