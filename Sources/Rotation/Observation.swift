package import Secrets
package import FoundationEssentials
package import Handover

/// All that the planner may know: one look at IAM, the parameter, the destinations and the check-ins. No secrets.
package struct Observation: Hashable, Sendable {
    package enum KeyStatus: Hashable, Sendable {
        case active
        case inactive
        /// A status that this version does not know; treated as a reason to stop.
        case other(String)
    }

    package struct Use: Hashable, Sendable {
        package var at: Date
        /// The service and region that AWS names: what leads to a forgotten consumer.
        package var service: String
        package var region: String

        package init(at: Date, service: String, region: String) {
            self.at = at
            self.service = service
            self.region = region
        }
    }

    /// A key as ListAccessKeys and GetAccessKeyLastUsed show it.
    package struct Key: Hashable, Sendable {
        package var status: KeyStatus
        package var createdAt: Date
        /// Nil when AWS has recorded no use.
        package var lastUse: Use?

        package init(status: KeyStatus, createdAt: Date, lastUse: Use? = nil) {
            self.status = status
            self.createdAt = createdAt
            self.lastUse = lastUse
        }
    }

    package enum Parameter: Hashable, Sendable {
        case missing
        /// It exists and is not a published text.
        case unreadable(version: Int, problem: String)
        case published(PublishedIDs, version: Int)
    }

    package enum Destination: Hashable, Sendable {
        case holds(AccessKeyID)
        /// It holds something else, or nothing.
        case needsFeeding
        /// It can be written and not read: it counts as fed when the journal says so, and is fed again before OLD goes.
        case cannotTell
        /// Nothing can be done with it now, and what a person can do, without a secret.
        case failing(String)
    }

    package var keys: [AccessKeyID: Key]
    package var parameter: Parameter
    /// By name, besides the parameter.
    package var destinations: [String: Destination]
    /// Each host's newest check-in.
    package var checkIns: [HostID: ReportedCheckIn]

    package init(
        keys: [AccessKeyID: Key], parameter: Parameter, destinations: [String: Destination] = [:],
        checkIns: [HostID: ReportedCheckIn] = [:]
    ) {
        self.keys = keys
        self.parameter = parameter
        self.destinations = destinations
        self.checkIns = checkIns
    }
}

extension Journal {
    /// Whether a destination, as it was seen, holds the key whole, as far as that is known.
    func knows(_ name: String, _ seen: Observation.Destination, holds id: AccessKeyID?) -> Bool {
        guard !halfFed.contains(name) else { return false }
        return switch seen {
        case .holds(let held): held == id
        case .needsFeeding: false
        case .cannotTell, .failing: id != nil && fed[name] == id
        }
    }
}
