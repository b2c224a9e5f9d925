package import Handover

/// What an operator wants of one managed user's rotation. All durations are measured on S3's clock.
package struct Policy: Hashable, Sendable {
    /// The age of NEW, counted from its creation in IAM, at which the next rotation begins.
    package var rotateAfter: Duration
    /// How long OLD must not have been used before it is deactivated: at least the longest pause between two uses,
    /// or a weekly backup is passed by.
    package var quietPeriod: Duration
    /// How long OLD stays deactivated, and can be brought back by one command, before it is deleted.
    package var grace: Duration
    /// The same for hosts whose shell script acknowledges a change once and is never heard of again.
    package var legacyGrace: Duration
    /// How long hosts may take to acknowledge before it is an alarm. Never a reason to delete.
    package var ackDeadline: Duration
    /// Hosts that must acknowledge even though they never checked in so far.
    package var hosts: Set<HostID>

    package init(
        rotateAfter: Duration = .days(30), quietPeriod: Duration = .days(8), grace: Duration = .days(7),
        legacyGrace: Duration = .days(45), ackDeadline: Duration = .days(14), hosts: Set<HostID> = []
    ) {
        self.rotateAfter = rotateAfter
        self.quietPeriod = quietPeriod
        self.grace = grace
        self.legacyGrace = legacyGrace
        self.ackDeadline = ackDeadline
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
