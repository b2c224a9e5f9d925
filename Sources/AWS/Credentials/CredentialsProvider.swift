/// A source of credentials.
package protocol CredentialsProvider: Sendable {
    /// Throws `CredentialsError`; with the code `notConfigured` when this source is simply not set up here.
    func credentials() async throws -> AWSCredentials
}
