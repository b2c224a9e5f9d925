import Secrets

/// The text of a secret: a JSON object, two fields of which are an access key's.
struct SecretDocument: Hashable {
    /// Why a text cannot be taken for one, or be made one that Secrets Manager takes; ends a sentence about the secret.
    enum Problem: Error, Hashable, CustomStringConvertible {
        case noObject
        case doubledNames
        case noText(field: String)
        case tooLarge

        var description: String {
            switch self {
            case .noObject:
                "holds something else than a JSON object, which is left as it is: store {} there, or configure another "
                    + "secret"
            case .doubledNames: "has a field twice, so programs may read either: remove one of them"
            case .noText(let field):
                "has a field \(field) that is no text, which is left as it is: configure other names with id_field and "
                    + "secret_field"
            case .tooLarge:
                "would be larger than the \(SecretDocument.sizeLimit) bytes that Secrets Manager takes: make its other "
                    + "fields smaller"
            }
        }
    }

    /// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
    static let sizeLimit = 65_536

    let text: Secret
    /// Nil unless both halves are there: what is half written, or no key of AWS, is none.
    let key: AccessKey?
    private let fields: SecretFields

    /// One that holds nothing yet.
    static func empty(_ fields: SecretFields) throws(Problem) -> SecretDocument {
        try SecretDocument(Secret("{}"), fields)
    }

    init(_ text: Secret, _ fields: SecretFields) throws(Problem) {
        guard let members = JSONMembers(text.withBytes { Array($0) }) else { throw .noObject }
        guard members.areDistinct else { throw .doubledNames }
        let id = try Self.value(of: fields.id, in: members)
        let secret = try Self.value(of: fields.secret, in: members)
        self.text = text
        self.fields = fields
        if let id = id.flatMap({ AccessKeyID($0) }), let secret {
            key = AccessKey(id: id, secret: Secret(secret))
        } else {
            key = nil
        }
    }

    private static func value(of field: String, in members: JSONMembers) throws(Problem) -> String? {
        guard let member = members[field], !members.isNull(member) else { return nil }
        guard let value = members.text(of: member) else { throw .noText(field: field) }
        return value
    }

    /// With this key, both halves at once; all other fields stay, byte for byte.
    func installing(_ key: AccessKey) throws(Problem) -> SecretDocument {
        var bytes = text.withBytes { Array($0) }
        for (field, value) in [(fields.id, key.id.description), (fields.secret, key.secret.reveal())] {
            guard let members = JSONMembers(bytes) else { throw .noObject }
            bytes = members.setting(field, to: value)
        }
        guard bytes.count <= Self.sizeLimit else { throw .tooLarge }
        return try SecretDocument(Secret(bytes), fields)
    }
}
