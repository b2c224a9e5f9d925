import FoundationEssentials
import Glibc
import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// The real `doctor` against AWS's real protocols: a healthy host passes; of one broken thing it says which, how to mend it,
/// and ends with the code of a run; and it changes nothing on the host.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "the doctor's findings")))
struct DoctorTests {
    static let sandbox = Result { try Sandbox() }

    let sandbox: Sandbox
    let relay: Relay

    init() async throws {
        sandbox = try Self.sandbox.get()
        try await sandbox.reset()
        relay = try await Relay("backup", in: sandbox)
    }

    struct Report: Decodable {
        struct Finding: Decodable {
            let check: String
            let subject: String?
            let verdict: String
            let message: String
            let mend: String?
        }

        let schema: Int
        let exit: Int32
        let findings: [Finding]

        var problems: [Finding] { findings.filter { $0.verdict == "problem" } }

        func findings(_ check: String, _ verdict: String) -> [Finding] {
            findings.filter { $0.check == check && $0.verdict == verdict }
        }
    }

    /// Runs it and checks what holds for every run: the exit code is the report's, no secret is told, no file is changed.
    private func doctor(_ environment: [String: String] = [:], config: String? = nil) throws -> Report {
        let before = tree()
        var all = sandbox.environment
        all["HOME"] = relay.home.path
        all.merge(environment) { _, new in new }
        let result = Command.run(
            [Relay.agent, "doctor", "--json", "--config", config ?? relay.home.path("agent.toml")], environment: all)
        #expect(tree() == before)
        #expect(!result.output.contains(relay.first.secret.reveal()))
        let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
        #expect(report.schema == 1)
        #expect(report.exit == result.status)
        // Whatever is wrong, there is something to do about it.
        for problem in report.problems {
            #expect(problem.mend != nil || problem.message.contains(";") || problem.message.contains("."))
        }
        return report
    }

    /// Names, kinds, modes, sizes, times and contents.
    private func tree() -> String {
        Command.run([
            "sh", "-c",
            "cd '\(relay.home.path)' && find . -type d -printf '%P %y %m\\n' , ! -type d -printf '%P %y %m %s %T@ %l\\n' | sort && find . -type f -exec sha256sum {} +",
        ]).output
    }

    private func expectProblem(
        _ check: String, _ status: Int32, in report: Report, mend: String
    ) {
        #expect(report.exit == status, "\(report)")
        let found = report.findings(check, "problem")
        #expect(found.contains { ($0.mend ?? $0.message).contains(mend) }, "\(report)")
    }

    // MARK: A healthy host

    @Test func `A healthy host passes, and the second time nothing is written at all`() async throws {
        let report = try doctor()
        #expect(report.exit == 0, "\(report)")
        #expect(report.problems.isEmpty)
        for check in ["configuration", "host", "state", "endpoint", "clock", "target", "key", "parameter", "check-in"] {
            #expect(!report.findings(check, "ok").isEmpty, "\(check): \(report)")
        }
        // It announces the host, and acknowledges nothing.
        let announced = try #require(try await relay.checkIn(under: relay.first))
        #expect(announced.problem?.code == "not-run-yet")
        #expect(announced.targets.map(\.keyID) == [relay.first.id])
        let again = try doctor()
        #expect(again.exit == 0)
        #expect(try await relay.checkIn(under: relay.first) == announced)
    }

    @Test func `What a run has acknowledged stays acknowledged`() async throws {
        #expect(relay.run("run").status == 0)
        let checkIn = try #require(try await relay.checkIn(under: relay.first))
        #expect(checkIn.problem == nil)
        #expect(try doctor().exit == 0)
        #expect(try await relay.checkIn(under: relay.first) == checkIn)
    }

    @Test func `A rotation that waits is told, and not begun`() async throws {
        let new = try await relay.rotate()
        let report = try doctor()
        #expect(report.exit == 0, "\(report)")
        #expect(report.findings("target", "ok").contains { $0.message.contains("holds OLD") })
        #expect(report.findings("parameter", "ok").contains { $0.message.contains(new.id.description) })
        #expect(relay.credentials == Relay.credentials(relay.first))
        #expect(try await relay.checkIn(under: new) == nil)
    }

    @Test func `For people it is one line a finding, with what to do below it`() throws {
        relay.configure("hooks = \"\(relay.home.path("none"))\"")
        let result = relay.run("doctor")
        #expect(result.status == 78)
        #expect(result.output.contains("ok       parameter /keybaton/backup: version 1 publishes"))
        #expect(result.output.contains("problem  hook: the hooks of \(relay.home.path("none")) were not run"))
    }

    // MARK: One broken thing at a time

    @Test func `Without a configuration everything else is still looked at`() throws {
        let report = try doctor(config: relay.home.path("none.toml"))
        expectProblem("configuration", 78, in: report, mend: "keybaton-agent init")
        #expect(!report.findings("host", "ok").isEmpty)
        #expect(!report.findings("state", "ok").isEmpty)
    }

    private func replace(_ text: String, with other: String) {
        relay.home.write("agent.toml", relay.home.text("agent.toml")?.replacing(text, with: other) ?? "")
    }

    @Test func `A wrong region`() throws {
        replace(sandbox.region, with: "eu-north-1")
        let report = try doctor()
        // The user's rights are for the right region only, and S3 says where the bucket is.
        expectProblem("check-in", 78, in: report, mend: "`region`")
        expectProblem("parameter", 78, in: report, mend: "check `region`")
        #expect(report.problems.contains { $0.message.contains("the bucket is in \(sandbox.region)") })
    }

    @Test func `A bucket that there is not, or is somebody else's`() async throws {
        replace(Relay.bucket, with: "no-such-bucket")
        expectProblem("check-in", 77, in: try doctor(), mend: "check `bucket`")
        try await sandbox.setPolicy(
            [
                "Version": "2012-10-17",
                "Statement": [
                    ["Effect": "Allow", "Action": ["ssm:GetParameter", "s3:PutObject"], "Resource": "*"]
                ],
            ], of: "backup")
        let report = try doctor()
        expectProblem("check-in", 78, in: report, mend: "check `bucket`")
        #expect(report.problems.contains { $0.message.contains("NoSuchBucket") })
    }

    @Test func `A parameter that there is not`() async throws {
        try await sandbox.call("ssm", "delete_parameter", ["Name": .text(relay.parameter)])
        expectProblem("parameter", 78, in: try doctor(), mend: "keybaton init backup")
    }

    @Test func `A parameter that is not what a rotator publishes`() async throws {
        try await relay.publish(text: "hello")
        let report = try doctor()
        expectProblem("parameter", 65, in: report, mend: "find out who wrote it")
        #expect(!report.findings("check-in", "ok").isEmpty)
    }

    @Test(arguments: ["ssm:GetParameter", "s3:PutObject"])
    func `A right that is missing, with the statement that is needed`(_ right: String) async throws {
        let statements = try #require(Relay.policy(sandbox)["Statement"]).elements
        try await sandbox.setPolicy(
            ["Version": "2012-10-17", "Statement": .array(statements.filter { $0["Action"]?.text != right })],
            of: "backup")
        let report = try doctor()
        expectProblem(
            right == "ssm:GetParameter" ? "parameter" : "check-in", 77, in: report, mend: "allow \(right) on arn:aws:s")
    }

    @Test func `A key that AWS does not accept`() async throws {
        try await sandbox.setStatus("Inactive", of: relay.first.id, of: "backup")
        expectProblem("key", 10, in: try doctor(), mend: "keybaton reactivate backup")
    }

    @Test func `No key, and a key that was never published`() async throws {
        relay.home.write(".aws/credentials", "[other]\nregion = eu-west-1\n")
        expectProblem("key", 10, in: try doctor(), mend: "aws configure")
        relay.hold(try await sandbox.makeKey(for: "backup"))
        expectProblem("target", 10, in: try doctor(), mend: "--adopt")
    }

    @Test func `A key of another user`() async throws {
        let other = try await sandbox.makeUser("other", policy: Relay.policy(sandbox))
        relay.hold(other.key)
        expectProblem("key", 65, in: try doctor(), mend: "correct `user` or the targets")
    }

    @Test func `Certificates that cannot be read, and such as do not lead to AWS`() throws {
        let missing = relay.home.path("none.pem")
        let unreadable = try doctor(["AWS_CA_BUNDLE": missing])
        expectProblem("endpoint", 78, in: unreadable, mend: "AWS_CA_BUNDLE")
        #expect(unreadable.problems.contains { $0.message.contains(missing) })
        #expect(!unreadable.findings("target", "ok").isEmpty)
        let other = "/etc/ssl/certs/ca-certificates.crt"
        expectProblem("endpoint", 69, in: try doctor(["AWS_CA_BUNDLE": other]), mend: other)
    }

    @Test func `A variable that makes no sense`() throws {
        expectProblem("endpoint", 78, in: try doctor(["AWS_MAX_ATTEMPTS": "many"]), mend: "unset the variable")
    }

    @Test func `A name without an address, and nobody who listens`() throws {
        let nowhere = try doctor(["AWS_ENDPOINT_URL": "https://keybaton.invalid"])
        expectProblem("endpoint", 69, in: nowhere, mend: "getent hosts keybaton.invalid")
        #expect(nowhere.findings("clock", "unknown").count == 1)
        expectProblem("endpoint", 69, in: try doctor(["AWS_ENDPOINT_URL": "https://127.0.0.1:9"]), mend: "firewall")
    }

    @Test func `A clock that is an hour or days off`() async throws {
        try await sandbox.change(["clock_offset": 3600])
        let hour = try doctor()
        #expect(hour.exit == 0, "\(hour)")
        let warning = try #require(hour.findings("clock", "warning").first)
        #expect(warning.message.contains("1 h") || warning.message.contains("59 min"))
        #expect(warning.message.contains("behind"))
        #expect(warning.mend?.contains("timedatectl") == true)
        try await sandbox.change(["clock_offset": -172_800])
        let days = try doctor()
        expectProblem("clock", 69, in: days, mend: "timedatectl")
        #expect(days.problems.contains { $0.message.contains("ahead of") })
    }

    @Test func `A credentials file that no program can read`() throws {
        relay.home.write(".aws/credentials", "nonsense\n" + Relay.credentials(relay.first))
        expectProblem("target", 65, in: try doctor(), mend: "line 1: ")
    }

    @Test(
        .enabled(
            if: isAvailable(
                geteuid() == 0 && hasCommand("chattr"), "root and chattr", for: "a directory without writing")))
    func `A directory in which no file can be made`() throws {
        let directory = relay.home.path(".aws")
        guard Command.run(["chattr", "+i", directory]).status == 0 else {
            _ = isAvailable(false, "a file system with immutable files", for: "a directory without writing")
            return
        }
        defer { _ = Command.run(["chattr", "-i", directory]) }
        expectProblem("target", 65, in: try doctor(), mend: "chattr -i")
    }

    @Test func `A text file for Prometheus without its directory`() throws {
        relay.configure("textfile = \"\(relay.home.path("none/x.prom"))\"")
        expectProblem("textfile", 78, in: try doctor(), mend: "correct `textfile`")
    }

    @Test func `A file that others can read is a warning`() throws {
        chmod(relay.home.path(".aws/credentials"), 0o644)
        let report = try doctor()
        #expect(report.exit == 0)
        #expect(report.findings("target", "warning").contains { $0.message.contains("chmod 600") })
    }

    @Test func `A hook that is missing, or not executable`() throws {
        let hook = relay.home.write("hook", "#!/bin/sh\n", mode: 0o644)
        relay.configure(key: "[[key.target]]\npath = \"~/.aws/credentials\"\nhook = [\"\(hook)\"]")
        expectProblem("hook", 78, in: try doctor(), mend: "chmod 755 \(hook)")
        unlink(hook)
        expectProblem("hook", 78, in: try doctor(), mend: "install the program")
    }

    @Test(.enabled(if: isAvailable(geteuid() == 0, "root", for: "a hook that others can write")))
    func `As root, a hook that others can write`() throws {
        let hook = relay.home.write("hook", "#!/bin/sh\n", mode: 0o775)
        relay.configure(key: "[[key.target]]\npath = \"~/.aws/credentials\"\nhook = [\"\(hook)\"]")
        let report = try doctor()
        #expect(report.exit == 78)
        #expect(report.findings("hook", "problem").first?.message.contains("chmod go-w") == true, "\(report)")
        chmod(hook, 0o755)
        #expect(try doctor().exit == 0)
    }

    @Test func `A state directory that others can write`() throws {
        mkdir(relay.home.path("state"), 0o700)
        chmod(relay.home.path("state"), 0o777)
        // Root follows no path that others can change; a plain user is told to make the directory his own.
        let mend = geteuid() == 0 ? "where only root can write" : "chmod 700"
        expectProblem("state", 78, in: try doctor(), mend: mend)
    }

    @Test func `A way back that cannot read the parameter, and one that can`() async throws {
        let way = try await sandbox.makeUser("rendezvous")
        relay.home.write(
            ".aws/rendezvous",
            "[keybaton]\naws_access_key_id = \(way.key.id)\naws_secret_access_key = \(way.key.secret.reveal())\n")
        relay.configure(key: "rendezvous_profile = \"keybaton\"\nrendezvous_file = \"~/.aws/rendezvous\"")
        expectProblem("rendezvous", 77, in: try doctor(), mend: "allow ssm:GetParameter")
        try await sandbox.setPolicy(
            [
                "Version": "2012-10-17",
                "Statement": [
                    ["Effect": "Allow", "Action": ["ssm:GetParameter", "s3:PutObject"], "Resource": "*"]
                ],
            ], of: "rendezvous")
        let report = try doctor()
        #expect(report.exit == 0, "\(report)")
        #expect(report.findings("rendezvous", "ok").first?.message.contains("and check in") == true)
    }

    @Test func `A key beside a credential_process is told`() throws {
        relay.home.write(".aws/config", "[default]\ncredential_process = /bin/true\n")
        let report = try doctor()
        #expect(report.exit == 0)
        #expect(report.findings("target", "warning").contains { $0.message.contains("credential_process") })
    }

    @Test func `A program that goes on with the key before the last installation is told, one started later is not`()
        async throws
    {
        func start() -> Command {
            Command(
                ["sleep", "120"],
                environment: ["AWS_SHARED_CREDENTIALS_FILE": relay.home.path(".aws/credentials"), "HOME": "/nowhere"])
        }
        let before = start()
        defer {
            before.signal(SIGKILL)
            _ = before.finish()
        }
        // The time of an installation is remembered to the second.
        try await Task.sleep(for: .seconds(2))
        _ = try await relay.rotate()
        #expect(relay.run("run").status == 0)
        try await Task.sleep(for: .seconds(2))
        let later = start()
        defer {
            later.signal(SIGKILL)
            _ = later.finish()
        }
        let found = try doctor().findings("program", "warning")
        #expect(found.count == 1)
        #expect(found.first?.subject?.hasPrefix("sleep (process ") == true)
        #expect(found.first?.mend?.contains("credentials --user backup") == true)
    }
}
