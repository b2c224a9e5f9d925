import Console
import HTTPTransport
import Notifications
import RotationServices

/// `[[notify.webhook]]`: a service that takes JSON over HTTP.
struct WebhookSettings: Decodable, Sendable {
    /// `ntfy`, `gotify`, `slack`, `discord` or `json`.
    var kind: String
    /// Told from others by it in the log; needed only where two would be called alike.
    var name: String?
    var url: String?
    /// Holds the address where that is a secret, as Slack's and Discord's are.
    var urlFile: String?
    /// Of ntfy.
    var topic: String?
    var method: String?
    /// `{token}` in a value stands for the token.
    var headers: [String: String]?
    /// JSON whose texts name facts, such as `{text}`; the kind's own unless given.
    var body: String?
    var tokenFile: String?
    var tokenSecret: String?
    var tokenField: String?
    var events: [String]?

    enum CodingKeys: String, CodingKey {
        case kind, name, url, topic, method, headers, body, events
        case urlFile = "url_file"
        case tokenFile = "token_file"
        case tokenSecret = "token_secret"
        case tokenField = "token_field"
    }

    func notifier(_ services: NotifyServices) throws(InvalidSetting) -> WebhookNotifier {
        guard let known = WebhookTemplate.Kind(rawValue: kind) else {
            let all = WebhookTemplate.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw InvalidSetting("webhook: `kind` \(kind.printable) is not known; there is \(all)")
        }
        let template = try template(known)
        guard !template.needsTopic || topic?.isEmpty == false else {
            throw InvalidSetting("webhook: \(kind) needs a `topic`, and its server's own address as `url`")
        }
        guard method ?? "POST" == "POST" || method == "PUT" else {
            throw InvalidSetting("webhook: `method` must be POST or PUT")
        }
        let (address, place) = try address()
        return WebhookNotifier(
            name: name.map { "webhook \($0.printable)" }
                ?? [kind, place, topic].compactMap(\.self).joined(separator: " ").printable,
            template: template, address: address, method: method ?? "POST", topic: topic ?? "",
            headers: try checkedHeaders(), token: try token(services), sender: services.sender)
    }

    func permissions(_ names: ResourceNames) -> [AccessPolicy.Statement] {
        TokenSettings(file: tokenFile, secret: tokenSecret, field: tokenField).permissions(for: "*", names)
    }

    private func template(_ kind: WebhookTemplate.Kind) throws(InvalidSetting) -> WebhookTemplate {
        guard let body else { return WebhookTemplate(kind) }
        guard let template = WebhookTemplate(kind, body: body) else {
            throw InvalidSetting("webhook: `body` must be JSON, with placeholders such as {text} inside its texts")
        }
        return template
    }

    /// The address, and what may be shown of it.
    private func address() throws(InvalidSetting) -> (WebhookNotifier.Address, String) {
        switch (url, urlFile) {
        case (nil, nil), (_?, _?):
            throw InvalidSetting("webhook: name the address in `url`, or in `url_file` the file that holds it")
        case (let text?, nil):
            guard let url = HTTPURL(text) else {
                throw InvalidSetting(
                    "webhook: `url` must be an http or https address without a user, as in https://ntfy.sh")
            }
            return (.url(url), url.authority)
        case (nil, let path?):
            return (.secret(try secretFile(path, "url_file")), path)
        }
    }

    private func token(_ services: NotifyServices) throws(InvalidSetting) -> (any TokenProvider)? {
        guard tokenFile != nil || tokenSecret != nil || tokenField != nil else { return nil }
        let settings = TokenSettings(file: tokenFile, secret: tokenSecret, field: tokenField)
        try settings.check()
        return settings.provider(services.client)
    }

    private func checkedHeaders() throws(InvalidSetting) -> [String: String] {
        for (name, value) in headers ?? [:] {
            let isName =
                !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && !":\"(),/".utf8.contains($0) }
            guard isName, value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
                throw InvalidSetting(
                    "webhook: `headers`: \(name.printable) and its value must be plain ASCII on one line")
            }
            guard !["content-type", "content-length", "host"].contains(name.lowercased()) else {
                throw InvalidSetting("webhook: `headers`: \(name) is set by Keybaton; leave it out")
            }
        }
        return headers ?? [:]
    }
}
