import Glibc
import HostSystem
import Refresher

/// Runs hooks on this machine with the agent's own rights: without a shell, and without anything that it inherited.
struct LocalHookRunner: HookRunner {
    /// Absolute.
    let directoryPath: String
    /// Whether somebody chose the directory, so that its absence is a mistake.
    let isChosen: Bool
    let timeLimit: Duration
    /// What every program is told.
    let environment: [String: String]
    /// As root nothing is run that somebody else could have put there.
    let isRoot: Bool

    init(_ configuration: AgentConfiguration, user: RunningUser, environment: [String: String]) {
        directoryPath = configuration.hooksDirectory ?? configuration.defaultHooksDirectory
        isChosen = configuration.hooksDirectory != nil
        timeLimit = configuration.hookTimeout
        self.environment = Self.environment(for: user, inherited: environment)
        isRoot = user.userID == 0
    }

    /// The same under cron, under systemd and at a terminal.
    static func environment(for user: RunningUser, inherited: [String: String]) -> [String: String] {
        var environment = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": user.home ?? "/", "LANG": inherited["LANG"] ?? "C.UTF-8",
        ]
        // Without it `systemctl --user` finds nobody to talk to.
        if user.userID != 0 { environment["XDG_RUNTIME_DIR"] = inherited["XDG_RUNTIME_DIR"] }
        return environment
    }

    func directory() throws -> HookDirectory {
        let names: [String]
        do throws(SystemCallError) {
            names = try Directory(path: directoryPath).names().sorted()
        } catch {
            if error.code == ENOENT, !isChosen { return HookDirectory() }
            throw HookDirectoryProblem(path: directoryPath, cause: error.message)
        }
        if isRoot, !names.isEmpty { try requireOnlyRootCanChange(directoryPath) }
        var directory = HookDirectory()
        for name in names where !name.hasPrefix(".") {
            if let reason = Self.objection(to: name, in: directoryPath) {
                directory.others.insert(name)
                directory.warnings.append("\(directoryPath)/\(name) is not run: \(reason)")
            } else {
                directory.programs.append(name)
            }
        }
        return directory
    }

    /// By the rules of run-parts(8), which keep out what editors and package managers leave behind.
    private static func objection(to name: String, in directory: String) -> String? {
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isName else { return "the name of a hook consists of A-Z a-z 0-9 _ - only, without a suffix" }
        var status = stat()
        let path = "\(directory)/\(name)"
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return "it is no file" }
        return access(path, X_OK) == 0 ? nil : "it is not executable; chmod 755 it, or remove it"
    }

    func run(_ command: HookCommand) -> HookEnd {
        let (program, arguments) =
            switch command.program {
            case .arguments(let arguments): (arguments.first ?? "", Array(arguments.dropFirst()))
            case .inDirectory(let name): ("\(directoryPath)/\(name)", [])
            }
        do {
            if isRoot { try requireOnlyRootCanChange(program) }
            let run = try ProgramRun(
                program, arguments: arguments, environment: environment.merging(command.environment) { $1 },
                timeLimit: timeLimit)
            return HookEnd(failure: failure(of: run.ending), output: run.output)
        } catch let error as UntrustedPath {
            return HookEnd(failure: "it was not run, because root must not: \(error)", output: [])
        } catch {
            return HookEnd(failure: "it could not be started: \(error)", output: [])
        }
    }

    private func failure(of ending: ProgramRun.Ending) -> String? {
        switch ending {
        case .exited(0): nil
        case .exited(let code): "exit code \(code)"
        case .killed(let signal): "it was ended by signal \(signal)"
        case .outOfTime: "it took longer than \(timeLimit / .seconds(1)) s and was stopped; hook_timeout gives it more"
        case .unknown: "how it ended could not be seen"
        }
    }
}

/// Why there is no telling which hooks there are; what to do is part of the sentence.
struct HookDirectoryProblem: Error, CustomStringConvertible {
    let path: String
    let cause: String

    var description: String {
        "the hooks of \(path) were not run: \(cause); make it, readable for this user, or correct `hooks`"
    }
}
