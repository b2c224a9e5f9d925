import FoundationEssentials

/// https://docs.github.com/en/rest/actions/secrets#get-a-repository-public-key
struct GitHubPublicKey: Decodable {
    var id: String
    var key: [UInt8]

    private enum Key: String, CodingKey { case key, id = "key_id" }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        // Some versions of GitHub Enterprise Server write a number.
        id = try (try? fields.decode(String.self, forKey: .id)) ?? "\(fields.decode(Int.self, forKey: .id))"
        let text = try fields.decode(String.self, forKey: .key)
        guard let bytes = Data(base64Encoded: text) else {
            throw DecodingError.dataCorruptedError(forKey: .key, in: fields, debugDescription: "not base64")
        }
        key = Array(bytes)
    }
}

struct GitHubSecretsPage: Decodable {
    struct Item: Decodable {
        /// In upper case, however it was written.
        var name: String
        /// ISO 8601, in whole seconds.
        var updatedAt: String?

        enum CodingKeys: String, CodingKey { case name, updatedAt = "updated_at" }
    }

    var secrets: [Item]
}

struct GitHubVariable: Decodable {
    var value: String
    var updatedAt: String?

    enum CodingKeys: String, CodingKey { case value, updatedAt = "updated_at" }
}

struct GitHubSecretBody: Encodable {
    var box: String
    var keyID: String
    var visibility: String?
    var repositories: [Int]?

    enum CodingKeys: String, CodingKey {
        case visibility
        case box = "encrypted_value"
        case keyID = "key_id"
        case repositories = "selected_repository_ids"
    }
}

struct GitHubVariableBody: Encodable {
    var name: String
    var value: String
    var visibility: String?
    var repositories: [Int]?

    enum CodingKeys: String, CodingKey {
        case name, value, visibility
        case repositories = "selected_repository_ids"
    }
}
