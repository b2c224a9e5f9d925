import AWS
import FoundationEssentials
import HTTPTransport
import Handover
import HostTestSupport
import Notifications
import RotationServices
import SandboxSupport
import Secrets
import Testing

/// What every notifier promises, whatever it speaks to.
@Suite(.serialized, .enabled(if: Sandbox.isAvailable(for: "the contract of notifiers")))
struct NotifierContractTests {
    static let sandbox = Result { try Sandbox() }
    private static let token = "tk_invented_4711"
    /// What a host may write into its check-in.
    private static let hostile =
        "nas: \"}], {\\\"x\\\": 1} <!channel> <b>&amp;</b> **x** [a](http://evil) @everyone {token} {text} ñ \u{1F600}"

    enum Kind: String, CaseIterable, Sendable {
        case sns, ses, ntfy, gotify, slack, discord, json
    }

    private struct Token: TokenProvider {
        func token() async throws -> Secret { Secret(NotifierContractTests.token) }
    }

    /// Where a kind's messages arrive.
    private struct Place {
        let works: any Notifier
        let fails: any Notifier
        /// Each message with its subject, as a person reads it.
        let received: () async throws -> [String]
    }

    private struct Sent: Decodable {
        var subject: String
        var text: String
    }

    private let sandbox: Sandbox
    private let server: RecordingServer

    init() async throws {
        sandbox = try Self.sandbox.get()
        server = try RecordingServer()
        try await sandbox.reset()
    }

    private func place(_ kind: Kind) async throws -> Place {
        guard let webhook = WebhookTemplate.Kind(rawValue: kind.rawValue) else { return try await awsPlace(kind) }
        let sender = try CurlTransport(environment: [:], allowsPlainHTTP: true)
        func notifier(_ path: String) throws -> WebhookNotifier {
            WebhookNotifier(
                name: kind.rawValue, template: WebhookTemplate(webhook),
                address: .url(try #require(HTTPURL(server.address + path))), topic: "keys", token: Token(),
                sender: sender)
        }
        return Place(works: try notifier("/hook"), fails: try notifier("/down")) { [server] in
            try server.requests.filter { $0.path.hasPrefix("/hook") }.map { request in
                let texts = Self.texts(try JSONDecoder().decode(JSON.self, from: Data(request.body.utf8)))
                return Self.shown(texts.joined(separator: "\n"), by: kind)
            }
        }
    }

    private func awsPlace(_ kind: Kind) async throws -> Place {
        let all: JSON = ["Version": "2012-10-17", "Statement": [["Effect": "Allow", "Action": "*", "Resource": "*"]]]
        let key = try await sandbox.makeUser("rotator", policy: all).key
        let client = AWSClient(
            sender: try CurlTransport(caBundle: sandbox.caBundle, environment: [:]),
            endpoints: EndpointResolver(environment: sandbox.environment, region: sandbox.region),
            credentials: StaticCredentialsProvider(
                AWSCredentials(
                    accessKeyID: "\(key.id)", secretAccessKey: key.secret, sessionToken: nil, expiration: nil,
                    source: "the test")),
            retry: RetryPolicy(maximumAttempts: 1))
        try await sandbox.call("sesv2", "create_email_identity", ["EmailIdentity": "example.org"])
        let topic = try #require(try await sandbox.call("sns", "create_topic", ["Name": "keys"])["TopicArn"]?.text)
        let (works, fails): (any Notifier, any Notifier)
        if kind == .sns {
            (works, fails) = (
                SNSNotifier(SNSClient(client), topic: topic), SNSNotifier(SNSClient(client), topic: topic + "-gone")
            )
        } else {
            let to = try #require(MailAddress("ana@example.net"))
            func mailer(_ sender: String) throws -> SESNotifier {
                SESNotifier(SESClient(client), from: try #require(MailAddress(sender)), to: .addresses([to]))
            }
            (works, fails) = (try mailer("keys@example.org"), try mailer("keys@example.com"))
        }
        return Place(works: works, fails: fails) { [sandbox] in
            try await sandbox.sent(as: [Sent].self).map { "\($0.subject)\n\($0.text)" }
        }
    }

    /// Every text of a document.
    private static func texts(_ json: JSON) -> [String] {
        switch json {
        case .text(let text): [text]
        case .array(let elements): elements.flatMap(texts)
        case .object(let members): members.sorted { $0.key < $1.key }.flatMap { texts($0.value) }
        case .null, .bool, .number: []
        }
    }

    /// What a service makes of its marks.
    private static func shown(_ text: String, by kind: Kind) -> String {
        switch kind {
        case .slack:
            return text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
        case .discord:
            var shown = ""
            var isEscaped = false
            for character in text {
                isEscaped = character == "\\" && !isEscaped
                if !isEscaped { shown.append(character) }
            }
            return shown
        default: return text
        }
    }

    private func message() throws -> Message {
        let notice = Notice(
            event: .hold, user: try World.user(), key: "k", at: World.now,
            facts: ["user": "backup", "reason": Self.hostile])
        return Templates(.english).message(for: [notice])
    }

    @Test(arguments: Kind.allCases)
    func `A message is delivered once, and what a host wrote is shown as it wrote it`(_ kind: Kind) async throws {
        let place = try await place(kind)
        let message = try message()
        try await place.works.deliver(message, tags: { _ in nil })
        let received = try await place.received()
        #expect(received.count == 1)
        let text = try #require(received.first)
        #expect(text.contains(message.subject), "\(text)")
        #expect(text.contains(Self.hostile), "\(text)")
        #expect(!text.contains(Self.token))
    }

    @Test(arguments: Kind.allCases)
    func `A failure is a sentence that says what to do, and the next attempt is delivered`(_ kind: Kind) async throws {
        let place = try await place(kind)
        let message = try message()
        let problem = await #expect(throws: NotifierProblem.self) {
            try await place.fails.deliver(message, tags: { _ in nil })
        }
        let text = try #require(problem?.description)
        #expect(!text.contains(Self.token) && !text.contains("evil"), "\(text)")
        #expect(text.contains(" ") && text.utf8.count < 600, "\(text)")
        #expect(try await place.received().isEmpty)
        try await place.works.deliver(message, tags: { _ in nil })
        #expect(try await place.received().count == 1)
    }

    @Test(arguments: Kind.allCases)
    func `The longest message is taken`(_ kind: Kind) async throws {
        let place = try await place(kind)
        let user = try World.user()
        let notices = (1...500).map { number in
            Notice(
                event: .destinationFailing, user: user, key: "\(number)", at: World.now,
                facts: [
                    "user": "backup", "destination": "file /\(number)", "problem": String(repeating: "*é", count: 5000),
                ])
        }
        try await place.works.deliver(Templates(.spanish).message(for: notices), tags: { _ in nil })
        let received = try await place.received()
        #expect(received.count == 1)
        if kind == .discord { #expect((received.first?.utf16.count ?? 0) < 2000) }
    }
}
