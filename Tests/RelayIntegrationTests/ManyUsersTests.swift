import FoundationEssentials
import Handover
import HostTestSupport
import SandboxSupport
import Testing

/// Users that IAM finds, in one account or in another, beside the one that the file names.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "many users")))
struct ManyUsersTests {
    static let sandbox = Result { try Sandbox() }

    /// By age alone, so that nobody waits for hosts.
    static let scheduled = "\n[user.policy]\nretire = \"scheduled\"\n"

    private func relay(_ settings: String, head: String = "") async throws -> Relay {
        let relay = try await Relay(Self.sandbox.get(), policy: Policies.all)
        try await relay.lead(to: .steady)
        relay.configure("hosts = [\"nas\"]\n[[user]]\n" + settings, head: head)
        return relay
    }

    private func makeUsers(_ names: [String], path: String, tags: [String: String] = [:]) async throws {
        for name in names {
            try await Self.sandbox.get().call(
                "iam", "create_user",
                [
                    "UserName": .text(name), "Path": .text(path),
                    "Tags": .array(tags.map { ["Key": .text($0.key), "Value": .text($0.value)] }),
                ])
        }
    }

    /// How many keys each of the users has.
    private func keys(_ names: [String]) async throws -> [Int] {
        var counts: [Int] = []
        for name in names {
            let answer = try await Self.sandbox.get().call("iam", "list_access_keys", ["UserName": .text(name)])
            counts.append(answer["AccessKeyMetadata"]?.elements.count ?? -1)
        }
        return counts
    }

    @Test func `Users of a path get their keys, each its own parameter, and those of others none`() async throws {
        let relay = try await relay(
            "path = \"/ci/\"\nexclude = [\"left\", \"gone\"]\nparameter = \"/teams/{user}/key\"\(Self.scheduled)")
        try await makeUsers(["api", "web", "left"], path: "/ci/")
        try await makeUsers(["alice"], path: "/people/")
        let result = relay.keybaton("run")
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("there is no gone, which `include` or `exclude` names"), "\(result.output)")
        #expect(try await keys(["api", "web", "left", "alice"]) == [1, 1, 0, 0])
        let answer = try await relay.sandbox.call("ssm", "get_parameter", ["Name": "/teams/web/key"])
        #expect(answer["Parameter"]?["Type"]?.text == "SecureString")
        let status = relay.keybaton("status", "web", "--json")
        #expect(status.status == 0 && status.output.contains("\"user\":\"web\""), "\(status.output)")
    }

    @Test func `Users with a tag are found wherever they are`() async throws {
        let relay = try await relay("tags = { Team = \"web\" }\(Self.scheduled)")
        try await makeUsers(["site"], path: "/a/", tags: ["team": "web", "mail": "site@example.org"])
        try await makeUsers(["shop"], path: "/b/", tags: ["Team": "web"])
        try await makeUsers(["api"], path: "/a/", tags: ["team": "api"])
        #expect(relay.keybaton("run").status == 0)
        #expect(try await keys(["site", "shop", "api"]) == [1, 1, 0])
    }

    @Test func `No more users begin than max_users_per_run, and it is said who waits`() async throws {
        let relay = try await relay("path = \"/ci/\"\(Self.scheduled)", head: "max_users_per_run = 2")
        let names = (1...5).map { "ci-\($0)" }
        try await makeUsers(names, path: "/ci/")
        let rehearsal = relay.keybaton("run", "--dry-run")
        #expect(rehearsal.status == 12 && rehearsal.output.contains("ci-5: begin the journal"), "\(rehearsal.output)")
        let first = relay.keybaton("run")
        #expect(
            first.status == 0 && first.output.contains("3 more users are due: max_users_per_run = 2"), "\(first.output)"
        )
        #expect(try await keys(names) == [1, 1, 0, 0, 0])
        let again = relay.keybaton("run", "-n")
        #expect(
            again.status == 12 && again.output.contains("3 users are due, and one run begins 2 of them"),
            "\(again.output)")
        #expect(relay.keybaton("run").output.contains("1 more user is due"))
        #expect(try await keys(names) == [1, 1, 1, 1, 0])
        #expect(!relay.keybaton("run").output.contains("more user"))
        #expect(try await keys(names) == [1, 1, 1, 1, 1])
    }

    @Test func `A user of another role's reach is served with that role, and the bucket with the rotator's own rights`()
        async throws
    {
        let sandbox = try Self.sandbox.get()
        let relay = try await relay("")
        try await makeUsers(["ci-1"], path: "/ci/")
        let arn = "arn:aws:iam::\(sandbox.account):role/keybaton"
        func trust(_ user: String) throws -> JSON {
            let document: JSON = [
                "Version": "2012-10-17",
                "Statement": [
                    [
                        "Effect": "Allow", "Action": "sts:AssumeRole",
                        "Principal": ["AWS": "arn:aws:iam::\(sandbox.account):user/\(user)"],
                    ]
                ],
            ]
            return .text(String(decoding: try JSONEncoder().encode(document), as: UTF8.self))
        }
        try await sandbox.call(
            "iam", "create_role", ["RoleName": "keybaton", "AssumeRolePolicyDocument": try trust("somebody")])
        let rights: JSON = [
            "Version": "2012-10-17",
            "Statement": [
                ["Effect": "Allow", "Action": ["iam:*"], "Resource": "*"],
                [
                    "Effect": "Allow", "Action": ["ssm:*"],
                    "Resource": "arn:aws:ssm:\(sandbox.region):\(sandbox.account):parameter/keybaton/ci-1",
                ],
            ],
        ]
        try await sandbox.call(
            "iam", "put_role_policy",
            [
                "RoleName": "keybaton", "PolicyName": "p",
                "PolicyDocument": .text(String(decoding: try JSONEncoder().encode(rights), as: UTF8.self)),
            ])
        let own: JSON = Policies.document(
            Policies.rotatorStatements(sandbox).map(\.1) + [
                ["Effect": "Allow", "Action": "sts:AssumeRole", "Resource": .text(arn)]
            ])
        try await sandbox.setPolicy(own, of: "rotator")
        relay.configure("[[user]]\npath = \"/ci/\"\nrole_arn = \"\(arn)\"\(Self.scheduled)")

        let refused = relay.keybaton("run")
        #expect(
            refused.status != 0 && refused.output.contains("users of path /ci/ cannot be listed"), "\(refused.output)")
        #expect(refused.output.contains("cannot assume \(arn)"), "\(refused.output)")
        #expect(
            refused.output.contains("\(Relay.user): every host may use"), "the others are served: \(refused.output)")

        try await sandbox.call(
            "iam", "update_assume_role_policy",
            ["RoleName": "keybaton", "PolicyDocument": try trust("rotator")])
        let result = relay.keybaton("run")
        #expect(result.status == 0, "\(result.output)")
        #expect(try await keys(["ci-1"]) == [1])
        let principals = Set(
            try await sandbox.requests().filter { $0.service == "iam" && $0.resource == "ci-1" }.compactMap(\.key_id))
        #expect(principals.count == 1 && principals.first?.hasPrefix("ASIA") == true)
        #expect(try await relay.object("state/ci-1.json") != nil)
    }

    @Test func `rotate --path rotates the configured users of a path, one after the other`() async throws {
        let relay = try await relay("path = \"/ci/\"\(Self.scheduled)", head: "max_users_per_run = 3")
        try await makeUsers(["api", "web"], path: "/ci/")
        try await makeUsers(["other"], path: "/ci/deep/")
        #expect(relay.keybaton("run").status == 0)
        let rehearsal = relay.keybaton("rotate", "--path", "/ci/", "--dry-run", "--json")
        #expect(rehearsal.status == 12 && rehearsal.output.contains("\"dry_run\":true"), "\(rehearsal.output)")
        #expect(try await keys(["api", "other", "web"]) == [1, 1, 1])
        let result = relay.keybaton("rotate", "--path", "/ci/deep/", "--json")
        #expect(result.status == 0, "\(result.output)")
        #expect(try await keys(["api", "other", "web"]) == [1, 2, 1])
        #expect(relay.keybaton("rotate", "--path", "/nobody/").output.contains("no configured user is below /nobody/"))
        relay.configure("[[user]]\npath = \"/ci/\"\(Self.scheduled)", head: "max_users_per_run = 2")
        let refused = relay.keybaton("rotate", "--path", "/ci/")
        #expect(refused.status == 78 && refused.output.contains("nothing was done"), "\(refused.output)")
        #expect(try await keys(["api", "other", "web"]) == [1, 2, 1])
    }

    @Test func `rotate --outfile hands over the newest key of every user of a path, and prints it once`() async throws {
        let relay = try await relay("path = \"/ci/\"\(Self.scheduled)")
        try await makeUsers(["api", "web"], path: "/ci/")
        #expect(relay.keybaton("run").status == 0)
        let folder = ScratchDirectory()
        let path = folder.path("keys.json")
        let written = relay.keybaton("rotate", "--path", "/ci/", "--outfile", path)
        #expect(written.status == 0, "\(written.output)")
        func keys(_ text: String) throws -> [String: String] {
            let document = try JSONDecoder().decode([String: [String: String]].self, from: Data(text.utf8))
            return document.compactMapValues { $0["AccessKeyId"] }
        }
        let held = try keys(folder.text("keys.json") ?? "")
        #expect(held.keys.sorted() == ["api", "web"] && !written.output.contains("SecretAccessKey"))
        for (user, id) in held {
            let answer = try await relay.sandbox.call("iam", "list_access_keys", ["UserName": .text(user)])
            let newest = answer["AccessKeyMetadata"]?.elements.compactMap { $0["AccessKeyId"]?.text } ?? []
            #expect(newest.count == 2 && newest.contains(id))
            let status = relay.keybaton("status", user, "--json").output
            #expect(status.contains("\"new\":{") && status.contains("\"id\":\"\(id)\""), "\(status)")
        }
        // The rotation has begun: the same keys again, and nothing else on standard output.
        let printed = relay.finish(
            relay.start(
                ["rotate", "--path", "/ci/", "--outfile", "-"], under: ["sh", "-c", "exec \"$@\" 2> /dev/null", "sh"]))
        #expect(printed.status == 75, "\(printed.output)")
        #expect(try keys(printed.output) == held)
        let refused = relay.keybaton("rotate", "--path", "/ci/", "--outfile", "/nowhere/keys.json")
        #expect(refused.status != 0 && refused.output.contains("make it first"), "\(refused.output)")
    }

    @Test func `A user that two selections find is left alone, and the others are served`() async throws {
        let relay = try await relay(
            "path = \"/ci/\"\(Self.scheduled)\n[[user]]\ntags = { team = \"web\" }\(Self.scheduled)")
        try await makeUsers(["both"], path: "/ci/", tags: ["team": "web"])
        try await makeUsers(["api"], path: "/ci/")
        let result = relay.keybaton("run", "--json")
        #expect(result.status == 78, "\(result.output)")
        #expect(result.output.contains("both: found by path /ci/ and by tag team = web"), "\(result.output)")
        #expect(try await keys(["both", "api"]) == [0, 1])
    }
}
