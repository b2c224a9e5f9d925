import FoundationEssentials

/// How far the services' clock is ahead of this machine's, once a refused signature has shown it.
struct ClockSkew: Sendable {
    /// Nearer than this a signature is accepted everywhere, so the clock is not to blame.
    static let tolerance: TimeInterval = 300
    /// Further than this the operator must look: a correction would hide more than it heals.
    private static let maximum: TimeInterval = 86_400
    /// Offsets so close to each other are the same.
    private static let sameness: TimeInterval = 60

    private(set) var offset: TimeInterval?

    func correct(_ time: Date) -> Date { time + (offset ?? 0) }

    /// Takes note of a refusal of what was signed with `signed` when this machine's clock showed `local`.
    ///
    /// Returns whether signing anew may help. It may also when the offset was known already: another call can have
    /// learnt it while this one was on its way.
    mutating func observe(server: Date, local: Date, signed: Date) -> Bool {
        let observed = server.timeIntervalSince(local)
        guard (Self.tolerance...Self.maximum).contains(abs(observed)) else { return false }
        if abs(observed - (offset ?? 0)) > Self.sameness { offset = observed }
        return abs(correct(local).timeIntervalSince(signed)) > Self.sameness
    }
}
