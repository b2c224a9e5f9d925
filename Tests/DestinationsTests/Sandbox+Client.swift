import AWS
import HTTPTransport
import SandboxSupport
import Secrets

extension Sandbox {
    /// A client with this key. Waits for nothing: a test's faults are not retried away.
    func client(_ key: AccessKey) throws -> AWSClient {
        AWSClient(
            sender: try CurlTransport(caBundle: caBundle, environment: [:]),
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
