import FoundationEssentials
package import Secrets

/// AWS Security Token Service.
package struct STSClient: Sendable {
    private let client: AWSClient

    package init(_ client: AWSClient) { self.client = client }

    package struct CallerIdentity: Sendable, Equatable {
        package let account: String
        package let arn: String
        package let userID: String
    }

    /// Whose credentials these are; needs no permission, so it proves a key.
    package func getCallerIdentity() async throws -> CallerIdentity {
        let result = try await client.queryResult(call("GetCallerIdentity", []))
        return CallerIdentity(
            account: try result.text("Account"), arn: try result.text("Arn"), userID: try result.text("UserId"))
    }

    /// Credentials of a role, for as long as the role or `duration` allows.
    package func assumeRole(
        _ roleARN: String, sessionName: String, externalID: String? = nil, duration: Duration? = nil
    ) async throws -> AWSCredentials {
        let call = call(
            "AssumeRole",
            [
                ("RoleArn", roleARN), ("RoleSessionName", sessionName), ("ExternalId", externalID),
                ("DurationSeconds", duration.map { "\($0.components.seconds)" }),
            ])
        return try await credentials(of: call, role: roleARN)
    }

    /// Credentials of a role for a token of an identity provider; the request is not signed.
    package func assumeRoleWithWebIdentity(
        _ roleARN: String, sessionName: String, token: Secret, duration: Duration? = nil
    ) async throws -> AWSCredentials {
        var call = call(
            "AssumeRoleWithWebIdentity",
            [
                ("RoleArn", roleARN), ("RoleSessionName", sessionName), ("WebIdentityToken", token.reveal()),
                ("DurationSeconds", duration.map { "\($0.components.seconds)" }),
            ])
        call.signing = .unsigned
        call.isConfidential = true
        return try await credentials(of: call, role: roleARN)
    }

    private func call(_ operation: String, _ parameters: [(name: String, value: String?)]) -> AWSCall {
        .query(.sts, operation, version: "2011-06-15", parameters)
    }

    private func credentials(of call: AWSCall, role: String) async throws -> AWSCredentials {
        let credentials = try await client.queryResult(call).child("Credentials")
        return AWSCredentials(
            accessKeyID: try credentials.text("AccessKeyId"),
            secretAccessKey: Secret(try credentials.text("SecretAccessKey")),
            sessionToken: Secret(try credentials.text("SessionToken")), expiration: try credentials.date("Expiration"),
            source: "role \(role)")
    }
}
