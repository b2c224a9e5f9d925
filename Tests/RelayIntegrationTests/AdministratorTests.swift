import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// What a person does by hand, in the console or in the configuration: the rotator mends it or says what to do, and takes
/// no key from a host.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "changes made by hand")))
struct AdministratorTests {
    static let sandbox = Result { try Sandbox() }

    static let edits: [(String, @Sendable (PublishedKeys) -> String)] = [
        ("garbage", { _ in "hello" }),
        ("the id alone", { "NEW\naws_access_key_id = \($0.new.id)\n" }),
        ("OLD removed", { String($0.text.reveal().prefix { $0 != "O" }) }),
        (
            "the markers swapped",
            {
                $0.text.reveal().replacing("NEW\n", with: "X\n").replacing("OLD\n", with: "NEW\n").replacing(
                    "X\n", with: "OLD\n")
            }
        ),
    ]

    @Test func `An edited parameter is published again as it was`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .steady)
        for (what, edit) in Self.edits {
            relay.expect(relay.keybaton("rotate"), [0], what)
            let genuine = try #require(try await relay.published()).keys
            try await relay.put(parameter: edit(genuine))
            relay.expect(relay.keybaton("run"), [0, 13], what)
            #expect(try await relay.published()?.keys == genuine, "\(what)")
            try await relay.converge("\(what)")
        }
    }

    @Test func `A deleted parameter is a hold until a profile that holds the key is named`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .steady)
        try await relay.sandbox.call("ssm", "delete_parameter", ["Name": .text(Relay.parameter)])
        let held = relay.keybaton("run")
        #expect(held.status == 13)
        #expect(held.output.contains("init \(Relay.user) --adopt"), "\(held.output)")
        relay.expect(relay.finish(relay.start(Relay.adoption + [relay.hosts[0].credentialsPath])), [0])
        #expect(try await relay.published()?.keys.new == relay.first)
        try await relay.converge()
    }

    @Test func `A strange key in the parameter is a hold, and the hosts keep theirs`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .steady)
        let genuine = try #require(try await relay.published()).keys
        let strange = try await relay.sandbox.makeKey(for: Relay.user)
        try await relay.put(parameter: try #require(PublishedKeys(new: strange, old: relay.first)).text.reveal())
        let held = relay.keybaton("run")
        #expect(held.status == 13)
        #expect(held.output.contains("\(strange.id)"))
        #expect(try await relay.keys().count == 2)
        try await relay.put(parameter: genuine.text.reveal())
        #expect(relay.keybaton("run").status == 13, "the strange key is still there")
        try await relay.sandbox.call(
            "iam", "delete_access_key", ["UserName": .text(Relay.user), "AccessKeyId": .text("\(strange.id)")])
        try await relay.converge()
    }

    @Test func `A NEW that somebody deactivated or deleted is a hold, and OLD stays`() async throws {
        for isDeleted in [false, true] {
            let relay = try await Relay(Self.sandbox.get())
            try await relay.lead(to: .acknowledged)
            let new = try #require(try await relay.published()).keys.new
            if isDeleted {
                try await relay.sandbox.call(
                    "iam", "delete_access_key", ["UserName": .text(Relay.user), "AccessKeyId": .text("\(new.id)")])
                try await relay.forward(Relay.afterLease)
            } else {
                try await relay.sandbox.setStatus("Inactive", of: new.id, of: Relay.user)
            }
            let held = relay.keybaton("run")
            #expect(held.status == 13, "\(held.output)")
            #expect(held.output.contains("keybaton rollback"), "\(held.output)")
            #expect(try await relay.keys()["\(relay.first.id)"] == "Active")
            relay.expect(relay.keybaton("rollback"), [0])
            #expect(try await relay.published()?.keys.new == relay.first)
        }
    }

    @Test func `An OLD that somebody brought back is watched anew before it goes`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .retirable)
        try await relay.sandbox.setStatus("Active", of: relay.first.id, of: Relay.user)
        relay.expect(relay.keybaton("run"), [0])
        #expect(try await relay.keys()["\(relay.first.id)"] == "Active")
        #expect(relay.printed.contains("record that \(relay.first.id) is active again"))
        try await relay.converge()
    }

    @Test func `A misspelt bucket is named: 77 where the policy ends, 78 where the bucket is missing`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .steady)
        relay.configure(bucket: "123456789012-misspelt")
        let keys = try await relay.keys()
        for (status, policy) in [(77, Policies.rotator(relay.sandbox)), (78, Policies.all)] as [(Int32, JSON)] {
            try await relay.sandbox.setPolicy(policy, of: "rotator")
            for command in ["run", "status", "rotate"] {
                let result = relay.keybaton(command)
                #expect(result.status == status, "\(command): \(result.status) \(result.output)")
                #expect(result.output.contains("misspelt") || result.output.contains("bucket"), "\(result.output)")
            }
        }
        #expect(try await relay.keys() == keys)
        relay.configure()
        relay.expect(relay.keybaton("run"), [0])
    }

    @Test func `A user who is not in IAM is 78, and the others are served`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .steady)
        try await relay.sandbox.setPolicy(Policies.all, of: "rotator")
        relay.configure("[[user]]\nname = \"nobody\"")
        let result = relay.keybaton("run")
        #expect(result.status == 78, "\(result.status) \(result.output)")
        #expect(result.output.contains("nobody: "))
        #expect(result.output.contains("\(Relay.user): every host may use"), "\(result.output)")
    }

    /// A host that runs the older shell script cannot decrypt, and acknowledges a change once.
    @Test func `A shell-script host beside an agent is waited for, and exempt from being seen again`() async throws {
        let relay = try await Relay(
            Self.sandbox.get(), hosts: ["nas"],
            settings: """
                parameter_type = "String"
                legacy_acks = true
                hosts = ["attic"]
                [user.policy]
                legacy_grace = "60s"
                """)
        try await relay.lead(to: .introduced)
        func acknowledge(_ id: AccessKeyID) async throws {
            try await relay.put(
                object: "param-update.sh.attic.txt",
                "Param \(Relay.parameter) updated to \(id) in /home/attic/.aws/credentials\n")
        }
        try await acknowledge(relay.first.id)
        relay.expect(relay.keybaton("run"), [0])
        relay.expect(relay.keybaton("rotate"), [0])
        let answer = try await relay.sandbox.call("ssm", "get_parameter", ["Name": .text(Relay.parameter)])
        #expect(answer["Parameter"]?["Type"]?.text == "String")
        // As the script reads it, line by line and without decryption.
        let lines = (answer["Parameter"]?["Value"]?.text ?? "").split(separator: "\n").map(String.init)
        let new = try #require(try await relay.published()).keys.new
        #expect(lines.prefix(2) == ["NEW", "aws_access_key_id = \(new.id)"])

        relay.runAgents()
        relay.expect(relay.keybaton("run"), [0])
        #expect(try await relay.keys()["\(relay.first.id)"] == "Active", "attic has not acknowledged")
        try await acknowledge(new.id)
        relay.expect(relay.keybaton("run"), [0])
        #expect(try await relay.keys()["\(relay.first.id)"] == "Inactive")
        try await relay.forward(5)
        relay.runAgents()
        try await relay.forward(5)
        relay.expect(relay.keybaton("run"), [0])
        #expect(try await relay.keys()["\(relay.first.id)"] == "Inactive", "the scripts' grace is longer")
        try await relay.forward(60)
        relay.runAgents()
        relay.expect(relay.keybaton("run"), [0])
        #expect(try await relay.keys() == ["\(new.id)": "Active"])
    }
}
