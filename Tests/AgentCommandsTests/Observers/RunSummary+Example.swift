import Console
import FoundationEssentials
import Handover
import Refresher
import Secrets
import Testing

@testable import AgentCommands

extension RunSummary {
    /// A run of two and a half seconds.
    static func example(_ outcomes: [RefreshOutcome]) -> RunSummary {
        RunSummary(
            .success(outcomes), startedAt: Date(timeIntervalSince1970: 1_790_000_000),
            finishedAt: Date(timeIntervalSince1970: 1_790_000_002.5))
    }

    static func example(_ failure: any Error) -> RunSummary {
        RunSummary(
            .failure(failure), startedAt: Date(timeIntervalSince1970: 1_790_000_000),
            finishedAt: Date(timeIntervalSince1970: 1_790_000_002.5))
    }
}

extension RefreshOutcome {
    /// A host that holds version 7, or met these problems.
    static func example(_ name: String, _ problems: ProblemCode...) throws -> RefreshOutcome {
        var outcome = RefreshOutcome(
            user: try #require(UserName(name)), parameter: "/keybaton/\(name)",
            startedAt: Date(timeIntervalSince1970: 1_790_000_000))
        let key = try #require(AccessKeyID("AKIANEW7777777777777"))
        outcome.parameterVersion = 7
        outcome.publishedKeyID = key
        outcome.keyID = key
        outcome.targets = [
            CheckIn.Target(path: "/a", profile: "default", format: "aws-credentials", keyID: key, problem: nil)
        ]
        outcome.problems = problems.map { CheckIn.Problem($0, "said so") }
        outcome.hasCheckedIn = problems.isEmpty
        return outcome
    }
}
