import Glibc
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// A machine whose agent runs as root for several users: Alice, whose home is prepared by somebody who means no good,
/// and Bob. Neither has an account: numbers are enough.
struct Household {
    static let alice: uid_t = 61021
    static let bob: uid_t = 61022
    /// Owns what lies outside, beside root.
    static let carol: uid_t = 61023

    let relay: Relay
    /// The key that is published and that nobody holds yet.
    let new: AccessKey

    init(_ name: String, in sandbox: Sandbox, target more: String = "") async throws {
        relay = try await Relay(name, in: sandbox)
        new = try await relay.rotate()
        chmod(relay.home.path, 0o755)
        for (name, user) in [("alice", Self.alice), ("bob", Self.bob), ("carol", Self.carol)] {
            directory(name, of: user)
            directory("\(name)/.aws", of: user)
            write("\(name)/.aws/credentials", Relay.credentials(relay.first), of: user)
        }
        directory("outside", of: 0, mode: 0o755)
        write("outside/shadow", "root:$6$of-nobody's-business:1:0:99999:7:::\n", of: 0, mode: 0o600)
        write("outside/credentials", Relay.credentials(relay.first), of: 0, mode: 0o644)
        relay.configure(
            key: """
                [[key.target]]
                path = "\(path("alice/.aws/credentials"))"
                \(more)
                [[key.target]]
                path = "\(path("bob/.aws/credentials"))"
                """)
    }

    func path(_ name: String) -> String { relay.home.path(name) }

    func directory(_ name: String, of user: uid_t, mode: mode_t = 0o700) {
        mkdir(path(name), 0o700)
        chown(path(name), user, user)
        chmod(path(name), mode)
    }

    func write(_ name: String, _ text: String, of user: uid_t, mode: mode_t = 0o600) {
        relay.home.write(name, text, mode: mode)
        chown(path(name), user, user)
        chmod(path(name), mode)
    }

    /// Every name that is not in Alice's home: kind, owner, mode, number of names, contents. The agent's own state is not
    /// in it, and Bob's home is served.
    var outside: String {
        Command.run([
            "sh", "-c",
            """
            cd \(relay.home.path) && find carol outside -printf '%p %y %u %g %m %n %i %T@ %l\\n' | sort \
            && find carol outside -type f -exec sha256sum {} + | sort
            """,
        ]).output
    }

    /// Runs the agent under strace, which leaves the workers alone; in a mount name space of its own after `preparation`.
    func run(
        preparation: String = "true", afterwards: String = "true", with rights: String = ""
    ) -> (result: Command.Result, trace: String) {
        var environment = relay.sandbox.environment
        environment["HOME"] = relay.home.path
        let trace = path("trace")
        let result = Command.run(
            [
                "unshare", "-m", "sh", "-c",
                """
                mount --make-rprivate / && \(preparation) &&
                strace -f -b execve -y -e trace=%file,fchmod,fchown -o \(trace) \
                \(rights) \(Relay.agent) run --config \(path("agent.toml")); code=$?; \(afterwards); exit $code
                """,
            ], environment: environment)
        return (result, relay.home.text("trace") ?? "")
    }

    /// The calls of root's own process at a name below a user's home.
    func touches(_ home: String, in trace: String) -> [String] {
        trace.split(separator: "\n").map(String.init).filter { line in
            // What a call was given, not what it returned. The status of the home itself (an empty name) tells whose it is.
            let call = line.split(separator: " = ", maxSplits: 1).first ?? ""
            return call.contains("\(path(home))/")
                || call.contains("\(path(home))>, ")
                    && !call.contains("\(path(home))>, \"\", ")
        }
    }
}
