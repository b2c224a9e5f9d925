import FoundationEssentials
package import HTTPTransport

/// The credentials service of ECS tasks and EKS pods.
///
/// https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
package struct ContainerCredentialsProvider: CredentialsProvider {
    private static let limits = HTTPLimits(
        connectTimeout: .seconds(2), totalTimeout: .seconds(5), maximumBodySize: 64 << 10)

    private let context: CredentialsContext

    package init(context: CredentialsContext) {
        self.context = context
    }

    package func credentials() async throws -> AWSCredentials {
        let url = try await Self.url(environment: context.environment, resolve: context.resolve)
        let source = "container credentials of \(url.host)"
        var headers = [HTTPHeader("Accept", "application/json")]
        if let token = try authorizationToken() { headers.append(HTTPHeader("Authorization", token)) }
        let response = try await context.send(limits: Self.limits, retryingConnections: true) {
            HTTPRequest(method: "GET", url: url, headers: headers)
        }
        guard response.status == 200 else {
            throw CredentialsError(
                .refused,
                "\(source): status \(response.status): \(String(decoding: response.body, as: UTF8.self).printable)")
        }
        return try CredentialsDocument.credentials(
            in: response.body, dialect: .container, source: source, failure: .unavailable)
    }

    /// Where the service is; a relative URI wins over a full one.
    ///
    /// Plain http is accepted for this machine and for the link-local addresses of ECS and EKS only, and a name must
    /// resolve to nothing else: otherwise a poisoned variable or name server would receive the token.
    package static func url(
        environment: [String: String], resolve: @Sendable (String) async throws -> [String]
    ) async throws -> HTTPURL {
        if let relative = Setting.nonBlank(environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"]) {
            guard let url = HTTPURL("http://169.254.170.2" + (relative.hasPrefix("/") ? relative : "/" + relative))
            else {
                throw CredentialsError(
                    .invalidConfiguration,
                    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not a path like /v2/credentials/id")
            }
            return url
        }
        guard let full = Setting.nonBlank(environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]) else {
            throw CredentialsError(.notConfigured, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set")
        }
        guard let url = HTTPURL(full) else {
            throw CredentialsError(
                .invalidConfiguration,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI is not a URL with a host, like http://169.254.170.23/v1/credentials"
            )
        }
        if url.scheme == "https" { return url }
        let addresses = HostName.isAddress(url.host) ? [url.host] : try await resolve(url.host)
        guard !addresses.isEmpty, addresses.allSatisfy(isAllowed) else {
            throw CredentialsError(
                .invalidConfiguration,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI: \(url.host) is neither this machine nor the credentials service of "
                    + "ECS or EKS; use https")
        }
        return url
    }

    private static func isAllowed(_ address: String) -> Bool {
        HostName.isLoopback(address)
            || ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(address.lowercased())
    }

    /// The file wins, because its content is renewed.
    private func authorizationToken() throws -> String? {
        let token: String?
        if let path = Setting.nonBlank(context.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]) {
            guard let contents = try context.readFile(path) else {
                throw CredentialsError(
                    .invalidConfiguration, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: there is no file \(path)")
            }
            token = Setting.nonBlank(String(decoding: contents, as: UTF8.self))
        } else {
            token = Setting.nonBlank(context.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"])
        }
        if let token, !token.utf8.allSatisfy({ 0x20...0x7e ~= $0 }) {
            throw CredentialsError(
                .invalidConfiguration, "the container authorization token contains line ends or control characters")
        }
        return token
    }
}
