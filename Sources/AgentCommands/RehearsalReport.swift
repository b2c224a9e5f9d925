import Console
import FoundationEssentials
import Handover
import Refresher

/// `keybaton-agent run --dry-run --json`, schema 1: `{"schema", "exit", "keys": [{"user", "parameter",
/// "parameter_version", "published_key_id", "targets": [{"path", "profile", "format", "key_id", "stale", "changes",
/// "problem"}], "hooks", "problems", "warnings"}]}`. The same of `needs-refresh --json`, without `changes`.
struct RehearsalReport: Encodable {
    private let schema = 1
    private let exit: Int32
    private let keys: [Rehearsal]

    init(_ rehearsals: [Rehearsal], _ status: ExitStatus) {
        keys = rehearsals
        exit = status.rawValue
    }

    var text: String {
        get throws { try json(self) }
    }

    var warnings: [String] { keys.flatMap(\.warnings) }

    func lines(quiet: Bool) -> [String] {
        keys.filter { !quiet || $0.hasWork || !$0.problems.isEmpty }.flatMap(\.lines)
    }
}

extension Rehearsal {
    fileprivate var lines: [String] {
        let published = publishedKeyID.map { "publishes \($0)" } ?? "could not be used"
        let version = parameterVersion.map { "version \($0) of " } ?? ""
        return ["\(user): \(version)\(parameter) \(published)"] + targets.flatMap(\.lines)
            + hooks.map { "  would run the hook \($0)" }
            + problems.filter { problem in !targets.contains { $0.problem == problem } }.map { "  \($0)" }
    }
}

extension Rehearsal.Target {
    fileprivate var lines: [String] {
        let name = "  " + TargetName(path: path, profile: profile, format: format).description
        if let problem { return ["\(name): would be left as it is; \(problem)"] }
        guard isStale else { return ["\(name): stays as it is, with \(keyID.map { "\($0)" } ?? "no key")"] }
        return ["\(name): would change"] + changes.map { "    \($0)" }
    }
}

extension ExitStatus {
    /// Of a dry run. A problem first: what it keeps from happening is not known.
    static func rehearsed(_ rehearsals: [Rehearsal]) -> ExitStatus {
        let worst = worst(of: rehearsals.flatMap(\.problems))
        guard worst == .success else { return worst }
        return rehearsals.contains(where: \.hasWork) ? .wouldChange : .success
    }

    /// Of `needs-refresh`. Work first: a run can do it, whatever else is wrong.
    static func needed(_ rehearsals: [Rehearsal]) -> ExitStatus {
        if rehearsals.contains(where: \.hasWork) { return .success }
        let worst = worst(of: rehearsals.flatMap(\.problems))
        return worst == .success ? .upToDate : worst
    }
}
