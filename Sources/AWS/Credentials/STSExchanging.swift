package import Secrets

/// Turns one identity into the temporary credentials of a role.
package protocol STSExchanging: Sendable {
    /// Throws `CredentialsError`: `refused` with AWS's code and message, or `unavailable`.
    func assumeRole(_ role: RoleRequest, with credentials: AWSCredentials) async throws -> AWSCredentials
    /// As `assumeRole`, for the holder of a token of OpenID Connect, who needs no key.
    func assumeRoleWithWebIdentity(_ role: RoleRequest, token: Secret) async throws -> AWSCredentials
}
