import FoundationEssentials
import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// What `keybaton policy` prints is enough, and no part of it is too much: without any right of it something says which one
/// is missing, and nobody loses access.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "missing permissions")))
struct PermissionTests {
    static let sandbox = Result { try Sandbox() }

    /// The command that cannot do its work without a right, where the rotation stands so that it needs it.
    static let needs: [(stage: Relay.Stage, command: String, action: String, resource: String)] = [
        (.introduced, "run", "iam:ListAccessKeys", ""), (.introduced, "run", "iam:GetAccessKeyLastUsed", ""),
        (.introduced, "run", "ssm:GetParameter", ""), (.introduced, "run", "s3:ListBucket", ""),
        (.introduced, "run", "s3:GetObject", "/acks/"), (.introduced, "run", "s3:GetObject", "/state/"),
        (.introduced, "run", "s3:PutObject", "/state/"), (.steady, "rotate", "iam:CreateAccessKey", ""),
        (.steady, "rotate", "ssm:PutParameter", ""), (.acknowledged, "run", "iam:UpdateAccessKey", ""),
        (.observing, "rollback", "iam:GetUser", ""), (.retirable, "run", "iam:DeleteAccessKey", ""),
    ]
    /// What is done beside a run, which goes on without it: only doctor ends with an error.
    static let beside = [("s3:PutObject", "/view/"), ("s3:DeleteObject", "/acks/")]

    @Test func `A missing right is named with exit code 77, and once it is given the relay goes on`() async throws {
        var relay = try await Relay(Self.sandbox.get())
        var stage = Relay.Stage.unmanaged
        var printed = try PrintedPolicy(relay, "rotator")
        for right in printed.rights {
            let known = Self.needs.map { ($0.action, $0.resource) } + Self.beside
            #expect(
                known.contains { $0 == right.action && right.resource.contains($1) },
                "nothing shows the need of \(right)")
        }
        for need in Self.needs {
            if need.stage < stage {
                relay = try await Relay(Self.sandbox.get())
                printed = try PrintedPolicy(relay, "rotator")
                stage = .unmanaged
            }
            try await relay.lead(from: stage, to: need.stage)
            stage = need.stage
            let right = try #require(
                printed.rights.first { $0.action == need.action && $0.resource.contains(need.resource) })
            try await relay.sandbox.setPolicy(printed.without(right), of: "rotator")
            let result = relay.keybaton(need.command)
            #expect(result.status == 77, "\(right): \(result.status) \(result.output)")
            #expect(result.output.contains("not authorized to perform: \(need.action)"), "\(result.output)")
            #expect(result.output.contains("lacks the permission"), "\(result.output)")
            try await relay.expectNobodyIsLockedOut("\(right)")
            try await relay.sandbox.setPolicy(printed.document, of: "rotator")
            if need.stage != .introduced {
                try await relay.converge("\(right)")
                stage = .steady
            }
        }
    }

    @Test func `Doctor names every right that is missing, but for the one that only a new key could prove`()
        async throws
    {
        let relay = try await Relay(Self.sandbox.get(), settings: "legacy_acks = true\n")
        try await relay.lead(to: .steady)
        let printed = try PrintedPolicy(relay, "rotator")
        try await relay.sandbox.setPolicy(printed.document, of: "rotator")
        let healthy = relay.keybaton("doctor")
        #expect(healthy.status == 0, "\(healthy.output)")
        for right in printed.rights {
            try await relay.sandbox.setPolicy(printed.without(right), of: "rotator")
            let result = relay.keybaton("doctor")
            if right.action == "iam:CreateAccessKey" {
                #expect(result.status == 0 && result.output.contains("iam:CreateAccessKey"), "\(result.output)")
                continue
            }
            #expect(result.status == 77, "\(right): \(result.status) \(result.output)")
            #expect(result.output.contains("→ allow \(right.action) on arn:aws:"), "\(right): \(result.output)")
        }
    }

    @Test func `The printed policies are enough for a whole rotation, of agents and rotator`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.sandbox.setPolicy(try PrintedPolicy(relay, "agent").document, of: Relay.user)
        try await relay.sandbox.setPolicy(try PrintedPolicy(relay, "rotator").document, of: "rotator")
        try await relay.lead(to: .retirable)
        try await relay.converge()
        // With the rights that it printed it can also find out whose account this is.
        #expect(relay.keybaton("policy", "rotator").output.contains(":\(relay.sandbox.account):user/*/\(Relay.user)"))
    }

    /// A secret beside the parameter, a topic and mail.
    private func busy() async throws -> Relay {
        let sandbox = try Self.sandbox.get()
        let settings = """
            [[user.secrets_manager]]
            name = "keys/{user}"
            [[notify.sns]]
            topic = "arn:aws:sns:\(sandbox.region):\(sandbox.account):keybaton"
            [[notify.ses]]
            from = "keys@example.org"

            """
        let relay = try await Relay(sandbox, settings: settings)
        try await sandbox.call("sns", "create_topic", ["Name": "keybaton"])
        try await sandbox.call("sesv2", "create_email_identity", ["EmailIdentity": "example.org"])
        try await sandbox.call(
            "iam", "tag_user",
            ["UserName": .text(Relay.user), "Tags": [["Key": "mail", "Value": "owner@example.org"]]])
        return relay
    }

    @Test func `A whole rotation with a secret, a topic and mail needs no more than is printed`() async throws {
        let relay = try await busy()
        try await relay.sandbox.setPolicy(try PrintedPolicy(relay, "rotator").document, of: "rotator")
        try await relay.lead(to: .retirable)
        try await relay.converge()
        #expect(
            !relay.printed.contains("AccessDenied") && !relay.printed.contains("AuthorizationError"), "\(relay.printed)"
        )
        let doctor = relay.keybaton("doctor")
        #expect(doctor.status == 0, "\(doctor.output)")
        let secret = try await relay.sandbox.call("secretsmanager", "get_secret_value", ["SecretId": "keys/backup"])
        let new = try #require(try await relay.published()).keys.new.id
        #expect(secret["SecretString"]?.text?.contains("\(new)") == true)
        #expect(try await relay.sandbox.requests().contains { $0.operation == "Publish" && $0.status == 200 })
        #expect(try await relay.sandbox.requests().contains { $0.service == "sesv2" && $0.status == 200 })
    }

    @Test func `Without a right of a destination or a notifier the rotation says which, and loses nobody`() async throws
    {
        let relay = try await busy()
        let printed = try PrintedPolicy(relay, "rotator")
        let optional = ["secretsmanager:", "sns:", "ses:", "iam:ListUserTags"]
        let rights = printed.rights.filter { right in optional.contains { right.action.hasPrefix($0) } }
        try #require(rights.count == 7, "\(rights)")
        for right in rights {
            let relay = try await busy()
            try await relay.sandbox.setPolicy(printed.document, of: "rotator")
            try await relay.lead(to: right.action == "secretsmanager:CreateSecret" ? .introduced : .steady)
            try await relay.sandbox.setPolicy(printed.without(right), of: "rotator")
            let said = relay.printed.count
            for command in ["run", "rotate", "run"] { relay.keybaton(command) }
            relay.runAgents()
            relay.keybaton("run")
            let output = String(relay.printed.dropFirst(said))
            let status = relay.finish(relay.start(["status"])).output
            let names = [right.action, "not authorized to perform: \(right.action)"]
            #expect(names.contains { output.contains($0) || status.contains($0) }, "\(right): \(output)\n\(status)")
            try await relay.expectNobodyIsLockedOut("\(right)")
            try await relay.sandbox.setPolicy(printed.document, of: "rotator")
            try await relay.converge("\(right)")
        }
    }

    @Test func `Users of a role: the role's printed policies and the rotator's are enough, and each part is needed`()
        async throws
    {
        let sandbox = try Self.sandbox.get()
        let role = "arn:aws:iam::\(sandbox.account):role/keybaton"
        let relay = try await Relay(sandbox, settings: "role_arn = \"\(role)\"\n")
        let (own, there) = (try PrintedPolicy(relay, "rotator"), try PrintedPolicy(relay, "role"))
        let trust = relay.keybaton("policy", "trust")
        #expect(trust.output.contains(":user/rotator\""), "\(trust.output)")
        try await sandbox.call(
            "iam", "create_role", ["RoleName": "keybaton", "AssumeRolePolicyDocument": .text(trust.output)])
        try await sandbox.setRolePolicy(there.document, of: "keybaton")
        try await sandbox.setPolicy(own.document, of: "rotator")
        try await relay.lead(to: .retirable)
        try await relay.converge()
        let healthy = relay.keybaton("doctor")
        #expect(healthy.status == 0, "\(healthy.output)")
        for right in there.rights where right.action != "iam:CreateAccessKey" {
            try await sandbox.setRolePolicy(there.without(right), of: "keybaton")
            let result = relay.keybaton("doctor")
            #expect(
                result.status == 77 && result.output.contains("→ allow \(right.action) on"),
                "\(right): \(result.output)")
        }
        try await sandbox.setRolePolicy(there.document, of: "keybaton")
        let assume = try #require(own.rights.first { $0.action == "sts:AssumeRole" })
        try await sandbox.setPolicy(own.without(assume), of: "rotator")
        for command in ["doctor", "run"] {
            let result = relay.keybaton(command)
            #expect(result.status == 77 && result.output.contains("sts:AssumeRole"), "\(result.output)")
        }
    }

    @Test func `Users found by path and tag: listing them, and each of their rights, is in what is printed`()
        async throws
    {
        let sandbox = try Self.sandbox.get()
        let relay = try await Relay(sandbox)
        relay.configure(users: "path = \"/\"\ntags = { team = \"home\" }")
        try await sandbox.call(
            "iam", "tag_user", ["UserName": .text(Relay.user), "Tags": [["Key": "team", "Value": "home"]]])
        let printed = try PrintedPolicy(relay, "rotator")
        try await sandbox.setPolicy(printed.document, of: "rotator")
        try await relay.lead(to: .retirable)
        try await relay.converge()
        for right in printed.rights where right.action != "iam:CreateAccessKey" {
            try await sandbox.setPolicy(printed.without(right), of: "rotator")
            let result = relay.keybaton("doctor")
            #expect(result.status == 77, "\(right): \(result.status) \(result.output)")
            #expect(result.output.contains(right.action), "\(right): \(result.output)")
        }
        // Without the tag it is nobody's any more.
        try await sandbox.setPolicy(printed.document, of: "rotator")
        try await sandbox.call("iam", "untag_user", ["UserName": .text(Relay.user), "TagKeys": ["team"]])
        let refused = AWSCommand(sandbox, relay.rotator).run("iam", "list-access-keys", "--user-name", Relay.user)
        #expect(refused.status != 0 && refused.output.contains("AccessDenied"), "\(refused.output)")
    }

    @Test func `An agent without one of its two rights says which, and has them from either policy`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .steady)
        for policy in [try PrintedPolicy(relay, "agent"), try PrintedPolicy(relay, "agent", Relay.user)] {
            try await relay.sandbox.setPolicy(policy.document, of: Relay.user)
            let whole = relay.hosts[0].run()
            #expect(whole.status == 0, "\(whole.output)")
            for right in policy.rights {
                try await relay.sandbox.setPolicy(policy.without(right), of: Relay.user)
                let result = relay.hosts[0].run()
                #expect(result.status == 77, "\(right): \(result.status) \(result.output)")
                #expect(result.output.contains("not authorized to perform: \(right.action)"), "\(result.output)")
            }
        }
    }

    @Test func `The way back works with its own policy, and without one of its rights it does not`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .steady)
        let policy = try PrintedPolicy(relay, "rendezvous", Relay.user)
        let way = try await relay.sandbox.makeUser("rendezvous", policy: policy.document)
        let host = relay.hosts[0]
        host.home.write(".aws/rendezvous", Host.text(way.key))
        host.configure(
            relay.sandbox,
            targets: "rendezvous_profile = \"default\"\nrendezvous_file = \"\(host.home.path(".aws/rendezvous"))\"\n")
        // The key that the host holds works no more.
        let held = try #require(host.heldID)
        try await relay.sandbox.call(
            "iam", "update_access_key",
            ["UserName": .text(Relay.user), "AccessKeyId": .text(held), "Status": "Inactive"])
        for right in policy.rights {
            try await relay.sandbox.setPolicy(policy.without(right), of: "rendezvous")
            let result = host.start("doctor").finish()
            #expect(result.output.contains("not authorized to perform: \(right.action)"), "\(right): \(result.output)")
        }
        try await relay.sandbox.setPolicy(policy.document, of: "rendezvous")
        let result = host.start("doctor").finish()
        #expect(result.output.contains("ok       rendezvous"), "\(result.output)")
    }

    @Test func `The dashboard's policy reads the views and check-ins, and nothing else`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .steady)
        let policy = try PrintedPolicy(relay, "dashboard")
        let reader = try await relay.sandbox.makeUser("dashboard", policy: policy.document)
        let cli = AWSCommand(relay.sandbox, reader.key)
        let view = "view/\(Relay.user).json"
        #expect(cli.s3("list-objects-v2", "--prefix", "view/").status == 0)
        #expect(cli.s3("list-objects-v2", "--prefix", "acks/\(Relay.user)/").status == 0)
        #expect(cli.s3("get-object", "--key", view, "/dev/null").status == 0)
        let names = try await relay.objectNames
        let checkIn = try #require(names.first { $0.hasPrefix("acks/") })
        #expect(cli.s3("get-object", "--key", checkIn, "/dev/null").status == 0)
        for refused in [
            cli.s3("list-objects-v2"), cli.s3("list-objects-v2", "--prefix", "state/"),
            cli.s3("get-object", "--key", "state/\(Relay.user).json", "/dev/null"),
            cli.s3("put-object", "--key", view), cli.s3("delete-object", "--key", view),
            cli.run("ssm", "get-parameter", "--name", Relay.parameter),
        ] {
            #expect(refused.status != 0 && refused.output.contains("not authorized"), "\(refused.output)")
        }
        for right in policy.rights {
            try await relay.sandbox.setPolicy(policy.without(right), of: "dashboard")
            let results = [
                cli.s3("list-objects-v2", "--prefix", "view/"), cli.s3("get-object", "--key", view, "/dev/null"),
            ]
            #expect(
                results.contains { $0.status != 0 && $0.output.contains("not authorized to perform: \(right.action)") },
                "\(right)")
        }
    }

    @Test func `Without the right to write its view the rotator works, and says so`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .introduced)
        let printed = try PrintedPolicy(relay, "rotator")
        let right = try #require(printed.rights.first { $0.resource.contains("/view/") })
        try await relay.sandbox.setPolicy(printed.without(right), of: "rotator")
        let result = relay.keybaton("run")
        #expect(result.status == 0)
        #expect(result.output.contains("the dashboard's copy was not written"), "\(result.output)")
    }
}
