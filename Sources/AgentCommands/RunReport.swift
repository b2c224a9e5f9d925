import Console
import FoundationEssentials
import Handover
import Refresher

/// `keybaton-agent run --json`, schema 1: `{"schema", "exit", "keys": [outcome]}`.
///
/// An outcome: `user`, `parameter`, `parameter_version`, `published_key_id`, `key_id`, `principal`, `started_at`,
/// `finished_at`, `checked_in`, `targets` (as in a check-in), `rewritten` (paths), `problems` (`code`, `message`), `warnings`.
struct RunReport: Encodable {
    private let schema = 1
    private let exit: Int32
    private let keys: [RefreshOutcome]

    init(_ outcomes: [RefreshOutcome], _ status: ExitStatus) {
        exit = status.rawValue
        keys = outcomes
    }

    var text: String {
        get throws { try json(self) }
    }
}

func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}

extension RefreshOutcome {
    /// The one line of the log for this key.
    var line: String {
        let held = keyID.map { "holds \($0)" } ?? "holds no key"
        let version = parameterVersion.map { ", version \($0) of \(parameter)" } ?? ""
        let written = rewritten.isEmpty ? "" : "; installed in \(rewritten.joined(separator: ", "))"
        let seen = hasCheckedIn ? "; checked in" : "; not checked in"
        let wrong = problems.map { "; \($0)" }.joined()
        return "\(user): \(held)\(version)\(written)\(seen)\(wrong)"
    }

    var severity: Severity {
        switch ExitStatus.worst(of: [self]) {
        case .success: rewritten.isEmpty ? .info : .notice
        case .unavailable, .temporary: .warning
        default: .error
        }
    }
}
