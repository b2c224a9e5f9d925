import Console
import Rotation

extension Retirement: ConfiguredWord {}

/// `[policy]`, and `[user.policy]` below a user: what is not named stays as it was.
struct PolicySettings: Decodable {
    var retire: Retirement?
    /// `off` is another word for `retire = "scheduled"`, `required` for `"acknowledged"`.
    var acknowledgements: Acknowledgements?
    var rotateAfter: DurationText?
    var deactivateAfter: DurationText?
    var quietPeriod: DurationText?
    var grace: DurationText?
    var legacyGrace: DurationText?
    var ackDeadline: DurationText?
    var warnBefore: DurationText?

    enum Acknowledgements: String, ConfiguredWord {
        case required, off

        var retirement: Retirement { self == .off ? .scheduled : .acknowledged }
    }

    enum CodingKeys: String, CodingKey {
        case retire, acknowledgements, grace
        case rotateAfter = "rotate_after"
        case deactivateAfter = "deactivate_after"
        case quietPeriod = "quiet_period"
        case legacyGrace = "legacy_grace"
        case ackDeadline = "ack_deadline"
        case warnBefore = "warn_before"
    }

    /// The policy that these settings make of the strategy's own defaults, those of later layers over those of earlier
    /// ones; nil when one layer names two strategies at once.
    static func policy(of layers: [PolicySettings]) -> Policy? {
        guard layers.allSatisfy(\.isConsistent) else { return nil }
        func last<Value>(_ setting: (PolicySettings) -> Value?) -> Value? {
            layers.reversed().lazy.compactMap(setting).first
        }
        var policy = Policy(
            retirement: last { $0.retire ?? $0.acknowledgements?.retirement } ?? .acknowledged,
            rotateAfter: last(\.rotateAfter)?.duration, grace: last(\.grace)?.duration)
        if let duration = last(\.deactivateAfter)?.duration { policy.deactivateAfter = duration }
        if let duration = last(\.quietPeriod)?.duration { policy.quietPeriod = duration }
        if let duration = last(\.legacyGrace)?.duration { policy.legacyGrace = duration }
        if let duration = last(\.ackDeadline)?.duration { policy.ackDeadline = duration }
        if let duration = last(\.warnBefore)?.duration { policy.warnBefore = duration }
        return policy
    }

    private var isConsistent: Bool {
        guard let retire, let acknowledgements else { return true }
        return acknowledgements == .off ? retire != .acknowledged : retire == .acknowledged
    }
}
