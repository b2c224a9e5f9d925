/// The temporary credentials of a role, assumed with the credentials of another provider.
package struct AssumedRoleProvider: CredentialsProvider {
    private let role: RoleRequest
    private let base: any CredentialsProvider
    private let exchange: any STSExchanging

    package init(_ role: RoleRequest, base: any CredentialsProvider, exchange: any STSExchanging) {
        self.role = role
        self.base = base
        self.exchange = exchange
    }

    package func credentials() async throws -> AWSCredentials {
        try await exchange.assumeRole(role, with: try await base.credentials())
    }
}
