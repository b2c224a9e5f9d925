/// Credentials that somebody else has found.
package struct StaticCredentialsProvider: CredentialsProvider {
    private let value: AWSCredentials

    package init(_ credentials: AWSCredentials) {
        value = credentials
    }

    package func credentials() async throws -> AWSCredentials { value }
}
