import Console
import FoundationEssentials
import Handover
import Refresher

private let lastSuccessName = "keybaton_agent_last_success_timestamp_seconds"

/// A run as metrics, in https://prometheus.io/docs/instrumenting/exposition_formats/.
///
/// Labels are users and codes only: a key's id would make a new series of every rotation.
/// - Parameter lastSuccess: in seconds since 1970, of an earlier run.
func metrics(_ summary: RunSummary, lastSuccess: Int?) -> String {
    let finished = Int(summary.finishedAt.timeIntervalSince1970)
    let outcomes = summary.outcomes
    let families = [
        Family("keybaton_agent_info", "The agent's version.", ["{version=\"\(keybatonVersion)\"} 1"]),
        Family("keybaton_agent_last_run_timestamp_seconds", "When the last run ended.", [" \(finished)"]),
        Family(
            "keybaton_agent_last_run_exit_code", "The last run's exit code; 0 is success.",
            [" \(summary.status.rawValue)"]),
        Family(
            lastSuccessName, "When a run last ended with exit code 0; missing before the first.",
            (summary.status == .success ? finished : lastSuccess).map { [" \($0)"] } ?? []),
        Family(
            "keybaton_agent_holds_published_key",
            "Whether all targets hold the published key; missing when it could not be read.",
            outcomes.compactMap { outcome in
                outcome.holdsPublishedKey.map { "\(label(outcome)) \($0 ? 1 : 0)" }
            }),
        Family(
            "keybaton_agent_parameter_version", "The version of the parameter that the last run read.",
            outcomes.compactMap { outcome in outcome.parameterVersion.map { "\(label(outcome)) \($0)" } }),
        Family(
            "keybaton_agent_checked_in", "Whether the last run's check-in reached the bucket.",
            outcomes.map { "\(label($0)) \($0.hasCheckedIn ? 1 : 0)" }),
        Family(
            "keybaton_agent_problem", "1 for every kind of problem that the last run met.",
            outcomes.flatMap { outcome in
                Set(outcome.problems.map { ($0.known?.rawValue ?? "other") }).sorted()
                    .map { "{user=\"\(outcome.user)\",code=\"\($0)\"} 1" }
            }),
    ]
    return families.map(\.text).joined()
}

/// Nil when the text does not say.
func lastSuccess(in text: String) -> Int? {
    text.split(separator: "\n").first { $0.hasPrefix("\(lastSuccessName) ") }
        .flatMap { Int($0.dropFirst(lastSuccessName.count + 1)) }
}

/// All samples of one name, which must stand together.
private struct Family {
    let name: String
    let help: String
    let samples: [String]

    init(_ name: String, _ help: String, _ samples: [String]) {
        self.name = name
        self.help = help
        self.samples = samples
    }

    var text: String {
        guard !samples.isEmpty else { return "" }
        return "# HELP \(name) \(help)\n# TYPE \(name) gauge\n" + samples.map { "\(name)\($0)\n" }.joined()
    }
}

/// No character of an IAM user's name needs an escape in a label.
private func label(_ outcome: RefreshOutcome) -> String { "{user=\"\(outcome.user)\"}" }

extension RefreshOutcome {
    /// Nil when the published key is not known.
    fileprivate var holdsPublishedKey: Bool? {
        publishedKeyID.map { published in !targets.isEmpty && targets.allSatisfy { $0.keyID == published } }
    }
}
