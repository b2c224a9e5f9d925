import Glibc
import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// What a person types: shown before it is done, done once, and found in the log.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "operators' commands")))
struct OperatorTests {
    static let sandbox = Result { try Sandbox() }

    @Test func `revoke shows whom it cuts off, and does nothing before --confirm`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .steady)
        let id = "\(relay.first.id)"
        let shown = relay.keybaton("revoke", "--key", id)
        #expect(shown.status == 12, "\(shown.output)")
        #expect(shown.output.contains("cut off       nas"), "\(shown.output)")
        #expect(shown.output.contains("keybaton revoke backup --key \(id) --config"), "\(shown.output)")
        #expect(try await relay.keys() == [id: "Active"])
        let json = relay.keybaton("revoke", "--key", id, "--confirm", "--dry-run", "--json")
        #expect(json.status == 12 && json.output.contains("\"broken\":[\"nas\"]"), "\(json.output)")
        #expect(try await relay.keys() == [id: "Active"])

        let done = relay.keybaton("revoke", "--key", id, "--confirm", "--reason", "in a git repository")
        #expect(done.status == 0, "\(done.output)")
        for _ in 1...3 where try await relay.keys()[id] != nil {
            try await relay.forward(3)
            relay.keybaton("run")
        }
        let new = try #require(try await relay.published()).keys.new.id
        #expect(try await relay.keys() == ["\(new)": "Active"] && "\(new)" != id)
        #expect(relay.keybaton("log").output.contains("in a git repository"))
        #expect(relay.keybaton("revoke", "--key", id, "--confirm").status == 13, "it is gone")
    }

    @Test func `A leaked NEW beside a living OLD needs a choice, and both are shown`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .acknowledged)
        let new = try #require(try await relay.published()).keys.new.id
        let shown = relay.keybaton("revoke", "--key", "\(new)")
        #expect(shown.status == 12, "\(shown.output)")
        for course in ["--fall-back", "--make-room"] {
            #expect(shown.output.contains("--key \(new) \(course) --config"), "\(shown.output)")
        }
        let undecided = relay.keybaton("revoke", "--key", "\(new)", "--confirm")
        #expect(undecided.status == 13, "\(undecided.output)")
        #expect(try await relay.keys() == ["\(relay.first.id)": "Active", "\(new)": "Active"])
        let done = relay.keybaton("revoke", "--key", "\(new)", "--fall-back", "--confirm")
        #expect(done.status == 0, "\(done.output)")
        #expect(try await relay.published()?.keys.new == relay.first)
        #expect(try await relay.keys()["\(new)"] != "Active")
    }

    @Test func `retire ends the waiting for a host for good, wherever it is expected`() async throws {
        let relay = try await Relay(Self.sandbox.get(), settings: "hosts = [\"attic\"]")
        try await relay.lead(to: .introduced)
        relay.expect(relay.keybaton("run"), [0])
        relay.expect(relay.keybaton("rotate"), [0])
        // Of two check-ins of one second nobody knows which is the newer.
        try await relay.forward(2)
        relay.runAgents()
        #expect(relay.keybaton("run").output.contains("1 of 2 hosts"), "\(relay.printed)")
        let rehearsal = relay.keybaton("retire", "attic", "--reason", "sold", "--dry-run")
        #expect(rehearsal.status == 12 && rehearsal.output.contains("retire attic"), "\(rehearsal.output)")
        #expect(relay.keybaton("retire", "cellar", "--reason", "sold").status == 64)
        relay.expect(relay.keybaton("retire", "attic", "--reason", "sold"), [0])
        #expect(try relay.status()["hosts"]?.elements.compactMap { $0["host"]?.text } == ["nas"])
        try await relay.converge()
    }

    @Test func `The log tells when, who and what, and a dry run tells what would be done`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .steady)
        let keys = try await relay.keys()
        for command in ["rotate", "run"] {
            let rehearsal = relay.keybaton(command, "--dry-run")
            #expect(rehearsal.status == (command == "rotate" ? 12 : 0), "\(rehearsal.output)")
        }
        #expect(relay.keybaton("rollback", "-n").status == 13)
        #expect(try await relay.keys() == keys)
        relay.expect(
            relay.finish(relay.start(["rotate", "--json"], under: ["/usr/bin/env", "USER=ann", "SUDO_USER="])), [0])
        let log = relay.keybaton("log").output
        #expect(log.contains("WHEN") && log.contains("create a key and publish it"), "\(log)")
        #expect(log.contains("ann at "), "\(log)")
        let json = relay.keybaton("log", "--json").output
        #expect(json.hasPrefix("{\"history\":[{\"at\":\"") && json.contains("\"user\":\"backup\""), "\(json)")
    }

    @Test func `init tells what it would publish, and does it without --dry-run`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        let rehearsal = relay.finish(relay.start(Relay.adoption + [relay.hosts[0].credentialsPath, "--dry-run"]))
        #expect(
            rehearsal.status == 12 && rehearsal.output.contains("would publish \(relay.first.id)"),
            "\(rehearsal.output)")
        #expect(try await relay.published() == nil)
        let json = relay.finish(relay.start(Relay.adoption + [relay.hosts[0].credentialsPath, "--json"]))
        #expect(json.status == 0 && json.output.contains("\"exit_code\":0"), "\(json.output)")
        #expect(try await relay.published()?.keys.new == relay.first)
        let again = relay.keybaton("init", "--adopt", "-n", "--json")
        #expect(again.status == 12 && again.output.contains("\"dry_run\":true"), "\(again.output)")
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `Ctrl-C ends a run between two steps: nothing is left half done`(_ signal: Int32) async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .steady)
        let command = try await relay.startUntil(["rotate"], operation: "CreateAccessKey", seconds: 2)
        command.signal(signal)
        let result = relay.finish(command)
        #expect(result.status == 75 && result.output.contains("stopping after the step"), "\(result.output)")
        #expect(result.output.contains("create a key and publish it"), "\(result.output)")
        let published = try #require(try await relay.published())
        #expect(try await relay.keys().count == 2 && published.keys.old == relay.first)
        #expect(try await relay.object("state/backup.json")?.contains("\"lease\"") == false)
        try await relay.converge()
    }

    @Test func `A second Ctrl-C ends it at once, and the next runs repair what it left`() async throws {
        let relay = try await Relay(Self.sandbox.get())
        try await relay.lead(to: .steady)
        let command = try await relay.startUntil(["rotate"], operation: "CreateAccessKey", seconds: 20)
        command.signal(SIGINT)
        try await Task.sleep(for: .milliseconds(200))
        #expect(command.isRunning)
        command.signal(SIGINT)
        let result = relay.finish(command)
        #expect(result.status == 128 + SIGINT, "\(result.output)")
        try await relay.converge()
    }

    @Test func `A missing and a foreign bucket are named with the setting to correct`() async throws {
        let relay = try await Relay(Self.sandbox.get(), policy: Policies.all)
        try await relay.lead(to: .steady)
        relay.configure(bucket: "123456789012-misspelt")
        let missing = relay.keybaton("run")
        #expect(missing.status == 78, "\(missing.output)")
        #expect(missing.output.contains("There is no bucket 123456789012-misspelt: make it, or correct `bucket`"))
        relay.configure(head: "bucket_owner = \"210987654321\"")
        let foreign = relay.keybaton("run")
        #expect(foreign.status == 77, "\(foreign.output)")
        #expect(foreign.output.contains("compare `bucket` and `bucket_owner`"), "\(foreign.output)")
        relay.configure(region: "us-west-2")
        let elsewhere = relay.keybaton("run")
        #expect(elsewhere.status == 78, "\(elsewhere.output)")
        #expect(elsewhere.output.contains("in another region than the configuration's `region`"), "\(elsewhere.output)")
    }
}
