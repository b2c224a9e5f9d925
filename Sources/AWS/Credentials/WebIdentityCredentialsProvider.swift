import Secrets

/// A role for the holder of a token file, as Kubernetes and CI systems provide one.
package struct WebIdentityCredentialsProvider: CredentialsProvider {
    private let role: RoleRequest
    private let tokenFile: String
    private let exchange: any STSExchanging
    private let context: CredentialsContext

    package init(role: RoleRequest, tokenFile: String, exchange: any STSExchanging, context: CredentialsContext) {
        self.role = role
        self.tokenFile = tokenFile
        self.exchange = exchange
        self.context = context
    }

    /// From `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN` and `AWS_ROLE_SESSION_NAME`.
    ///
    /// Throws `CredentialsError`: `notConfigured` when neither of the first two is set, so that a chain goes on.
    package static func fromEnvironment(
        exchange: any STSExchanging, context: CredentialsContext
    ) throws(CredentialsError) -> WebIdentityCredentialsProvider {
        let environment = context.environment
        guard let file = Setting.nonBlank(environment["AWS_WEB_IDENTITY_TOKEN_FILE"]) else {
            throw CredentialsError(.notConfigured, "AWS_WEB_IDENTITY_TOKEN_FILE is not set")
        }
        guard let arn = Setting.nonBlank(environment["AWS_ROLE_ARN"]) else {
            throw CredentialsError(
                .invalidConfiguration, "AWS_WEB_IDENTITY_TOKEN_FILE is set but AWS_ROLE_ARN is not")
        }
        return WebIdentityCredentialsProvider(
            role: RoleRequest(arn: arn, sessionName: Setting.nonBlank(environment["AWS_ROLE_SESSION_NAME"])),
            tokenFile: file, exchange: exchange, context: context)
    }

    /// Reads the file each time, because it is renewed.
    package func credentials() async throws -> AWSCredentials {
        guard let contents = try context.readFile(tokenFile) else {
            throw CredentialsError(.invalidConfiguration, "there is no web identity token file \(tokenFile)")
        }
        guard let token = Setting.nonBlank(String(decoding: contents, as: UTF8.self)) else {
            throw CredentialsError(.invalidConfiguration, "the web identity token file \(tokenFile) is empty")
        }
        return try await exchange.assumeRoleWithWebIdentity(role, token: Secret(token))
    }
}
