package import AWS
package import Secrets

/// AWS Secrets Manager.
package struct SecretsManagerClient: Sendable {
    /// The staging label of the version that everybody reads.
    package static let current = "AWSCURRENT"

    private let client: AWSClient

    package init(_ client: AWSClient) { self.client = client }

    package struct Version: Sendable, Equatable {
        package let id: String
        /// Nil for binary data.
        package let text: Secret?
    }

    /// The version with the label `AWSCURRENT`, or the one asked for.
    ///
    /// Throws an `AWSError` of kind `.notFound` when there is no such secret or version, which a new secret has none of.
    package func getSecretValue(_ secret: String, version: String? = nil) async throws -> Version {
        struct Input: Encodable {
            let SecretId: String
            let VersionId: String?
        }
        struct Output: Decodable {
            let VersionId: String
            let SecretString: String?
        }
        let call = try call("GetSecretValue", Input(SecretId: secret, VersionId: version))
        let output = try await client.jsonResult(call, Output.self)
        return Version(id: output.VersionId, text: output.SecretString.map { Secret($0) })
    }

    /// Makes the secret with its first version, which is called `token`.
    ///
    /// Throws an `AWSError` of kind `.preconditionFailed` when there is one of this name. `keyID` names the KMS key; nil is
    /// the account's default key.
    package func createSecret(
        _ name: String, text: Secret, token: String, keyID: String?, description: String
    ) async throws {
        struct Input: Encodable {
            let Name: String
            let SecretString: String
            let ClientRequestToken: String
            let KmsKeyId: String?
            let Description: String
        }
        var call = try call(
            "CreateSecret",
            Input(
                Name: name, SecretString: text.reveal(), ClientRequestToken: token, KmsKeyId: keyID,
                Description: description))
        call.isConfidential = true
        _ = try await client.send(call)
    }

    /// Adds a version, which is called `token` and is the one with this label from then on.
    ///
    /// With a version of this name and text there is nothing to do; with another text it throws `.preconditionFailed`.
    package func putSecretValue(_ secret: String, text: Secret, token: String, stage: String) async throws {
        struct Input: Encodable {
            let SecretId: String
            let SecretString: String
            let ClientRequestToken: String
            let VersionStages: [String]
        }
        var call = try call(
            "PutSecretValue",
            Input(SecretId: secret, SecretString: text.reveal(), ClientRequestToken: token, VersionStages: [stage]))
        call.isConfidential = true
        _ = try await client.send(call)
    }

    /// Makes one version the current one instead of another; the other one gets the label `AWSPREVIOUS`.
    ///
    /// Throws when `old` is not the current one.
    package func makeCurrent(_ version: String, of secret: String, insteadOf old: String) async throws {
        struct Input: Encodable {
            let SecretId: String
            let VersionStage = SecretsManagerClient.current
            let MoveToVersionId: String
            let RemoveFromVersionId: String
        }
        _ = try await client.send(
            try call(
                "UpdateSecretVersionStage",
                Input(SecretId: secret, MoveToVersionId: version, RemoveFromVersionId: old)))
    }

    private func call(_ operation: String, _ input: some Encodable) throws -> AWSCall {
        try .json(.secretsManager, target: "secretsmanager", operation, input)
    }
}
