import Glibc
import HostTestSupport
import SandboxSupport
import Testing

/// A boto3 program that runs as long as this value lives: `Scripts/client.py`.
final class Client {
    /// The Python that has boto3, installed with the sandbox; the AWS CLI lies beside it.
    static let python = "\(Sandbox.packageRoot)/.build/sandbox-venv/bin/python"

    private let folder = ScratchDirectory()
    private let program: Command
    private var asked = 0

    /// - Parameter pidFile: the program is started anew whenever it ends, as a service manager would, and this file says
    ///   which process it is; nil: it is started once.
    init(_ relay: Relay, profile: String, pidFile: String? = nil) {
        let supervisor = pidFile.map {
            ["sh", "-c", "while :; do \"$@\" & echo $! > \($0); wait; done", "sh"]
        }
        program = Command(
            (supervisor ?? []) + [Self.python, script("client.py"), folder.path],
            environment: relay.clientEnvironment(profile))
    }

    deinit {
        program.signal(SIGTERM)
        _ = program.finish()
    }

    /// The id of the key it uses, and who AWS says it is, or the code of AWS's refusal.
    ///
    /// - Parameter ahead: how many minutes its clock is ahead.
    func ask(minutesAhead ahead: Int = 0) throws -> String {
        asked += 1
        folder.write("ask-\(asked).new", "\(ahead * 60)")
        #expect(rename(folder.path("ask-\(asked).new"), folder.path("ask-\(asked)")) == 0)
        for _ in 1...3000 where folder.text("answer-\(asked)") == nil && program.isRunning { usleep(10_000) }
        return try #require(folder.text("answer-\(asked)"), "the client has ended, or does not answer")
    }
}

extension Relay {
    func clientEnvironment(_ profile: String) -> [String: String] {
        sandbox.environment.merging(
            ["HOME": home.path, "AWS_PROFILE": profile, "AWS_EC2_METADATA_DISABLED": "true"]) { $1 }
    }
}
