import AWS
import HTTPTransport
import Handover
import Notifications
import SandboxSupport
import Secrets
import Testing

/// SNS and SES against the sandbox: permissions, faults, what arrives.
@Suite(.serialized, .enabled(if: Sandbox.isAvailable(for: "SNS and SES")))
struct AWSNotifierTests {
    static let sandbox = Result { try Sandbox() }
    private static let nothing: JSON = [
        "Version": "2012-10-17", "Statement": [["Effect": "Deny", "Action": "*", "Resource": "*"]],
    ]

    private let sandbox: Sandbox

    init() async throws {
        sandbox = try Self.sandbox.get()
        try await sandbox.reset()
    }

    private struct Sent: Decodable {
        var from: String?
        var to: [String]?
        var topic: String?
        var subject: String
        var text: String
        var attributes: [String: String]?
    }

    private func client(_ statements: JSON...) async throws -> AWSClient {
        let policy: JSON = ["Version": "2012-10-17", "Statement": .array(statements)]
        let key = try await sandbox.makeUser("rotator", policy: policy).key
        return AWSClient(
            sender: try CurlTransport(caBundle: sandbox.caBundle, environment: [:]),
            endpoints: EndpointResolver(environment: sandbox.environment, region: sandbox.region),
            credentials: StaticCredentialsProvider(
                AWSCredentials(
                    accessKeyID: "\(key.id)", secretAccessKey: key.secret, sessionToken: nil, expiration: nil,
                    source: "the test")),
            retry: RetryPolicy(maximumAttempts: 1))
    }

    private func message(user: String? = "backup", subject: String = "backup: rotación") throws -> Message {
        Message(
            event: "hold", user: user.flatMap { UserName($0) }, subject: subject, text: "línea\n<b>&\"", at: World.now)
    }

    private func problem(_ notifier: any Notifier, tags: @escaping UserTags = { _ in nil }) async throws -> String {
        let message = try message()
        let problem = await #expect(throws: NotifierProblem.self) { try await notifier.deliver(message, tags: tags) }
        return "\(try #require(problem))"
    }

    private func topic() async throws -> String {
        try #require(try await sandbox.call("sns", "create_topic", ["Name": "keybaton"])["TopicArn"]?.text)
    }

    @Test func `A topic gets the message once, its subject in ASCII, and what to filter by`() async throws {
        let topic = try await topic()
        let client = try await client(["Effect": "Allow", "Action": "sns:Publish", "Resource": .text(topic)])
        let notifier = SNSNotifier(SNSClient(client), topic: topic)
        let long = "¿Señor?\r\nBcc: x " + String(repeating: "y", count: 200)
        try await notifier.deliver(try message(subject: long), tags: { _ in nil })
        let sent = try await sandbox.sent(as: [Sent].self)
        #expect(sent.count == 1)
        #expect(sent.first?.topic == topic)
        #expect(sent.first?.subject.hasPrefix("?Senor?  Bcc: x yyy") == true)
        #expect(sent.first?.subject.utf8.count == 99)
        #expect(sent.first?.text == "línea\n<b>&\"")
        #expect(sent.first?.attributes == ["event": "hold", "user": "backup"])
        #expect(notifier.name == "sns \(topic)")
    }

    @Test func `A topic that is missing, closed or broken is a sentence`() async throws {
        let topic = try await topic()
        let open = try await client(["Effect": "Allow", "Action": "sns:Publish", "Resource": "*"])
        let missing = try await problem(SNSNotifier(SNSClient(open), topic: topic + "-other"))
        #expect(missing.contains("NotFound"), "\(missing)")
        try await sandbox.setPolicy(Self.nothing, of: "rotator")
        let closed = try await problem(SNSNotifier(SNSClient(open), topic: topic))
        #expect(closed.contains("lacks the permission") && closed.contains("SNS Publish"), "\(closed)")
    }

    @Test(arguments: ["throttle", "error", "drop", "lose"])
    func `AWS's own failures are sentences without a secret`(_ kind: String) async throws {
        let topic = try await topic()
        let client = try await client(["Effect": "Allow", "Action": "sns:Publish", "Resource": "*"])
        try await sandbox.add(fault: ["kind": .text(kind), "operation": "Publish"])
        let text = try await problem(SNSNotifier(SNSClient(client), topic: topic))
        #expect(text.contains("SNS Publish failed"), "\(text)")
    }

    private func mailer(to recipients: SESNotifier.Recipients, _ client: AWSClient) throws -> SESNotifier {
        SESNotifier(SESClient(client), from: try #require(MailAddress("keys@example.org")), to: recipients)
    }

    private func mailer(to: String..., client: AWSClient) throws -> SESNotifier {
        try mailer(to: .addresses(try to.map { try #require(MailAddress($0)) }), client)
    }

    private func mailer(tag: String, besides: String..., client: AWSClient) throws -> SESNotifier {
        try mailer(to: .tag(tag, besides: try besides.map { try #require(MailAddress($0)) }), client)
    }

    private func mailClient() async throws -> AWSClient {
        try await sandbox.call("sesv2", "create_email_identity", ["EmailIdentity": "example.org"])
        let identity = "arn:aws:ses:\(sandbox.region):\(sandbox.account):identity/example.org"
        return try await client(["Effect": "Allow", "Action": "ses:SendEmail", "Resource": .text(identity)])
    }

    @Test func `Mail goes to the configured addresses, and to the user's own if it is none of them`() async throws {
        let client = try await mailClient()
        let tags: UserTags = { $0 == "mail" ? "ana@example.net" : nil }
        try await mailer(to: "ops@example.net", "ana@example.net", client: client).deliver(try message(), tags: tags)
        try await mailer(tag: "mail", besides: "ana@example.net", client: client).deliver(try message(), tags: tags)
        try await mailer(tag: "mail", besides: "ops@example.net", client: client).deliver(
            try message(subject: "a\r\nBcc: x@y"), tags: tags)
        try await mailer(tag: "mail", client: client).deliver(try message(), tags: tags)
        try await mailer(tag: "mail", besides: "ops@example.net", client: client).deliver(
            try message(), tags: { _ in nil })
        let sent = try await sandbox.sent(as: [Sent].self)
        #expect(sent.map(\.to) == [["ops@example.net", "ana@example.net"], ["ana@example.net"], ["ana@example.net"]])
        #expect(sent.allSatisfy { $0.from == "keys@example.org" })
        #expect(sent.map(\.subject) == ["backup: rotación", "a  Bcc: x@y", "backup: rotación"])
        #expect(sent.first?.text == "línea\n<b>&\"")
    }

    @Test func `A user without an address, or with what is none, is said`() async throws {
        let client = try await mailClient()
        let nobody = try await problem(try mailer(tag: "mail", client: client))
        #expect(nobody.contains("has no tag `mail`"), "\(nobody)")
        for besides in [[], ["ops@example.net"]] {
            let tagged = SESNotifier.Recipients.tag(
                "mail", besides: try besides.map { try #require(MailAddress($0)) })
            let wrong = try await problem(try mailer(to: tagged, client), tags: { _ in "a@b, c@d" })
            #expect(wrong.contains("not one mail address") && !wrong.contains("a@b"), "\(wrong)")
        }
        #expect(try await sandbox.sent(as: [Sent].self).isEmpty)
    }

    @Test func `A sender that SES has not verified, and one who may not send, say what to do`() async throws {
        let all = try await client(["Effect": "Allow", "Action": "*", "Resource": "*"])
        let unverified = try await problem(try mailer(to: "a@example.net", client: all))
        #expect(unverified.contains("Verify the sender in SES"), "\(unverified)")
        try await sandbox.setPolicy(Self.nothing, of: "rotator")
        let closed = try await problem(try mailer(to: "a@example.net", client: all))
        #expect(closed.contains("lacks the permission") && closed.contains("SendEmail"), "\(closed)")
    }

    @Test func `SES's own failures are sentences`() async throws {
        let client = try await mailClient()
        for kind in ["throttle", "error", "truncate"] {
            try await sandbox.add(fault: ["kind": .text(kind), "operation": "SendEmail"])
            let text = try await problem(try mailer(to: "a@example.net", client: client))
            #expect(text.contains("SESv2 SendEmail failed"), "\(text)")
        }
    }
}
