package import FoundationEssentials
package import Handover

/// Something that a person may want to be told of one managed user's rotation.
package struct Notice: Hashable, Sendable {
    package enum Event: String, Hashable, Sendable, Codable, CaseIterable {
        case rotationBegun = "rotation-begun"
        case published
        /// Hosts without NEW when half of their time is over. At its end the rotation holds, which is told instead.
        case hostLate = "host-late"
        case hold
        /// OLD was deactivated, or deleted.
        case retired
        case rolledBack = "rolled-back"
        case destinationFailing = "destination-failing"
        /// Something will happen by itself soon.
        case ahead

        /// Whether it tells of a state that lasts. Such a one is told however old it is, and once more when it comes back
        /// after a day; what happened is told for a week.
        package var isState: Bool {
            switch self {
            case .hostLate, .hold, .destinationFailing, .ahead: true
            case .rotationBegun, .published, .retired, .rolledBack: false
            }
        }

        /// Whether somebody should look now.
        package var isUrgent: Bool {
            switch self {
            case .hostLate, .hold, .destinationFailing: true
            case .rotationBegun, .published, .retired, .rolledBack, .ahead: false
            }
        }
    }

    package var event: Event
    /// Which step an event of several speaks of, such as `delete`; nil where there is only one.
    package var step: String?
    package var user: UserName
    /// The same for as long as it is the same news: it is told once.
    package var key: String
    /// When it became true; the time of the look for a state.
    package var at: Date
    /// What templates may name, such as `hosts` or `reason`. No secrets.
    package var facts: [String: String]

    package init(
        event: Event, step: String? = nil, user: UserName, key: String, at: Date, facts: [String: String]
    ) {
        self.event = event
        self.step = step
        self.user = user
        self.key = key
        self.at = at
        self.facts = facts
    }

    /// The name of the template that words it.
    var template: String { step.map { "\(event.rawValue).\($0)" } ?? event.rawValue }
}
