package import FoundationEssentials
package import Handover

/// Something that a person may want to be told of one managed user's rotation.
package struct Notice: Hashable, Sendable, Codable {
    package enum Event: String, Hashable, Sendable, Codable, CaseIterable {
        case rotationBegun = "rotation-begun"
        case published
        case hostLate = "host-late"
        case hold
        case retired
        case rolledBack = "rolled-back"
        case destinationFailing = "destination-failing"
        /// Something will happen by itself soon.
        case ahead
    }

    package var event: Event
    package var user: UserName
    /// The same for as long as it is the same news: it is told once.
    package var key: String
    /// When it became true, as far as that is known.
    package var at: Date
    /// What templates may name, such as `host` or `reason`. No secrets.
    package var facts: [String: String]

    package init(event: Event, user: UserName, key: String, at: Date, facts: [String: String]) {
        self.event = event
        self.user = user
        self.key = key
        self.at = at
        self.facts = facts
    }
}
