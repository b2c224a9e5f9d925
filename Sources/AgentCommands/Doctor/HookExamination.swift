import Console
import Glibc
import HostSystem

/// Whether the programs that are to run after a change can be run.
struct HookExamination {
    /// Holds programs for every change.
    let directory: String
    /// Whether somebody chose the directory, so that its absence is a mistake.
    let isChosen: Bool
    /// The targets' own programs.
    let programs: [String]
    /// Why this user must not run a program; nil when he may.
    let distrust: (_ path: String) -> String?

    func findings() -> [Finding] {
        programs.map { judge($0, isOfDirectory: false) } + directoryFindings
    }

    private var directoryFindings: [Finding] {
        let names: [String]
        do throws(SystemCallError) {
            names = try Directory(path: directory).names().sorted()
        } catch {
            guard error.code == ENOENT else {
                return [.problem(.configuration, .hook, directory, error.message, mend: "make it readable")]
            }
            return isChosen
                ? [
                    .problem(
                        .configuration, .hook, directory, "does not exist",
                        mend: "mkdir -m 755 \(directory), or remove `hooks`")
                ] : []
        }
        return names.filter { !$0.hasPrefix(".") }.map { judge("\(directory)/\($0)", isOfDirectory: true) }
    }

    private func judge(_ path: String, isOfDirectory: Bool) -> Finding {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return .problem(
                .configuration, .hook, path, String(cString: strerror(errno)),
                mend: "correct `hook`, or install the program")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            return .problem(.configuration, .hook, path, "is not a file", mend: "remove it, or correct `hook`")
        }
        guard access(path, X_OK) == 0 else {
            return isOfDirectory
                ? .warning(
                    .hook, path, "is not executable, so it is passed by", mend: "chmod 755 \(path), or remove it")
                : .problem(.configuration, .hook, path, "is not executable", mend: "chmod 755 \(path)")
        }
        if let reason = distrust(path) {
            return .problem(.configuration, .hook, path, reason, mend: nil)
        }
        return .ok(.hook, path, "can be run")
    }
}
