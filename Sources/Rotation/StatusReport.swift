package import FoundationEssentials
package import Handover
package import Secrets

/// What `keybaton status --json` prints and the dashboard shows: schema 1. No secrets.
package struct StatusReport: Hashable, Sendable, Codable {
    package static let schema = 1

    package struct User: Hashable, Sendable, Codable {
        package var user: UserName
        package var phase: Phase
        package var new: New?
        package var old: Old?
        package var hosts: [Host]
        package var destinations: [Destination]
        package var decision: DecisionReport
    }

    package struct New: Hashable, Sendable, Codable {
        package var id: AccessKeyID
        package var version: Int
        package var publishedAt: Date
        /// Nil while IAM does not show the key.
        package var createdAt: Date?

        private enum CodingKeys: String, CodingKey {
            case id, version
            case publishedAt = "published_at"
            case createdAt = "created_at"
        }
    }

    package struct Old: Hashable, Sendable, Codable {
        package var id: AccessKeyID
        /// `active`, `inactive`, `deleted`, or IAM's own word.
        package var status: String
        package var lastUsed: LastUse?

        private enum CodingKeys: String, CodingKey {
            case id, status
            case lastUsed = "last_used"
        }
    }

    package struct LastUse: Hashable, Sendable, Codable {
        package var at: Date
        package var service: String
        package var region: String
    }

    package struct Host: Hashable, Sendable, Codable {
        package enum State: String, Hashable, Sendable, Codable {
            /// Its newest check-in is under NEW.
            case current
            case behind
            /// It said what is wrong, or what it said does not count.
            case problem
            /// Never seen, or not for longer than `silenceThreshold`.
            case silent
            case waived
        }

        package var host: HostID
        package var expected: Bool
        package var state: State
        package var keyID: AccessKeyID?
        package var lastSeen: Date?
        package var problem: CheckIn.Problem?

        private enum CodingKeys: String, CodingKey {
            case host, expected, state, problem
            case keyID = "key_id"
            case lastSeen = "last_seen"
        }
    }

    package struct Destination: Hashable, Sendable, Codable {
        package var name: String
        package var holdsNew: Bool
        package var problem: String?

        private enum CodingKeys: String, CodingKey {
            case name, problem
            case holdsNew = "holds_new"
        }
    }

    package struct DecisionReport: Hashable, Sendable, Codable {
        package enum Kind: String, Hashable, Sendable, Codable {
            case act, wait, hold
        }

        package var kind: Kind
        /// What is done next; nil for a wait or a hold.
        package var action: String?
        package var reason: String
        /// When a wait ends by itself, where that is known.
        package var until: Date?
    }

    package var schema = StatusReport.schema
    package var generatedAt: Date
    package var users: [User]

    package init(generatedAt: Date, users: [User]) {
        self.generatedAt = generatedAt
        self.users = users
    }

    private enum CodingKeys: String, CodingKey {
        case schema, users
        case generatedAt = "generated_at"
    }

    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}
