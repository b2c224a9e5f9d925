import Glibc
import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// The faults of the shell-script protocol that this relay replaces: each is a way in which hosts were locked out or
/// secrets lost.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "the faults of the shell-script protocol")))
struct ShellScriptFaultTests {
    static let sandbox = Result { try Sandbox() }

    /// The script's next run deleted the key that every host used, and nobody could read the next one.
    @Test func `A put that fails after the create costs the new key, never the hosts'`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .steady)
        try await relay.sandbox.add(
            fault: [
                "kind": "error", "operation": "PutParameter", "status": 400, "code": "TooManyUpdates", "count": nil,
            ])
        relay.expect(relay.keybaton("rotate", attempts: 1), [69, 75, 78])
        let keys = try await relay.keys()
        #expect(keys.count == 2)
        #expect(keys[relay.first.id.description] == "Active")
        try await relay.sandbox.removeFaults()
        let lost = try #require(keys.keys.first { $0 != relay.first.id.description })
        for _ in 1...2 {
            _ = relay.keybaton("run")
            try await relay.forward(Relay.afterLease)
        }
        #expect(try await relay.keys() == [relay.first.id.description: "Active"])
        #expect(relay.printed.contains("delete \(lost), which was never published"))
        try await relay.converge()
    }

    /// The script acknowledged a change once, when it made it.
    @Test func `An acknowledgement whose upload failed is made good by the next run, and OLD lives till then`()
        async throws
    {
        let relay = try await Relay(Self.sandbox.get(), hosts: ["nas"])
        try await relay.lead(to: .steady)
        relay.expect(relay.keybaton("rotate"), [0])
        try await relay.sandbox.add(
            fault: ["kind": "throttle", "operation": "PutObject", "resource": .text(FaultCase.acks), "count": nil])
        #expect(relay.hosts[0].run().status == 69)
        try await relay.sandbox.removeFaults()
        let new = try #require(try await relay.published()).keys.new.id.description
        #expect(relay.hosts[0].heldID == new)
        relay.expect(relay.keybaton("run"), [0])
        #expect(try await relay.keys() == [relay.first.id.description: "Active", new: "Active"])

        #expect(relay.hosts[0].run().status == 0)
        relay.expect(relay.keybaton("run"), [0])
        #expect(try await relay.keys() == [relay.first.id.description: "Inactive", new: "Active"])
    }

    /// The script cut the value at the first `OLD`, wherever it was.
    @Test func `NEW and OLD inside a key are not markers`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        let id = try #require(AccessKeyID("AKIANEWOLDNEWOLDNEW0"))
        let old = try #require(AccessKey(id: id, secret: Secret("NEWxOLDxNEW/aws+access/key/id=NEWxOLDxOL")))
        let keys = try #require(PublishedKeys(new: relay.first, old: old))
        try await relay.put(parameter: keys.text.reveal())
        // A host that still has the invented key moves on; its reading identity is OLD, which AWS does not know.
        relay.expect(relay.keybaton("init"), [0])
        relay.runAgents()
        relay.expect(relay.keybaton("run"), [0])
        relay.expect(relay.keybaton("rotate"), [0])
        let published = try #require(try await relay.published()).keys
        #expect(published.old == relay.first)
        try await relay.converge()
    }

    /// The script replaced the id and the secret in two edits. That no reader sees a torn pair during a thousand edits is
    /// shown where the file's editor is tested; here, by the whole program.
    @Test func `The id and the secret change together`() async throws {
        let relay = try await Relay(Self.sandbox.get(), hosts: ["nas"])
        try await relay.lead(to: .steady)
        relay.expect(relay.keybaton("rotate"), [0])
        let new = try #require(try await relay.published()).keys.new
        let (before, after) = (Host.text(relay.first), Host.text(new))
        let run = relay.hosts[0].start("run")
        var seen: Set<String> = []
        while run.isRunning { seen.insert(relay.hosts[0].home.text(".aws/credentials") ?? "no file") }
        #expect(run.finish().status == 0)
        #expect(seen.isSubset(of: [before, after]))
        #expect(seen.contains(before))
        #expect(relay.hosts[0].home.text(".aws/credentials") == after)
    }

    /// The script's editor made it a regular file, and the real one kept the dead key.
    @Test func `A symlinked credentials file stays a link, and the real file gets the key`() async throws {
        let relay = try await Relay(Self.sandbox.get(), hosts: ["nas"])
        let home = relay.hosts[0].home
        mkdir(home.path("dotfiles"), 0o700)
        #expect(rename(home.path(".aws/credentials"), home.path("dotfiles/credentials")) == 0)
        #expect(symlink("../dotfiles/credentials", home.path(".aws/credentials")) == 0)
        try await relay.lead(to: .acknowledged)
        var status = stat()
        #expect(lstat(home.path(".aws/credentials"), &status) == 0)
        #expect(status.st_mode & S_IFMT == S_IFLNK)
        let new = try #require(try await relay.published()).keys.new
        #expect(home.text("dotfiles/credentials") == Host.text(new))
    }

    /// The script's rotator failed with LimitExceeded for ever.
    @Test func `A foreign key, active or not, is a hold that says what to do, not a failing create`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .steady)
        let foreign = try await relay.sandbox.makeKey(for: Relay.user)
        for status in ["Active", "Inactive"] {
            try await relay.sandbox.setStatus(status, of: foreign.id, of: Relay.user)
            for command in ["rotate", "run"] {
                let result = relay.keybaton(command)
                #expect(result.status == 13, "\(result.output)")
                #expect(result.output.contains("\(foreign.id)"))
                #expect(result.output.contains("`keybaton revoke backup --key \(foreign.id) --confirm`"))
            }
        }
        #expect(try await relay.sandbox.requests().allSatisfy { $0.operation != "CreateAccessKey" })
        #expect(try await relay.keys()["\(foreign.id)"] == "Inactive")
        try await relay.sandbox.call(
            "iam", "delete_access_key", ["UserName": .text(Relay.user), "AccessKeyId": .text("\(foreign.id)")])
        relay.expect(relay.keybaton("rotate"), [0])
        try await relay.converge()
    }

    /// Two hosts called `raspberrypi` overwrote each other's acknowledgement.
    @Test(.enabled(if: isAvailable(canUnshare, "mount namespaces (root)", for: "two hosts of one name")))
    func `Two hosts of one name are two hosts`() async throws {
        let relay = try await Relay(Self.sandbox.get(), hosts: ["a", "b"])
        try await relay.lead(to: .introduced)
        for (host, digit) in zip(relay.hosts, ["1", "2"]) {
            let text = try #require(host.home.text("agent.toml"))
            host.home.write(
                "agent.toml", text.split(separator: "\n").filter { !$0.hasPrefix("host =") }.joined(separator: "\n"))
            let id = host.home.write("machine-id", String(repeating: digit, count: 32) + "\n")
            // `start` runs one program: the shell mounts another machine's id and becomes it.
            let run = host.start(
                "run", under: ["unshare", "-m", "sh", "-c", "mount --bind \(id) /etc/machine-id && exec \"$@\"", "sh"])
            let result = run.finish()
            #expect(result.status == 0, "\(result.output)")
        }
        let names = try await relay.objectNames.compactMap { $0.split(separator: "/").last }
            .filter { $0.hasSuffix(".json") && $0.contains("-") }
        #expect(Set(names).count == 2, "\(names)")
    }

    /// The script looked for NEW's id anywhere in two files.
    @Test func `NEW's id in a comment or in another profile is not done`() async throws {
        let relay = try await Relay(Self.sandbox.get(), hosts: ["nas"])
        try await relay.lead(to: .steady)
        relay.expect(relay.keybaton("rotate"), [0])
        let new = try #require(try await relay.published()).keys.new
        let rest = "# \(new.id)\n[other]\naws_access_key_id = \(new.id)\naws_secret_access_key = x\n"
        relay.hosts[0].home.write(".aws/credentials", Host.text(relay.first) + rest)
        relay.expect(relay.keybaton("run"), [0])
        #expect(try await relay.keys()["\(relay.first.id)"] == "Active")
        #expect(relay.hosts[0].run().status == 0)
        #expect(relay.hosts[0].home.text(".aws/credentials") == Host.text(new) + rest)
    }

    /// The script installed what it read.
    @Test func `NEW is installed no sooner than AWS accepts it`() async throws {
        let relay = try await Relay(Self.sandbox.get(), hosts: ["nas"])
        try await relay.lead(to: .steady)
        relay.expect(relay.keybaton("rotate"), [0])
        let new = try #require(try await relay.published()).keys.new
        // As for the seconds in which IAM has not told everybody about a key.
        try await relay.sandbox.add(
            fault: [
                "kind": "error", "key_id": .text("\(new.id)"), "status": 403, "code": "InvalidClientTokenId",
                "count": nil,
            ])
        let run = relay.hosts[0].start("run")
        for _ in 1...10 {
            #expect(relay.hosts[0].home.text(".aws/credentials") == Host.text(relay.first))
            try await Task.sleep(for: .milliseconds(100))
        }
        try await relay.sandbox.removeFaults()
        #expect(run.finish().status == 0)
        #expect(relay.hosts[0].home.text(".aws/credentials") == Host.text(new))
    }
}

private let canUnshare = Command.run(["unshare", "-m", "true"]).status == 0
