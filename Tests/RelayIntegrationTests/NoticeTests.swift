import FoundationEssentials
import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// What people are told of a rotation, by the real program: in order, once, and never in its way.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "notices")))
struct NoticeTests {
    static let sandbox = Result { try Sandbox() }

    private let server: RecordingServer

    init() throws { server = try RecordingServer() }

    /// - Parameter path: of the webhook.
    private func settings(_ path: String = "/hook", more: String = "") -> String {
        """
        [notify]
        ping = "\(server.address)/0b1c"
        \(more)
        [[notify.webhook]]
        kind = "json"
        url = "\(server.address)\(path)"
        """
    }

    /// What the webhook was told.
    private var messages: [JSON] {
        get throws {
            try server.requests.filter { !$0.path.hasPrefix("/0b1c") }.map {
                try JSONDecoder().decode(JSON.self, from: Data($0.body.utf8))
            }
        }
    }

    private var events: [String] { get throws { try messages.compactMap { $0["event"]?.text } } }

    private var pings: [String] {
        get throws { try server.requests.map(\.path).filter { $0.hasPrefix("/0b1c") } }
    }

    private struct Sent: Decodable {
        var topic: String?
        var to: [String]?
        var subject: String
    }

    @Test func `A rotation tells exactly what happened, in its order, to everybody, and its monitor`() async throws {
        let sandbox = try Self.sandbox.get()
        let topic = "arn:aws:sns:\(sandbox.region):\(sandbox.account):keybaton"
        let mail = """
            language = "es"
            [[notify.sns]]
            topic = "\(topic)"
            [[notify.ses]]
            from = "keys@example.org"
            """
        let relay = try await Relay(
            sandbox, hosts: ["nas", "pi"], settings: settings(more: mail), policy: Policies.all)
        try await sandbox.call("sns", "create_topic", ["Name": "keybaton"])
        try await sandbox.call("sesv2", "create_email_identity", ["EmailIdentity": "example.org"])
        try await sandbox.call(
            "iam", "tag_user",
            ["UserName": .text(Relay.user), "Tags": [["Key": "mail", "Value": "ana@example.net"]]])
        try await relay.lead(to: .steady)
        #expect(try events == [], "an adopted key is no news")
        try await relay.lead(from: .steady, to: .retirable)
        relay.expect(relay.keybaton("run"), [0])
        relay.expect(relay.keybaton("run"), [0])
        #expect(try events == ["rotation-begun", "published", "retired", "retired"])
        #expect(
            try messages.compactMap { $0["subject"]?.text } == [
                "backup: ha empezado una rotación", "backup: la clave de acceso nueva está publicada",
                "backup: la clave de acceso anterior está desactivada",
                "backup: la clave de acceso anterior se ha eliminado",
            ])
        let sent = try await sandbox.sent(as: [Sent].self)
        #expect(sent.filter { $0.topic == topic }.map(\.subject).first == "backup: ha empezado una rotacion")
        #expect(sent.filter { $0.topic == topic }.count == 4)
        #expect(sent.filter { $0.to == ["ana@example.net"] }.count == 4)
        // `rotate` is a person's; the monitor waits for what a timer calls.
        #expect(try pings.count(where: { $0 == "/0b1c/start" }) == pings.count / 2)
        #expect(try pings.suffix(2) == ["/0b1c/start", "/0b1c"])
        for request in try server.requests {
            #expect(!request.body.contains(relay.first.secret.reveal()))
            let published = try #require(try await relay.published())
            #expect(!request.body.contains(published.keys.new.secret.reveal()))
        }
    }

    @Test func `What a broken notifier did not take is told when it works again, and seen meanwhile`() async throws {
        let relay = try await Relay(Self.sandbox.get(), hosts: ["nas"], settings: settings("/down"))
        try await relay.lead(to: .steady)
        let result = relay.keybaton("rotate")
        #expect(result.status == 0, "the exit code is the run's: \(result.output)")
        #expect(result.output.contains("rotation-begun was not told to json 127.0.0.1"), "\(result.output)")
        #expect(result.output.contains("answered 500"), "\(result.output)")
        let failed = try relay.status()["undelivered"]?.elements ?? []
        #expect(Set(failed.compactMap { $0["event"]?.text }) == ["rotation-begun", "published"])
        relay.expect(relay.keybaton("run"), [0])
        relay.configure(settings("/hook"))
        let before = try events.count
        relay.expect(relay.keybaton("run"), [0])
        #expect(try events.dropFirst(before) == ["rotation-begun", "published"])
        #expect(try relay.status()["undelivered"]?.elements == [])
        relay.expect(relay.keybaton("run"), [0])
        #expect(try events.count == before + 2)
    }

    @Test func `A host that is late is told of at half time, and the hold at the end, each once`() async throws {
        let policy = "[user.policy]\nack_deadline = \"2h\"\n"
        let relay = try await Relay(Self.sandbox.get(), hosts: ["nas", "pi"], settings: policy + settings())
        try await relay.lead(to: .steady)
        // Of two check-ins in one second nobody knows which came last, and a host that may hold OLD counts as holding it.
        try await relay.forward(2)
        relay.expect(relay.keybaton("rotate"), [0])
        relay.hosts[1].run()
        try await relay.forward(50 * 60)
        relay.expect(relay.keybaton("run"), [0])
        #expect(try events == ["rotation-begun", "published"])
        for _ in 1...2 {
            try await relay.forward(12 * 60)
            relay.expect(relay.keybaton("run"), [0])
        }
        #expect(try events == ["rotation-begun", "published", "host-late"])
        #expect(try messages.last?["text"]?.text?.contains("nas") == true)
        #expect(try messages.last?["text"]?.text?.contains("pi") == false)
        for _ in 1...2 {
            try await relay.forward(50 * 60)
            relay.expect(relay.keybaton("run"), [13])
        }
        #expect(try events == ["rotation-begun", "published", "host-late", "hold"])
        #expect(try messages.last?["text"]?.text?.contains("keybaton waive backup --host nas") == true)
        #expect(try pings.last == "/0b1c/13")
    }

    @Test func `Without the right to remember what was told the rotator works, tells nothing, and says so`()
        async throws
    {
        let sandbox = try Self.sandbox.get()
        let relay = try await Relay(sandbox, settings: settings())
        try await relay.lead(to: .steady)
        let statements = Policies.rotatorStatements(sandbox).filter { $0.0 != "s3:PutObject notices" }.map(\.1)
        try await sandbox.setPolicy(Policies.document(statements), of: "rotator")
        let result = relay.keybaton("rotate")
        #expect(result.status == 0)
        #expect(result.output.contains("lacks the permission"), "\(result.output)")
        #expect(try events == [])
    }

    @Test func `notify says who is told, and with --test tells them, whatever becomes of it`() async throws {
        let relay = try await Relay(Self.sandbox.get(), settings: settings())
        let list = relay.keybaton("notify")
        #expect(list.status == 0)
        #expect(list.output.contains("rotation-begun, published, host-late, hold, retired"), "\(list.output)")
        #expect(try events == [])
        #expect(relay.keybaton("notify", "--test").output.contains(": delivered"))
        #expect(try events == ["test"])
        relay.configure(settings("/refused"))
        let refused = relay.keybaton("notify", "--test", "--json")
        #expect(refused.status == 69, "\(refused.output)")
        #expect(refused.output.contains("answered 401") && refused.output.contains("\"delivered\":false"))
        relay.configure()
        #expect(relay.keybaton("notify").status == 78)
    }

    @Test func `A test goes to the mail address of the user who is named`() async throws {
        let sandbox = try Self.sandbox.get()
        let mail = "[notify]\n[[notify.ses]]\nfrom = \"keys@example.org\"\nuser_tag = \"owner\"\n"
        let relay = try await Relay(sandbox, settings: mail, policy: Policies.all)
        try await sandbox.call("sesv2", "create_email_identity", ["EmailIdentity": "example.org"])
        let nobody = relay.keybaton("notify", "--test")
        #expect(nobody.status == 69 && nobody.output.contains("name a user"), "\(nobody.output)")
        let untagged = relay.keybaton("notify", "--test", Relay.user)
        #expect(untagged.status == 69 && untagged.output.contains("has no tag `owner`"), "\(untagged.output)")
        try await sandbox.call(
            "iam", "tag_user",
            ["UserName": .text(Relay.user), "Tags": [["Key": "owner", "Value": "ana@example.net"]]])
        #expect(relay.keybaton("notify", "--test", Relay.user).status == 0)
        #expect(try await sandbox.sent(as: [Sent].self).map(\.to) == [["ana@example.net"]])
    }

    @Test func `A monitor whose address is a secret is told of a run that fails, and its address is never said`()
        async throws
    {
        let folder = ScratchDirectory()
        let file = folder.write("ping", server.address + "/0b1c\n")
        let relay = try await Relay(
            Self.sandbox.get(), settings: "[notify]\nping_file = \"\(file)\"\n", policy: Policies.all)
        try await relay.sandbox.call(
            "iam", "delete_access_key",
            ["UserName": .text(Relay.user), "AccessKeyId": .text("\(relay.first.id)")])
        relay.configure("[notify]\nping_file = \"\(file)\"\n", bucket: "nobody-has-this-bucket")
        let failed = relay.keybaton("run")
        #expect(failed.status != 0)
        #expect(try pings == ["/0b1c/start", "/0b1c/\(failed.status)"])
        #expect(try server.requests.last?.body.contains("backup: ") == true)
        let shared = folder.write("shared", server.address + "/0b1c\n", mode: 0o644)
        relay.configure("[notify]\nping_file = \"\(shared)\"\n")
        let distrusted = relay.keybaton("run")
        #expect(distrusted.output.contains("the monitor will not be told"), "\(distrusted.output)")
        #expect(!distrusted.output.contains("0b1c") && !failed.output.contains("0b1c"))
    }
}
