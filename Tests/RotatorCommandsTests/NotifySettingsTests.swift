import AWS
import Console
import FoundationEssentials
import HTTPTransport
import Notifications
import Secrets
import Testing

@testable import RotatorCommands

/// `[notify]`: what it makes, and what is refused with a sentence that names the setting.
struct NotifySettingsTests {
    private struct NoNetwork: HTTPSender {
        func send(_ request: HTTPRequest, limits: HTTPLimits) async throws(HTTPError) -> HTTPResponse {
            throw HTTPError(.other, host: "", message: "a test of settings sends nothing")
        }
    }

    private struct NoCredentials: CredentialsProvider {
        func credentials() async throws -> AWSCredentials { throw CancellationError() }
    }

    private func settings(_ text: String) throws -> NotifySettings {
        let head = "region = \"eu-west-1\"\nbucket = \"keys\"\n[[user]]\nname = \"backup\"\n"
        let configuration = try ConfigurationFile.decode(
            RotatorConfiguration.self, from: head + text, path: "rotator.toml")
        return try #require(configuration.notify)
    }

    private func subscriptions(_ text: String) throws -> [Subscription] {
        let client = AWSClient(
            sender: NoNetwork(), endpoints: EndpointResolver(environment: [:], region: "eu-west-1"),
            credentials: NoCredentials())
        return try settings(text).subscriptions(NotifyServices(client: client, sender: NoNetwork()))
    }

    private static let whole = """
        [notify]
        language = "es"
        events = ["hold", "host-late"]
        ping = "https://hc-ping.com/0b1c"
        [[notify.sns]]
        topic = "arn:aws:sns:eu-central-1:123456789012:keybaton"
        events = ["retired"]
        [[notify.ses]]
        from = "keys@example.org"
        [[notify.ses]]
        from = "keys@example.org"
        to = ["ops@example.org"]
        region = "eu-west-2"
        [[notify.webhook]]
        kind = "ntfy"
        url = "http://ntfy.lan:8080"
        topic = "keys"
        token_file = "/etc/keybaton/ntfy"
        [[notify.webhook]]
        kind = "slack"
        url_file = "/etc/keybaton/slack"
        [[notify.webhook]]
        kind = "json"
        name = "mine"
        url = "https://hooks.example.org/a/b"
        method = "PUT"
        headers = {X-Key = "{token}", X-Kind = "keys"}
        body = '{"say": "{text}"}'
        token_secret = "keys/hook"
        token_field = "token"
        """

    @Test func `Every notifier is called by what leads to it, and an address that is a secret by its file`() throws {
        let made = try subscriptions(Self.whole)
        #expect(
            made.map(\.notifier.name) == [
                "sns arn:aws:sns:eu-central-1:123456789012:keybaton", "ses tag mail", "ses ops@example.org",
                "ntfy ntfy.lan:8080 keys", "slack /etc/keybaton/slack", "webhook mine",
            ])
        #expect(made.map(\.events) == [[.retired]] + Array(repeating: [.hold, .hostLate], count: 5))
        #expect(try settings(Self.whole).chosenLanguage() == .spanish)
    }

    @Test func `Mail to the user's own address depends on no other mail, nor that on it`() throws {
        let text = "[notify]\n[[notify.ses]]\nfrom = \"a@b\"\nto = [\"c@d\", \"e@f\"]\nuser_tag = \"owner\"\n"
        #expect(try subscriptions(text).map(\.notifier.name) == ["ses c@d, e@f", "ses tag owner"])
    }

    @Test func `Where no events are named, all are told, in English`() throws {
        let text = "[notify]\n[[notify.webhook]]\nkind = \"discord\"\nurl_file = \"/d\"\n"
        #expect(try subscriptions(text).map(\.events) == [Set(Notice.Event.allCases)])
        #expect(try settings(text).chosenLanguage() == .english)
    }

    private static let webhook = "[notify]\n[[notify.webhook]]\nkind = \"json\"\nurl = \"https://h.example\"\n"

    @Test(
        arguments: [
            ("[notify]\nlanguage = \"de\"\n", "`language` de is not known; there is en, es"),
            (
                "[notify]\nevents = [\"holds\"]\n[[notify.webhook]]\nkind = \"json\"\nurl = \"https://h\"\n",
                "not an event"
            ),
            ("[notify]\nping = \"hc-ping.com/0b1c\"\n", "`ping` must be"),
            ("[notify]\nping = \"https://h/x\"\nping_file = \"/x\"\n", "exclude each other"),
            ("[notify]\nping_file = \"x\"\n", "whole path"),
            ("[notify]\n[[notify.sns]]\ntopic = \"keybaton\"\n", "`topic` must be the topic's ARN"),
            ("[notify]\n[[notify.sns]]\ntopic = \"arn:aws:sqs:eu-west-1:1:q\"\n", "`topic` must be the topic's ARN"),
            ("[notify]\n[[notify.ses]]\nfrom = \"Keys <a@b>\"\n", "not one mail address"),
            ("[notify]\n[[notify.ses]]\nfrom = \"a@b\"\nto = [\"c@d, e@f\"]\n", "`to`"),
            ("[notify]\n[[notify.ses]]\nfrom = \"a@b\"\nuser_tag = \"\"\n", "`user_tag` must not be empty"),
            (
                "[notify]\n[[notify.webhook]]\nkind = \"teams\"\nurl = \"https://h\"\n",
                "ntfy, gotify, slack, discord, json"
            ),
            ("[notify]\n[[notify.webhook]]\nkind = \"ntfy\"\nurl = \"https://ntfy.sh\"\n", "needs a `topic`"),
            ("[notify]\n[[notify.webhook]]\nkind = \"slack\"\n", "`url_file`"),
            ("[notify]\n[[notify.webhook]]\nkind = \"slack\"\nurl = \"https://a\"\nurl_file = \"/a\"\n", "`url_file`"),
            ("[notify]\n[[notify.webhook]]\nkind = \"slack\"\nurl = \"ftp://a\"\n", "`url` must be"),
            (webhook + "body = \"{text}\"\n", "`body` must be JSON"),
            (webhook + "method = \"DELETE\"\n", "`method` must be"),
            (webhook + "headers = {\"a b\" = \"c\"}\n", "plain ASCII"),
            (webhook + "headers = {A = \"b\\r\\nC: d\"}\n", "plain ASCII"),
            (webhook + "headers = {Host = \"b\"}\n", "is set by Keybaton"),
            (webhook + "token_file = \"/a\"\ntoken_secret = \"b\"\n", "exclude each other"),
            (webhook + "[[notify.webhook]]\nkind = \"json\"\nurl = \"https://h.example/other\"\n", "configured twice"),
        ])
    func `What can never work is refused`(_ text: String, _ part: String) throws {
        let problem = #expect(throws: InvalidSetting.self) {
            _ = try settings(text).chosenLanguage()
            _ = try settings(text).monitorAddress()
            _ = try subscriptions(text)
        }
        #expect(problem?.description.contains(part) == true, "\(problem?.description ?? "")")
        #expect(problem?.description.contains("0b1c") != true)
    }

    @Test(
        arguments: [
            ("[notify]\nevent = []\n", "notify.event"),
            ("[notify]\n[[notify.webhook]]\nkind = \"json\"\ntoken = \"abc\"\n", "notify.webhook #1.token"),
        ])
    func `A setting that nobody reads is an error, and a token in the configuration is one`(
        _ text: String, _ part: String
    ) {
        let failure = #expect(throws: CommandFailure.self) { try settings(text) }
        #expect(failure?.description.contains(part) == true, "\(failure?.description ?? "")")
    }
}
