import AWS
import Handover
import RotationServices
import SecretsManager

/// Where a token of a foreign service is: `token_file`, or `token_secret` with an optional `token_field`. Tables have the
/// three keys beside their own, so that each makes one of these of them.
struct TokenSettings: Hashable, Sendable {
    var file: String?
    var secret: String?
    var field: String?

    /// Throws unless exactly one place is named.
    func check() throws(InvalidSetting) {
        switch (file, secret) {
        case (nil, nil):
            throw InvalidSetting(
                "a token is needed: name its file in `token_file`, or its secret in Secrets Manager in `token_secret`")
        case (_?, _?): throw InvalidSetting("`token_file` and `token_secret` exclude each other: leave one out")
        case (let file?, nil):
            guard file.hasPrefix("/"), !file.hasSuffix("/"), !file.utf8.contains(0) else {
                throw InvalidSetting("`token_file`: write the whole path of the file, beginning with /")
            }
            guard field == nil else { throw InvalidSetting("`token_field` is nothing without `token_secret`") }
        case (nil, let secret?):
            guard !secret.isEmpty, field != "" else {
                throw InvalidSetting("`token_secret` and `token_field` must not be empty: name them, or leave them out")
            }
        }
    }

    /// With `{user}` replaced.
    func naming(_ user: UserName) -> TokenSettings {
        TokenSettings(file: file?.naming(user), secret: secret?.naming(user), field: field)
    }

    /// - Parameter user: a user's name, or `*`.
    func permissions(for user: String, _ names: ResourceNames) -> [AccessPolicy.Statement] {
        guard let secret else { return [] }
        return [
            .init(
                actions: ["secretsmanager:GetSecretValue"],
                resources: [names.secret(secret.replacing("{user}", with: user))])
        ]
    }

    /// Called after `check()`. To be shared by all that use the token, so that a secret is read once.
    func provider(_ client: AWSClient) -> any TokenProvider {
        if let file { return FileToken(path: file) }
        return SecretToken(SecretsManagerClient(client.forSecret(secret ?? "")), name: secret ?? "", field: field)
    }
}
