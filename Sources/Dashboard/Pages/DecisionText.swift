import FoundationEssentials
import Rotation

/// What the rotator does next, and when.
struct DecisionText {
    private let decision: StatusReport.DecisionReport
    private let now: Date

    init(_ decision: StatusReport.DecisionReport, now: Date) {
        self.decision = decision
        self.now = now
    }

    var when: HTML {
        switch decision.kind {
        case .hold: "When a person has decided"
        case .act: "With the next run"
        case .wait:  // What has passed is seen by the next run.
            decision.until.map { $0 > now ? Moment($0, now: now).html : "With the next run" } ?? "With a later run"
        }
    }

    /// With commands between backticks.
    var what: String {
        switch decision.kind {
        case .act: Self.sentence("\(decision.action ?? "go on"), because \(decision.reason)")
        case .wait, .hold: Self.sentence(decision.reason)
        }
    }

    /// Reasons are parts of sentences.
    private static func sentence(_ text: String) -> String {
        let begun = text.prefix(1).uppercased() + text.dropFirst()
        return text.hasSuffix(".") || text.hasSuffix("`") ? begun : begun + "."
    }
}

extension Phase {
    var word: String {
        switch self {
        case .steady: "Steady"
        case .publishing: "Publishing"
        case .distributing: "Distributing"
        case .settling: "Settling"
        case .observing: "Observing"
        }
    }
}
