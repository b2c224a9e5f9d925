import Secrets

/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`; blank ones count as unset.
package struct EnvironmentCredentialsProvider: CredentialsProvider {
    private let id: String?
    private let secret: Secret?
    private let token: Secret?

    package init(environment: [String: String]) {
        id = Setting.nonBlank(environment["AWS_ACCESS_KEY_ID"])
        secret = Setting.nonBlank(environment["AWS_SECRET_ACCESS_KEY"]).map { Secret($0) }
        token = Setting.nonBlank(environment["AWS_SESSION_TOKEN"]).map { Secret($0) }
    }

    package func credentials() async throws -> AWSCredentials {
        guard id != nil || secret != nil else {
            throw CredentialsError(.notConfigured, "AWS_ACCESS_KEY_ID is not set")
        }
        guard let id, let secret else {
            throw CredentialsError(
                .invalidConfiguration,
                "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set; set both or none")
        }
        return try AWSCredentials.checked(
            id: id, secret: secret.reveal(), token: token?.reveal(), source: "environment")
    }
}
