import FoundationEssentials

/// An IAM policy that allows exactly what one part of Keybaton does, for one configuration.
///
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
struct AccessPolicy: Encodable, Equatable {
    struct Statement: Encodable, Equatable {
        let effect = "Allow"
        /// Who; only in the policy of a resource. A role's trust policy names no resource.
        var principal: String?
        var actions: [String]
        var resources: [String]
        /// Values by key by operator.
        var conditions: [String: [String: [String]]] = [:]

        private enum CodingKeys: String, CodingKey {
            case effect = "Effect"
            case principal = "Principal"
            case actions = "Action"
            case resources = "Resource"
            case conditions = "Condition"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(effect, forKey: .effect)
            try container.encodeIfPresent(principal.map { ["AWS": $0] }, forKey: .principal)
            try container.encode(actions, forKey: .actions)
            if !resources.isEmpty { try container.encode(resources, forKey: .resources) }
            if !conditions.isEmpty { try container.encode(conditions, forKey: .conditions) }
        }
    }

    let version = "2012-10-17"
    /// Those that differ in nothing but their resources are one.
    let statements: [Statement]

    private enum CodingKeys: String, CodingKey {
        case version = "Version"
        case statements = "Statement"
    }

    init(_ statements: [Statement]) {
        var merged: [Statement] = []
        for statement in statements where !statement.actions.isEmpty {
            let same = merged.firstIndex {
                $0.actions == statement.actions && $0.conditions == statement.conditions
                    && $0.principal == statement.principal
            }
            if let same {
                merged[same].resources += statement.resources
            } else {
                merged.append(statement)
            }
        }
        for index in merged.indices { merged[index].resources = merged[index].resources.unique }
        self.statements = merged
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension [String] {
    /// Each once, in the order of the first.
    fileprivate var unique: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
