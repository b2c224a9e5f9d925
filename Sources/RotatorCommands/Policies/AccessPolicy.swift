import FoundationEssentials

/// An IAM policy that allows exactly what one part of Keybaton does, for one configuration.
///
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
struct AccessPolicy: Encodable, Equatable {
    struct Statement: Encodable, Equatable {
        let effect = "Allow"
        var actions: [String]
        var resources: [String]
        /// Of a key that is named by an alias, which is no resource.
        var keyAlias: String?

        private enum CodingKeys: String, CodingKey {
            case effect = "Effect"
            case actions = "Action"
            case resources = "Resource"
            case condition = "Condition"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(effect, forKey: .effect)
            try container.encode(actions, forKey: .actions)
            try container.encode(resources, forKey: .resources)
            // https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
            try container.encodeIfPresent(
                keyAlias.map { ["ForAnyValue:StringEquals": ["kms:ResourceAliases": $0]] }, forKey: .condition)
        }
    }

    let version = "2012-10-17"
    var statements: [Statement]

    private enum CodingKeys: String, CodingKey {
        case version = "Version"
        case statements = "Statement"
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
