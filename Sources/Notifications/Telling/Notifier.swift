package import FoundationEssentials
package import Handover

/// What a notifier is given: worded, without secrets. Parts of it may come from hosts and foreign services: plain text.
package struct Message: Hashable, Sendable {
    /// An event's name, or `test`.
    package var event: String
    /// Nil for what concerns no single user.
    package var user: UserName?
    /// One line.
    package var subject: String
    package var text: String
    package var at: Date
    package var isUrgent: Bool
    /// Whether nothing happened, and somebody wants to see that it arrives.
    var isTest: Bool { event == "test" }
    /// What the text was made of.
    package var facts: [String: String]

    package init(
        event: String, user: UserName?, subject: String, text: String, at: Date, isUrgent: Bool = false,
        facts: [String: String] = [:]
    ) {
        self.event = event
        self.user = user
        self.subject = subject
        self.text = text
        self.at = at
        self.isUrgent = isUrgent
        self.facts = facts
    }
}

/// Reads a tag of the IAM user that a message is about; nil when there is none of that name.
package typealias UserTags = @Sendable (_ tag: String) async throws -> String?

/// Somebody who is told.
package protocol Notifier: Sendable {
    /// Stable and readable, such as `sns arn:…`: what was told is remembered under it. No secret.
    var name: String { get }
    /// Within a bounded time.
    func deliver(_ message: Message, tags: @escaping UserTags) async throws(NotifierProblem)
}

/// Why a message did not arrive: a sentence that says what to do, without a secret.
package struct NotifierProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
    /// How much else will not arrive either, for now.
    package let reach: Reach

    package enum Reach: Sendable {
        /// This message was refused for what it is: another may be taken.
        case message
        /// The notifier takes nothing: its credentials, its address or it itself is not in order.
        case notifier
        /// There was no answer at all: nobody else is tried with it in this run.
        case run
    }

    package init(_ description: String, reach: Reach = .notifier) {
        self.description = description
        self.reach = reach
    }
}

/// Which events a notifier is told of.
package struct Subscription: Sendable {
    package var notifier: any Notifier
    package var events: Set<Notice.Event>

    package init(_ notifier: any Notifier, events: Set<Notice.Event> = Set(Notice.Event.allCases)) {
        self.notifier = notifier
        self.events = events
    }
}
