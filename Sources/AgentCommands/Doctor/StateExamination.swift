import Console
import Glibc
import HostSystem
import Refresher

/// Whether the agent can remember its runs, without making anything.
struct StateExamination {
    let path: String
    let userID: UInt32

    struct Result {
        let findings: [Finding]
        /// Empty when nothing was saved, or cannot be read.
        let state: AgentState
    }

    func execute() -> Result {
        do {
            return Result(findings: [finding()], state: try StateDirectory(path: path).load())
        } catch {
            return Result(
                findings: [.problem(.badData, .state, nil, "\(error)", mend: nil)], state: AgentState())
        }
    }

    private func finding() -> Finding {
        do throws(SystemCallError) {
            guard let (existing, status) = try nearest() else {
                return .problem(.configuration, .state, path, "is not an absolute path", mend: "set state_directory")
            }
            let mend = "make it this user's own (chown, chmod 700), or set state_directory"
            guard existing == path else {
                return access(existing, W_OK) == 0
                    ? .ok(.state, path, "will be made by the first run")
                    : .problem(
                        .configuration, .state, path, "does not exist, and \(existing) cannot be written by this user",
                        mend: mend)
            }
            guard status.owner == userID, status.permissions & 0o022 == 0 else {
                return .problem(
                    .badData, .state, path, "belongs to another user or can be written by others", mend: mend)
            }
            return access(path, W_OK) == 0
                ? .ok(.state, path, "can be written")
                : .problem(.configuration, .state, path, "cannot be written", mend: mend)
        } catch {
            return .problem(.configuration, .state, path, "\(error)", mend: "set state_directory")
        }
    }

    /// The directory, or that of those above it which exists.
    private func nearest() throws(SystemCallError) -> (path: String, status: FileStatus)? {
        var candidate = path
        while candidate.hasPrefix("/") {
            do {
                return (candidate, try Directory(path: candidate).status())
            } catch {
                guard error.code == ENOENT, candidate != "/" else { throw error }
                let above = candidate.lastIndex(of: "/").map { String(candidate[..<$0]) } ?? ""
                candidate = above.isEmpty ? "/" : above
            }
        }
        return nil
    }
}
