import Console
import FoundationEssentials
import Handover
import Rotation

/// How one run over one user ended: what `run --json` prints a user.
struct RunResult: Encodable {
    var user: UserName
    var actions: [String]
    /// What comes next, or why the run ended early.
    var message: String
    var exitCode: Int32
    var status: ExitStatus { ExitStatus(rawValue: exitCode) ?? .unexpected }

    private enum CodingKeys: String, CodingKey {
        case user, actions, message
        case exitCode = "exit_code"
    }
}

/// What `--json` prints of a command that changes something: schema 1.
struct RunReport: Encodable {
    var schema = 1
    /// In the order of the configuration.
    var users: [RunResult]
    /// What concerns no user that was run over: selections that could not be asked for, or found nobody.
    var problems: [String] = []
}

/// What `--json` prints of a rehearsal: schema 1.
struct RehearsalReport: Encodable {
    struct User: Encodable {
        var user: UserName
        var decision: StatusReport.DecisionReport
        /// What the same run would decide next, as long as that is known before anything is done outside.
        var then: [StatusReport.DecisionReport]
    }

    var schema = 1
    let dryRun = true
    var users: [User]
    var problems: [String] = []

    private enum CodingKeys: String, CodingKey {
        case schema, users, problems
        case dryRun = "dry_run"
    }
}

extension CommandContext {
    /// A result as one line of JSON.
    func printJSON(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        output.line(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}
