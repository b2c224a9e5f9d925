import Console
import Rotation

/// `[policy]`, and `[user.policy]` below a user: what is not named stays as it was.
struct PolicySettings: Decodable {
    var rotateAfter: DurationText?
    var quietPeriod: DurationText?
    var grace: DurationText?
    var legacyGrace: DurationText?
    var ackDeadline: DurationText?

    enum CodingKeys: String, CodingKey {
        case grace
        case rotateAfter = "rotate_after"
        case quietPeriod = "quiet_period"
        case legacyGrace = "legacy_grace"
        case ackDeadline = "ack_deadline"
    }

    func applied(to policy: Policy) -> Policy {
        var policy = policy
        if let rotateAfter { policy.rotateAfter = rotateAfter.duration }
        if let quietPeriod { policy.quietPeriod = quietPeriod.duration }
        if let grace { policy.grace = grace.duration }
        if let legacyGrace { policy.legacyGrace = legacyGrace.duration }
        if let ackDeadline { policy.ackDeadline = ackDeadline.duration }
        return policy
    }
}
