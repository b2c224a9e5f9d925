package import Handover

/// When OLD goes: the strategies are data of the one planner.
package enum Retirement: String, Hashable, Sendable, CaseIterable {
    /// When every expected host has acknowledged NEW.
    case acknowledged
    /// By age alone, whatever hosts say.
    case scheduled
    /// Both keys work until the next rotation begins; then the older one makes room.
    case nextRotation = "next-rotation"
}

/// What an operator wants of one managed user's rotation. All durations are measured on S3's clock.
package struct Policy: Hashable, Sendable {
    package var retirement: Retirement
    /// The age of NEW, counted from its creation in IAM, at which the next rotation begins.
    package var rotateAfter: Duration
    /// `scheduled`: how long after the publication of NEW OLD is deactivated.
    package var deactivateAfter: Duration
    /// How long OLD must not have been used before it is deactivated: at least the longest pause between two uses,
    /// or a weekly backup is passed by. Zero turns the gate off. Not asked by `nextRotation`.
    package var quietPeriod: Duration
    /// How long OLD stays deactivated, and can be brought back by one command, before it is deleted.
    package var grace: Duration
    /// The same for hosts whose shell script acknowledges a change once and is never heard of again.
    package var legacyGrace: Duration
    /// How long hosts may take to acknowledge, and destinations to take the key, before it is an alarm. Never a reason to
    /// delete.
    package var ackDeadline: Duration
    /// How long before a step that happens by itself people are told of it.
    package var warnBefore: Duration
    /// Hosts that must acknowledge even though they never checked in so far.
    package var hosts: Set<HostID>

    /// Nil stands for the strategy's own default: by age alone a key lives longer, and there is more time to notice.
    package init(
        retirement: Retirement = .acknowledged, rotateAfter: Duration? = nil, deactivateAfter: Duration = .days(10),
        quietPeriod: Duration = .days(8), grace: Duration? = nil, legacyGrace: Duration = .days(45),
        ackDeadline: Duration = .days(14), warnBefore: Duration = .days(7), hosts: Set<HostID> = []
    ) {
        self.retirement = retirement
        self.rotateAfter = rotateAfter ?? (retirement == .scheduled ? .days(90) : .days(30))
        self.deactivateAfter = deactivateAfter
        self.quietPeriod = quietPeriod
        self.grace = grace ?? (retirement == .scheduled ? .days(10) : .days(7))
        self.legacyGrace = legacyGrace
        self.ackDeadline = ackDeadline
        self.warnBefore = warnBefore
        self.hosts = hosts
    }
}

extension Duration {
    package static func days(_ days: Int) -> Duration { .seconds(days * 86_400) }
}

/// How long a rotator may act on an intent before anybody else may take over: longer than AWS accepts any signature
/// (15 minutes), plus the time in which IAM and the Parameter Store settle. Whoever finds a lease expired therefore
/// knows that nothing its owner sent can still take effect. Not configurable: AWS's window is not.
package let leaseDuration: Duration = .seconds(20 * 60)
