import Glibc
import HostSystem
import HostTestSupport
import Refresher
import Testing

@testable import AgentCommands

/// Which programs of a directory are hooks, and as whom they are run.
struct LocalHookRunnerTests {
    let scratch = ScratchDirectory()

    /// - Parameter userID: whose agent it is; the rules for root are the same whoever runs the test.
    private func runner(hooks: Bool = false, userID: UInt32 = 1000, limit: String = "20s") throws -> LocalHookRunner {
        let user = RunningUser(userID: userID, home: "/home/alice", environment: [:])
        let text = """
            region = "eu-west-1"
            bucket = "123456789012-accesskey-update"
            hook_timeout = "\(limit)"
            \(hooks ? "hooks = \"\(scratch.path("mine"))\"" : "")
            [[key]]
            user = "backup"
            """
        let configuration = try AgentConfiguration(text: text, path: scratch.path("agent.toml"), user: user)
        return LocalHookRunner(
            configuration, user: user,
            environment: [
                "PATH": "/evil", "LANG": "de_DE.UTF-8", "AWS_SECRET_ACCESS_KEY": "x", "XDG_RUNTIME_DIR": "/run/u",
            ])
    }

    private func program(_ name: String, _ script: String, mode: mode_t = 0o755) {
        mkdir(scratch.path("hooks.d"), 0o755)
        scratch.write("hooks.d/\(name)", "#!/bin/sh\n\(script)\n", mode: mode)
    }

    @Test func `Programs with a plain name are hooks, in order of name; others are told of, hidden ones are not`()
        throws
    {
        for name in ["20_b", "10-a", "30.sh", ".placeholder", "a b"] { program(name, "") }
        program("40-c", "", mode: 0o644)
        mkdir(scratch.path("hooks.d/50"), 0o755)
        let directory = try runner().directory()
        #expect(directory.programs == ["10-a", "20_b"])
        #expect(directory.warnings.count == 4)
        #expect(directory.warnings.contains { $0.contains("40-c is not run: it is not executable; chmod 755") })
    }

    @Test func `The default directory may be missing, a configured one may not`() throws {
        #expect(try runner().directory() == HookDirectory())
        let error = #expect(throws: HookDirectoryProblem.self) { try runner(hooks: true).directory() }
        #expect(error?.description.contains(scratch.path("mine")) == true)
    }

    @Test func `A program gets a small environment of its own and what it is told`() throws {
        program("show", "env | grep -v -e '^PWD=' -e '^_=' -e '^SHLVL=' | sort")
        let end = try runner().run(HookCommand(program: .inDirectory("show"), environment: ["KEYBATON_USER": "backup"]))
        #expect(end.failure == nil)
        #expect(
            String(decoding: end.output, as: UTF8.self) == """
                HOME=/home/alice
                KEYBATON_USER=backup
                LANG=de_DE.UTF-8
                PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
                XDG_RUNTIME_DIR=/run/u

                """)
    }

    @Test func `Arguments reach a program as they are, without a shell`() throws {
        let arguments = ["/usr/bin/printf", "%s\\n", "$HOME; `id`", "two words"]
        let end = try runner().run(HookCommand(program: .arguments(arguments), environment: [:]))
        #expect(String(decoding: end.output, as: UTF8.self) == "$HOME; `id`\ntwo words\n")
    }

    @Test func `Failing says how: a code, too much time, or no such program`() throws {
        program("three", "exit 3")
        program("slow", "sleep 60")
        func failure(_ program: HookCommand.Program) throws -> String? {
            try runner(limit: "1s").run(HookCommand(program: program, environment: [:])).failure
        }
        #expect(try failure(.inDirectory("three")) == "exit code 3")
        #expect(try failure(.inDirectory("slow"))?.contains("longer than 1.0 s") == true)
        #expect(try failure(.arguments(["/no/such"]))?.contains("No such file") == true)
    }

    @Test func `As root nothing is run that another user could have put there`() throws {
        program("hook", "touch \(scratch.path("was-run"))")
        if getuid() == 0 { #expect(chown(scratch.path, 65_534, 65_534) == 0) }
        let root = try runner(userID: 0)
        #expect(throws: UntrustedPath.self) { try root.directory() }
        let end = root.run(HookCommand(program: .inDirectory("hook"), environment: [:]))
        #expect(end.failure?.contains("root must not") == true)
        #expect(!scratch.names.contains("was-run"))
        #expect(root.run(HookCommand(program: .arguments(["/bin/true"]), environment: [:])).failure == nil)
    }

    @Test func `As root a link from a directory of root's to a program of somebody else's is not followed`() throws {
        guard isAvailable(getuid() == 0, "root", for: "a hook that is a link to a user's program") else { return }
        program("theirs", "touch \(scratch.path("was-run"))")
        #expect(chown(scratch.path("hooks.d/theirs"), 65_534, 65_534) == 0)
        symlink("theirs", scratch.path("hooks.d/10-link"))
        let root = try runner(userID: 0)
        #expect(try root.directory().programs == ["10-link", "theirs"])
        for name in ["10-link", "theirs"] {
            let end = root.run(HookCommand(program: .inDirectory(name), environment: [:]))
            #expect(end.failure?.contains("root must not") == true)
        }
        #expect(!scratch.names.contains("was-run"))
    }
}
