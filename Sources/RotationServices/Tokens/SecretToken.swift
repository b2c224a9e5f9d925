import AWS
import FoundationEssentials
package import Secrets
package import SecretsManager

/// A token in a secret of Secrets Manager: all of its text, or one field of its JSON. Read once by each value of this type.
package actor SecretToken: TokenProvider {
    private let secretsManager: SecretsManagerClient
    private let name: String
    private let field: String?
    private var known: Secret?

    package init(_ secretsManager: SecretsManagerClient, name: String, field: String?) {
        self.secretsManager = secretsManager
        self.name = name
        self.field = field
    }

    package func token() async throws -> Secret {
        if let known { return known }
        let text: Secret?
        do {
            text = try await secretsManager.getSecretValue(name).text
        } catch let error as AWSError {
            throw TokenProblem(description: "the token's secret \(name) cannot be read: \(error)")
        }
        guard let text else {
            throw TokenProblem(description: "the token's secret \(name) holds binary data: store the token as text")
        }
        let token = try part(of: text).token(from: place)
        known = token
        return token
    }

    private var place: String {
        field.map { "the field \($0) of the token's secret \(name)" } ?? "the token's secret \(name)"
    }

    private func part(of text: Secret) throws(TokenProblem) -> Secret {
        guard let field else { return text }
        // The decoder's own error quotes the text.
        guard let fields = try? text.withBytes({ try JSONDecoder().decode([String: Field].self, from: Data($0)) })
        else {
            throw TokenProblem(
                description: "the token's secret \(name) is not a JSON object: leave token_field out, or store one")
        }
        guard let token = fields[field]?.text else {
            throw TokenProblem(
                description: "the token's secret \(name) has no text in a field \(field): correct token_field")
        }
        return Secret(token)
    }
}

/// Any value; only a text is kept.
private struct Field: Decodable {
    let text: String?

    init(from decoder: any Decoder) throws {
        text = try? decoder.singleValueContainer().decode(String.self)
    }
}
