import Console
import FoundationEssentials
import HTTPTransport
import HostSystem
import HostTestSupport
import Handover
import Refresher
import Testing

@testable import AgentCommands

/// What doctor makes of what it saw on the host.
struct FindingTests {
    let home = ScratchDirectory()

    // MARK: The report

    @Test func `The exit code is that of the worst problem, and warnings are none`() {
        let warning = Finding.warning(.clock, nil, "late", mend: "set it")
        #expect(DoctorReport([.ok(.host, nil, "fine"), warning]).status == .success)
        #expect(
            DoctorReport([
                .problem(.unavailable, .endpoint, nil, "gone", mend: nil),
                .problem(.permission, .parameter, nil, "denied", mend: nil), warning,
            ]).status == .permission)
    }

    @Test func `A finding is a line, and below it what to do; a host's text cannot forge one`() {
        let output = Output(isTerminal: false, environment: [:]) { _ in }
        let report = DoctorReport([
            .ok(.host, "nas", "is\nok\n→ rm"),
            .problem(.configuration, .hook, "/h", "is not executable", mend: "chmod 755 /h"),
        ])
        #expect(
            report.lines(for: output) == [
                "ok       host nas: is", "         | ok", "         | → rm", "problem  hook /h: is not executable",
                "         → chmod 755 /h", "", "1 problem.",
            ])
        #expect(DoctorReport([.ok(.host, nil, "x")]).lines(for: output).last == "All is well.")
    }

    @Test func `Programs read it as JSON`() throws {
        let text = try json(DoctorReport([.problem(.permission, .checkIn, "s3://b", "denied", mend: "allow it")]))
        for part in ["\"schema\" : 1", "\"exit\" : 77", "\"check\" : \"check-in\"", "\"verdict\" : \"problem\""] {
            #expect(text.contains(part), "\(text)")
        }
    }

    // MARK: The clock

    @Test(
        arguments: [
            (20, .ok), (-59, .ok), (61, .warning), (-3600, .warning), (86_399, .warning), (86_401, .problem),
            (-172_800, .problem),
        ] as [(Int, Finding.Verdict)])
    func `A clock is told by how far it is off`(_ seconds: Int, _ verdict: Finding.Verdict) {
        let finding = Finding.clock([.seconds(seconds)])
        #expect(finding.verdict == verdict)
        if verdict != .ok { #expect(finding.message.contains(seconds > 0 ? "behind" : "ahead of")) }
    }

    @Test func `One service that is wrong does not outvote two, and without any answer nothing is said`() {
        #expect(Finding.clock([.seconds(0), .seconds(90_000), .seconds(1)]).verdict == .ok)
        #expect(Finding.clock([]).verdict == .unknown)
    }

    // MARK: The host's name

    private func facts(_ name: String, hardware: String? = nil) -> HostFacts {
        home.write("machine-id", "")
        _ = Command.run(["mkdir", "-p", home.path("etc"), home.path("proc/device-tree")])
        home.write("etc/machine-id", String(repeating: "0a", count: 16) + "\n")
        if let hardware { home.write("proc/device-tree/serial-number", hardware + "\0") }
        return HostFacts(hostName: name, root: home.path)
    }

    @Test func `A name that every copy of a machine would derive is a warning`() {
        #expect(HostExamination(configured: nil, facts: facts("pi")).findings().map(\.verdict) == [.warning])
        let own = HostExamination(configured: nil, facts: facts("pi", hardware: "10000000a1b2c3d4")).findings()
        #expect(own.map(\.verdict) == [.ok])
    }

    @Test func `A configured name that systems come with is a warning, any other is right`() throws {
        let common = HostExamination(configured: HostID("raspberrypi"), facts: facts("pi")).findings()
        #expect(common.map(\.verdict) == [.warning])
        #expect(HostExamination(configured: HostID("attic"), facts: facts("pi")).findings().map(\.verdict) == [.ok])
    }

    @Test func `Without a machine id and without a name there is a problem that says what to do`() {
        let finding = HostExamination(configured: nil, facts: HostFacts(hostName: "x", root: home.path)).findings()
            .first
        #expect(finding?.status == .configuration)
        #expect(finding?.message.contains("host = ") == true)
    }

    // MARK: The state

    private func examine(_ path: String, as user: UInt32 = UserAccount.effectiveUserID) -> StateExamination.Result {
        StateExamination(path: path, userID: user).execute()
    }

    @Test func `A state directory need not exist, and is not made`() {
        let result = examine(home.path("a/b"))
        #expect(result.findings.map(\.verdict) == [.ok])
        #expect(home.names.isEmpty)
    }

    @Test func `A state directory of somebody else, or a damaged state, is a problem`() {
        #expect(examine(home.path, as: UserAccount.effectiveUserID + 1).findings.map(\.status) == [.badData])
        home.write("state", "{")
        let damaged = examine(home.path).findings
        #expect(damaged.map(\.status) == [.badData])
        #expect(damaged.first?.message.contains("state") == true)
        #expect(examine(home.path("state/x")).findings.map(\.verdict) == [.problem])
    }

    // MARK: Hooks

    private func hooks(_ programs: [String] = [], chosen: Bool = false) throws -> [Finding] {
        let targets = programs.enumerated().map { index, program in
            "[[key.target]]\npath = \"/x\(index)\"\nhook = [\"\(program)\"]\n"
        }
        let configuration = try AgentConfiguration(
            text: (chosen ? "hooks = \"\(home.path("hooks.d"))\"\n" : "") + AgentConfigurationTests.head
                + "[[key]]\nuser = \"backup\"\n" + targets.joined(),
            path: home.path("agent.toml"), user: RunningUser(userID: 1000, home: "/", environment: [:]))
        return HookExamination(
            configuration, user: RunningUser(userID: 1000, home: "/", environment: [:]), environment: [:]
        ).findings()
    }

    @Test func `No directory of hooks is no mistake unless it was chosen`() throws {
        #expect(try hooks().isEmpty)
        #expect(try hooks(chosen: true).map(\.status) == [.configuration])
    }

    @Test func `A hook must be a file that can be run`() throws {
        _ = Command.run(["mkdir", home.path("hooks.d")])
        home.write("hooks.d/10-good", "#!/bin/sh\n", mode: 0o755)
        home.write("hooks.d/20-plain", "#!/bin/sh\n", mode: 0o644)
        home.write("hooks.d/.hidden", "", mode: 0o644)
        #expect(try hooks().map(\.verdict) == [.ok, .warning])
        let own = try hooks([home.path("hooks.d"), home.path("none"), home.path("hooks.d/20-plain")])
        #expect(own.prefix(3).map(\.verdict) == [.problem, .problem, .problem])
    }

    // MARK: A process beside a key

    @Test func `A credential_process beside a key in the file is told, by the file's own spelling of profiles`() {
        let config = "[profile backup]\ncredential_process = /x\n[default]\nregion = eu-west-1\n"
        #expect(ProfileConflict.finding(path: "/c", profile: "backup", config: config)?.verdict == .warning)
        #expect(ProfileConflict.finding(path: "/c", profile: "default", config: config) == nil)
        #expect(ProfileConflict.finding(path: "/c", profile: "backup", config: nil) == nil)
        #expect(ProfileConflict.finding(path: "/c", profile: "backup", config: "nonsense") == nil)
    }
}
