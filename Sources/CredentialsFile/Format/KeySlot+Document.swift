package import Secrets

extension KeySlot {
    /// The file's text, read as this format. No file and an empty file are the same document.
    package func document(_ content: Secret) -> any KeyDocument {
        switch self {
        case .awsCredentials(let profile): INIDocument(content, section: profile, dialect: .awsCredentials)
        case .awsConfig(let profile): INIDocument(content, section: profile, dialect: .awsConfig)
        case .rclone(let remote): INIDocument(content, section: remote, dialect: .rclone)
        case .s3cfg: INIDocument(content, section: .default, dialect: .s3cfg)
        case .environment(let id, let secret): EnvironmentDocument(content, id: id, secret: secret)
        case .json: JSONDocument(content)
        }
    }
}
