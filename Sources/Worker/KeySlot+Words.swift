package import CredentialsFile

/// In the words of the configuration, each checked again when it is read.
extension KeySlot: Codable {
    private enum Words: String, CodingKey {
        case format, profile
        case idVariable = "id_variable"
        case secretVariable = "secret_variable"
    }

    package func encode(to encoder: any Encoder) throws {
        var words = encoder.container(keyedBy: Words.self)
        try words.encode(format, forKey: .format)
        switch self {
        case .awsCredentials(let profile), .awsConfig(let profile), .rclone(remote: let profile):
            try words.encode(profile.text, forKey: .profile)
        case .environment(let id, let secret):
            try words.encode(id.text, forKey: .idVariable)
            try words.encode(secret.text, forKey: .secretVariable)
        case .s3cfg, .json: break
        }
    }

    package init(from decoder: any Decoder) throws {
        let words = try decoder.container(keyedBy: Words.self)
        func profile() throws -> ProfileName { try ProfileName(try words.decode(String.self, forKey: .profile)) }
        func variable(_ key: Words) throws -> VariableName {
            guard let name = VariableName(try words.decode(String.self, forKey: key)) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: words, debugDescription: "not the name of a variable")
            }
            return name
        }
        let format = try words.decode(String.self, forKey: .format)
        switch format {
        case "aws-credentials": self = .awsCredentials(try profile())
        case "aws-config": self = .awsConfig(try profile())
        case "rclone": self = .rclone(remote: try profile())
        case "env": self = .environment(id: try variable(.idVariable), secret: try variable(.secretVariable))
        case "s3cfg": self = .s3cfg
        case "json": self = .json
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .format, in: words, debugDescription: "no format of this version")
        }
    }
}
