import FoundationEssentials
import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// What the bucket says is not trusted: whoever holds a key of the user may write check-ins, and a journal may be damaged.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "hostile objects")))
struct HostileTests {
    static let sandbox = Result { try Sandbox() }

    @Test func `Invented check-ins neither hold the rotation up nor push it on, and reach no command line`()
        async throws
    {
        let relay = try await Relay(Self.sandbox.get(), hosts: ["nas", "pi"])
        try await relay.lead(to: .steady)
        relay.expect(relay.keybaton("rotate"), [0])
        let new = try #require(try await relay.published()).keys.new
        let folder = "acks/\(Relay.user)/\(new.id)"
        // In the place of nas, who has not installed NEW.
        let junk: [(String, String)] = [
            ("nas", "{}"), ("nas", "null"), ("nas", String(repeating: "[", count: 60_000)),
            ("nas", String(repeating: "x", count: 70_000)), ("nas", #"{"format":99}"#),
        ]
        for (host, body) in junk {
            try await relay.put(object: "\(folder)/\(host).json", body, metadata: ["keybaton-proof": "00"])
            relay.expect(relay.keybaton("run"), [0])
            #expect(try await relay.keys()["\(relay.first.id)"] == "Active", "\(body.prefix(40))")
        }
        for name in ["$(reboot)", "a;b", "x y", "../../nas", "`id`", "a\u{1B}[2J", String(repeating: "n", count: 65)] {
            try await relay.put(object: "\(folder)/\(name).json", "{}")
        }
        for number in 1...300 { try await relay.put(object: "\(folder)/invented-\(number).json", "{}") }
        relay.expect(relay.keybaton("run"), [0])
        let hosts = try relay.status()["hosts"]?.elements ?? []
        #expect(hosts.count >= 302)
        #expect(Set(hosts.filter { $0["expected"] == .bool(true) }.compactMap { $0["host"]?.text }) == ["nas", "pi"])
        relay.runAgents()
        relay.expect(relay.keybaton("run"), [0])
        #expect(try await relay.keys() == ["\(relay.first.id)": "Inactive", "\(new.id)": "Active"])
        _ = relay.keybaton("status")
        for text in ["$(reboot)", "`id`", "a;b", "\u{1B}"] { #expect(!relay.printed.contains(text)) }
    }

    @Test func `A check-in counts for its own user, key, host and format alone, even if its proof verifies`()
        async throws
    {
        let relay = try await Relay(Self.sandbox.get(), hosts: ["nas", "pi"])
        try await relay.lead(to: .steady)
        relay.expect(relay.keybaton("rotate"), [0])
        let new = try #require(try await relay.published()).keys.new
        let old = "acks/\(Relay.user)/\(relay.first.id)/pi.json"
        let genuine = try #require(try await relay.object(old))
        func forge(_ change: (String) -> String, as host: String = "nas") async throws {
            let body = change(genuine.replacing("\(relay.first.id)", with: "\(new.id)"))
            let code = HMACSHA256.authenticationCode(
                for: Array("keybaton check-in v1\n".utf8) + Array(body.utf8), key: new.secret)
            try await relay.put(
                object: "acks/\(Relay.user)/\(new.id)/\(host).json", body,
                metadata: ["keybaton-proof": .text(code.hexadecimal)])
        }
        let lies: [(String, (String) -> String)] = [
            ("another host", { $0 }),
            ("another user", { $0.replacing("\"pi\"", with: "\"nas\"").replacing("\"backup\"", with: "\"media\"") }),
            (
                "a version that is still to come",
                {
                    $0.replacing("\"pi\"", with: "\"nas\"").replacing(
                        "\"parameter_version\":1", with: "\"parameter_version\":999")
                }
            ),
            ("the version before", { $0.replacing("\"pi\"", with: "\"nas\"") }),
            (
                "a later format",
                { $0.replacing("\"pi\"", with: "\"nas\"").replacing("\"format\":1", with: "\"format\":2") }
            ),
        ]
        #expect(relay.hosts[1].run().status == 0)
        for (what, change) in lies {
            try await forge(change)
            relay.expect(relay.keybaton("run"), [0])
            #expect(try await relay.keys()["\(relay.first.id)"] == "Active", "\(what)")
        }
        try await relay.converge()
    }

    static let damagedJournals: [(String, @Sendable (String) -> String)] = [
        ("cut short", { String($0.dropLast($0.count / 2)) }), ("empty", { _ in "" }),
        ("another format", { $0.replacing("\"format\":2", with: "\"format\":3") }),
        ("another user's", { $0.replacing("\"backup\"", with: "\"media\"") }), ("not JSON", { _ in "hello" }),
    ]

    @Test func `A journal that cannot be read stops the rotator with 65 and changes nothing`() async throws {
        let relay = try await Relay(Self.sandbox.get(), hosts: ["nas", "pi"])
        try await relay.lead(to: .acknowledged)
        let name = "state/\(Relay.user).json"
        let genuine = try #require(try await relay.object(name))
        let keys = try await relay.keys()
        for (what, damage) in Self.damagedJournals {
            try await relay.put(object: name, damage(genuine))
            for command in ["run", "rotate", "status"] {
                let result = relay.keybaton(command)
                #expect(result.status == 65, "\(what): \(command): \(result.status) \(result.output)")
                #expect(result.output.contains("journal"), "\(what): \(result.output)")
            }
            #expect(try await relay.keys() == keys)
            #expect(try await relay.object(name) == damage(genuine))
        }
        try await relay.put(object: name, genuine)
        try await relay.converge()
    }

    @Test func `A lost journal is built anew, and every host must check in again`() async throws {
        let relay = try await Relay(Self.sandbox.get(), hosts: ["nas", "pi"])
        try await relay.lead(to: .acknowledged)
        try await relay.sandbox.call(
            "s3", "delete_object", ["Bucket": .text(Relay.bucket), "Key": .text("state/\(Relay.user).json")])
        relay.expect(relay.keybaton("run"), [0])
        #expect(try await relay.keys().values.allSatisfy { $0 == "Active" })
        #expect(try await relay.keys().count == 2)
        try await relay.converge()
    }
}
