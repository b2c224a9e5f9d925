import FoundationEssentials
import Handover
import SandboxSupport
import Testing

@testable import Notifications

/// What each service is sent; its limits, and how it is kept from taking a host's text for more than text.
struct WebhookTemplateTests {
    private static let hostile = "\"}, {\\ <!channel> **b** [x](http://evil) @everyone `c` \u{1F600} ñ\n\t{token}"

    private func message(_ subject: String, _ text: String, isUrgent: Bool = false) throws -> Message {
        Message(
            event: "hold", user: try World.user(), subject: subject, text: text, at: World.now, isUrgent: isUrgent,
            facts: ["reason": Self.hostile])
    }

    private func sent(
        _ template: WebhookTemplate, _ message: Message, topic: String = ""
    ) throws -> JSON {
        let body = try template.body(for: message, topic: topic, token: "tk_secret")
        return try JSONDecoder().decode(JSON.self, from: Data(body))
    }

    @Test func `ntfy gets JSON at its root, with a whole number as the priority`() throws {
        let template = WebhookTemplate(.ntfy)
        #expect(
            try sent(template, try message("a hold", "why", isUrgent: true), topic: "keys") == [
                "topic": "keys", "title": "a hold", "message": "why", "priority": 4,
            ])
        #expect(template.path == "" && template.needsTopic)
    }

    @Test func `Gotify gets a message that is shown as plain text`() throws {
        let template = WebhookTemplate(.gotify)
        #expect(
            try sent(template, try message("published", "it is")) == [
                "title": "published", "message": "it is", "priority": 5,
                "extras": ["client::display": ["contentType": "text/plain"]],
            ])
        #expect(template.path == "message" && !template.needsTopic)
    }

    @Test func `Slack gets no mention, link or formatting out of a text`() throws {
        let sent = try sent(WebhookTemplate(.slack), try message("s", "<!channel> & <http://evil|here>"))
        #expect(
            sent == [
                "text": "s\n&lt;!channel&gt; &amp; &lt;http://evil|here&gt;", "mrkdwn": false, "unfurl_links": false,
            ])
    }

    @Test func `Discord gets at most 2000 characters, in which no mark works and nobody is mentioned`() throws {
        let sent = try sent(WebhookTemplate(.discord), try message("s*", Self.hostile))
        #expect(sent["allowed_mentions"] == ["parse": []])
        let content = try #require(sent["content"]?.text)
        #expect(content.hasPrefix("**s\\***\n"))
        #expect(content.contains("\\[x\\]\\(http://evil\\)") && content.contains("\\<!channel\\>"))
        let long = try message(String(repeating: "*", count: 200), String(repeating: "_ñ", count: 5000))
        let longest = try #require(try self.sent(WebhookTemplate(.discord), long)["content"]?.text)
        #expect((1500...2000).contains(longest.utf16.count))
        #expect(longest.hasSuffix("…"))
    }

    @Test(arguments: WebhookTemplate.Kind.allCases)
    func `Any text is JSON, and is filled in once`(_ kind: WebhookTemplate.Kind) throws {
        let sent = try sent(WebhookTemplate(kind), try message(Self.hostile, Self.hostile), topic: Self.hostile)
        #expect(!"\(sent)".contains("tk_secret"))
        #expect("\(sent)".contains("token"))
    }

    @Test func `A body of one's own may name every fact, the token, and keeps its own values`() throws {
        let body =
            #"{"a": ["{subject}: {reason}", 1, 1.5, true, null, "{nothing}"], "key": "{token}", "{text}": "{at}"}"#
        let template = try #require(WebhookTemplate(.json, body: body))
        #expect(
            try sent(template, try message("s", "t")) == [
                "a": [.text("s: " + Self.hostile.onOneLine(limit: 1000)), 1, 1.5, true, nil, ""],
                "key": "tk_secret", "{text}": "2027-01-15T08:00:00Z",
            ])
        #expect(WebhookTemplate(.json, body: "{text}") == nil)
    }

    @Test func `Without a body of one's own everything worth knowing is sent`() throws {
        #expect(
            try sent(WebhookTemplate(.json), try message("s", "t")) == [
                "event": "hold", "user": "backup", "at": "2027-01-15T08:00:00Z", "subject": "s", "text": "t",
            ])
    }
}
