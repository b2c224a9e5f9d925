import Console
import CredentialsFile
import FoundationEssentials
import Handover
import Refresher
import Secrets

/// `keybaton-agent status --json`, schema 1: `{"schema", "generated_at", "keys": [{"user", "parameter", "principal",
/// "targets": [{"path", "profile", "key_id", "problem"}], "runs": [outcome, the newest first]}]}`.
///
/// `key_id` is what the file holds now; an outcome is that of `RunReport`. Nothing here is secret.
struct StatusReport: Encodable {
    struct Key: Encodable {
        let user: UserName
        let parameter: String
        let principal: Principal?
        let targets: [Target]
        let runs: [RefreshOutcome]
    }

    struct Target: Encodable {
        let path: String
        let profile: String
        let keyID: AccessKeyID?
        let problem: String?

        private enum CodingKeys: String, CodingKey {
            case path, profile, problem
            case keyID = "key_id"
        }
    }

    private let schema = 1
    private let generatedAt: Date
    let keys: [Key]

    private enum CodingKeys: String, CodingKey {
        case schema, keys
        case generatedAt = "generated_at"
    }

    /// Reads the targets' files.
    init(_ configuration: AgentConfiguration, _ state: AgentState, _ opener: TargetOpener, generatedAt: Date) {
        self.generatedAt = generatedAt
        keys = configuration.keys.map { key in
            let record = state[user: key.user]
            return Key(
                user: key.user, parameter: key.parameter, principal: key.expectedPrincipal ?? record?.principal,
                targets: key.targets.map { Target($0, opener) }, runs: record?.runs ?? [])
        }
    }

    func lines(now: Date) -> [String] {
        var table = Table("USER", "FILE", "PROFILE", "KEY", "STATE")
        var runs: [String] = []
        for key in keys {
            let last = key.runs.first
            for target in key.targets {
                table.add(
                    key.user.description, target.path, target.profile, target.keyID?.description ?? "-",
                    target.state(after: last))
            }
            guard let last else {
                runs.append("\(key.user): has not run yet")
                continue
            }
            let age = Duration.seconds(max(now.timeIntervalSince(last.finishedAt), 0)).inWords
            runs.append("\(age) ago: \(last.line.printable)")
        }
        return table.lines + [""] + runs
    }
}

extension StatusReport.Target {
    init(_ target: AgentConfiguration.Target, _ opener: TargetOpener) {
        path = target.path
        profile = target.slot.name
        do {
            let content = try opener.open(target).read()
            keyID = content.key?.id
            if case .foreign(let description) = content { problem = description } else { problem = nil }
        } catch {
            keyID = nil
            problem = "\(error)"
        }
    }

    /// Against what the last run saw.
    fileprivate func state(after run: RefreshOutcome?) -> String {
        if let problem { return problem }
        guard let keyID else { return "empty" }
        guard let run, let published = run.publishedKeyID else { return "not compared yet" }
        if keyID == published { return "current" }
        // A run that was ended in the middle may have installed a newer key than the last whole one knew.
        let seen = run.targets.first { $0.path == path && $0.profile == profile }
        return seen?.keyID == keyID ? "behind" : "changed since the last run"
    }
}
