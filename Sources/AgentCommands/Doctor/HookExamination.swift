import Console
import Glibc
import HostSystem
import Refresher

/// Whether the programs that are to run after a change can be run.
struct HookExamination {
    private let runner: LocalHookRunner
    /// The targets' own ones.
    private let programs: [String]

    init(_ configuration: AgentConfiguration, user: RunningUser, environment: [String: String]) {
        runner = LocalHookRunner(configuration, user: user, environment: environment)
        let all = configuration.keys.flatMap(\.targets).compactMap(\.hook.first)
        programs = all.indices.filter { !all[..<$0].contains(all[$0]) }.map { all[$0] }
    }

    func findings() -> [Finding] { programs.map(judge) + directoryFindings }

    /// The sentences say what to do.
    private var directoryFindings: [Finding] {
        do {
            let directory = try runner.directory()
            return directory.programs.map { judge("\(runner.directoryPath)/\($0)") }
                + directory.warnings.map { .warning(.hook, nil, $0, mend: nil) }
        } catch {
            return [.problem(.configuration, .hook, nil, "\(error)", mend: nil)]
        }
    }

    private func judge(_ path: String) -> Finding {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return .problem(
                .configuration, .hook, path, String(cString: strerror(errno)),
                mend: "correct `hook`, or install the program")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            return .problem(.configuration, .hook, path, "is not a file", mend: "correct `hook`")
        }
        guard access(path, X_OK) == 0 else {
            return .problem(.configuration, .hook, path, "is not executable", mend: "chmod 755 \(path)")
        }
        guard runner.isRoot else { return .ok(.hook, path, "can be run") }
        do {
            try requireOnlyRootCanChange(path)
            return .ok(.hook, path, "can be run, and nobody but root can replace it")
        } catch {
            return .problem(.configuration, .hook, path, error.problem, mend: nil)
        }
    }
}
