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
        /// `acknowledged`, `scheduled` or `next-rotation`; nil in reports of earlier versions, like all that follows.
        package var retirement: String?
        /// What happens by itself next, soonest first.
        package var upcoming: [Upcoming]?
        package var waivers: [Journal.Waiver]?
        /// The newest entries of the journal's history, oldest first.
        package var history: [Journal.Event]?
        /// Notifications that could not be delivered.
        package var undelivered: [Undelivered]?
        /// Leaked keys on their way out; nil where there are none.
        package var revocation: Journal.Revocation?

        package init(
            user: UserName, phase: Phase, new: New? = nil, old: Old? = nil, hosts: [Host] = [],
            destinations: [Destination] = [], decision: DecisionReport
        ) {
            self.user = user
            self.phase = phase
            self.new = new
            self.old = old
            self.hosts = hosts
            self.destinations = destinations
            self.decision = decision
        }
    }

    /// A step that is taken without anybody's asking.
    package struct Upcoming: Hashable, Sendable, Codable {
        /// `rotate`, `deactivate` or `delete`.
        package var step: String
        package var at: Date

        package init(step: String, at: Date) {
            self.step = step
            self.at = at
        }
    }

    package struct Undelivered: Hashable, Sendable, Codable {
        /// Which notifier, such as `sns arn:…`.
        package var notifier: String
        package var event: String
        package var problem: String
        package var since: Date
        /// False once it was given up, or is true no more; nil in reports of earlier versions.
        package var isTriedAgain: Bool?

        private enum CodingKeys: String, CodingKey {
            case notifier, event, problem, since
            case isTriedAgain = "tried_again"
        }

        package init(notifier: String, event: String, problem: String, since: Date, isTriedAgain: Bool? = nil) {
            self.notifier = notifier
            self.event = event
            self.problem = problem
            self.since = since
            self.isTriedAgain = isTriedAgain
        }
    }

    package struct New: Hashable, Sendable, Codable {
        package var id: AccessKeyID
        package var version: Int
        package var publishedAt: Date
        /// Nil while IAM does not show the key.
        package var createdAt: Date?

        package init(id: AccessKeyID, version: Int, publishedAt: Date, createdAt: Date?) {
            self.id = id
            self.version = version
            self.publishedAt = publishedAt
            self.createdAt = createdAt
        }

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

        package init(id: AccessKeyID, status: String, lastUsed: LastUse?) {
            self.id = id
            self.status = status
            self.lastUsed = lastUsed
        }

        private enum CodingKeys: String, CodingKey {
            case id, status
            case lastUsed = "last_used"
        }
    }

    package struct LastUse: Hashable, Sendable, Codable {
        package var at: Date
        package var service: String
        package var region: String

        package init(at: Date, service: String, region: String) {
            self.at = at
            self.service = service
            self.region = region
        }
    }

    package struct Destination: Hashable, Sendable, Codable {
        package var name: String
        package var holdsNew: Bool
        package var problem: String?

        package init(name: String, holdsNew: Bool, problem: String?) {
            self.name = name
            self.holdsNew = holdsNew
            self.problem = problem
        }

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

        package init(kind: Kind, action: String?, reason: String, until: Date?) {
            self.kind = kind
            self.action = action
            self.reason = reason
            self.until = until
        }
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
