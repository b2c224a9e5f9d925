import FoundationEssentials
import Handover

/// What a service wants to be sent, as data: ntfy, Gotify, Slack and Discord differ in nothing else.
package struct WebhookTemplate: Sendable {
    package enum Kind: String, Sendable, CaseIterable, Decodable {
        case ntfy, gotify, slack, discord, json

        fileprivate var text: [UInt8] {
            switch self {
            case .ntfy: PackageResources.ntfy_json
            case .gotify: PackageResources.gotify_json
            case .slack: PackageResources.slack_json
            case .discord: PackageResources.discord_json
            case .json: PackageResources.generic_json
            }
        }
    }

    /// How a text that may come from a host is kept from being more than text.
    enum Escape: String, Decodable {
        case none
        /// https://docs.slack.dev/messaging/formatting-message-text/#escaping
        case slack
        case markdown

        func callAsFunction(_ text: String) -> String {
            switch self {
            case .none: text
            case .slack:
                text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            case .markdown:
                String(text.flatMap { #"\*_~`|>[]()#<@"#.contains($0) ? ["\\", $0] : [$0] })
            }
        }
    }

    private struct Document: Decodable {
        struct Priority: Decodable {
            var usual: Int
            var urgent: Int
        }

        /// Appended to the address.
        var path: String?
        /// Sent where there is a token.
        var token_header: [String: String]?
        var body: JSONTree
        var escape: Escape?
        /// Of each text that is filled in, escaped, in bytes.
        var longest_text: Int?
        var priority: Priority?
        /// Whether `topic` must be named.
        var needs_topic: Bool?
    }

    private let document: Document
    private let body: JSONTree

    package init(_ kind: Kind) {
        do {
            document = try JSONDecoder().decode(Document.self, from: Data(kind.text))
        } catch {
            preconditionFailure(
                "the template of \(kind.rawValue), which is part of the program, cannot be read: \(error)")
        }
        body = document.body
    }

    /// The same with a body of one's own; nil when it is not JSON.
    package init?(_ kind: Kind, body text: String) {
        document = Self(kind).document
        guard let body = try? JSONDecoder().decode(JSONTree.self, from: Data(text.utf8)) else { return nil }
        self.body = body
    }

    package var path: String { document.path ?? "" }
    package var needsTopic: Bool { document.needs_topic ?? false }
    var tokenHeader: [String: String] { document.token_header ?? [:] }

    /// A text that is nothing but `{priority}` becomes a number.
    func body(for message: Message, topic: String, token: String) throws -> [UInt8] {
        let priority = message.isUrgent ? document.priority?.urgent : document.priority?.usual
        let escape = document.escape ?? .none
        let escaped = { (text: String) in escape(text).cut(to: document.longest_text ?? .max) }
        let values = [
            "subject": escaped(message.subject), "text": escaped(message.text), "event": message.event,
            "user": message.user?.description ?? "", "at": message.at.formatted(.iso8601), "topic": topic,
            "token": token,
        ]
        let tree = body.filled { text in
            if text == "{priority}", let priority { return .number(Double(priority)) }
            return .text(fill(text) { values[$0] ?? escaped(message.facts[$0]?.onOneLine(limit: 1000) ?? "") } ?? "")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(tree))
    }
}
