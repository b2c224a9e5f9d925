import Glibc
import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// Where secrets must not be: the script passed them in argument lists, through /tmp and into a log.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "secrets in a whole relay")))
struct SecrecyTests {
    static let sandbox = Result { try Sandbox() }

    @Test func `No secret is in anything that a relay with failures prints, stores or shows in its arguments`()
        async throws
    {
        let relay = try await Relay(Self.sandbox.get())
        var texts: Set<String> = []
        func keep(_ command: Command) {
            while command.isRunning { texts.insert(command.commandLine ?? "") }
            relay.finish(command)
        }
        keep(relay.start(Relay.adoption + [relay.hosts[0].credentialsPath]))
        for command in [
            ["run"], ["rotate"], ["plan"], ["run"], ["status"], ["status", "--json"], ["rollback"], ["run"],
        ] {
            for operation in ["PutParameter", "GetParameter", "CreateAccessKey"] {
                try await relay.sandbox.add(fault: ["kind": "error", "operation": .text(operation)])
                keep(relay.start(command, attempts: 1))
                try await relay.sandbox.removeFaults()
                try await relay.forward(Relay.afterLease)
            }
            for host in relay.hosts {
                keep(host.start("run", "--json"))
                keep(host.start("status", "--json"))
                texts.insert(host.home.text("state/state") ?? "")
            }
            keep(relay.start(command))
            _ = try await relay.published()
        }
        // Errors that quote what they could not read are the likeliest leak.
        let value = try #require(try await relay.published()).keys.text.reveal()
        try await relay.put(parameter: "OLD" + value)
        keep(relay.start(["run"]))
        for host in relay.hosts { keep(host.start("run")) }
        texts.insert(relay.printed)
        for name in try await relay.objectNames { texts.insert(try await relay.object(name) ?? "") }

        #expect(texts.contains { $0.contains("--config") }, "no argument list was seen")
        #expect(texts.contains { $0.contains("\"proof\"") || $0.contains("parameter_version") }, "no check-in was read")
        #expect(relay.secrets.count >= 3)
        for secret in relay.secrets {
            #expect(texts.allSatisfy { !$0.contains(secret) })
        }
    }

    @Test(.enabled(if: isAvailable(canTrace, "strace", for: "files and programs that a relay opens")))
    func `Neither program passes a secret to another one or writes it anywhere but where it belongs`() async throws {
        let relay = try await Relay(Self.sandbox.get(), hosts: ["nas"])
        try await relay.lead(to: .steady)
        let log = ScratchDirectory()
        func trace(_ name: String) -> [String] {
            [
                "strace", "-f", "-s", "65536", "-e", "trace=execve,openat,open,creat,write,writev,pwrite64", "-o",
                log.path(name),
            ]
        }
        relay.expect(relay.finish(relay.start(["rotate"], under: trace("rotator"))), [0])
        let host = relay.hosts[0]
        #expect(host.start("run", under: trace("agent")).finish().status == 0)
        #expect(host.heldID != relay.first.id.description)
        let new = try #require(try await relay.published()).keys.new

        let rotator = try #require(log.text("rotator"))
        let agent = try #require(log.text("agent"))
        // Encrypted on its way to AWS, the rotator's new secret is never written as it is.
        #expect(!rotator.contains(new.secret.reveal()))
        #expect(!rotator.contains("O_CREAT"), "the rotator writes no file")
        let created = agent.split(separator: "\n").filter { $0.contains("O_CREAT") }
        #expect(!created.isEmpty)
        #expect(created.allSatisfy { !$0.contains("\"/tmp/") || $0.contains(host.home.path) }, "\(created)")
        // Once, into the file that takes the place of the credentials.
        #expect(agent.split(separator: "\n").count { $0.contains(new.secret.reveal()) } == 1)
        #expect(Command.run(["ls", "-A", host.home.path(".aws")]).output == "credentials\n")
    }
}

private let canTrace = Command.run(["strace", "-o", "/dev/null", "true"]).status == 0
