import FoundationEssentials

/// How far the services' clock is ahead of this machine's, once a refused signature has shown it.
struct ClockSkew: Sendable {
    /// Nearer than this a signature is accepted everywhere, so the clock is not to blame.
    static let tolerance: TimeInterval = 300
    /// Further than this the operator must look: a correction would hide more than it heals.
    private static let maximum: TimeInterval = 86_400
    /// A new offset so close to the one in use explains nothing.
    private static let sameness: TimeInterval = 60

    private(set) var offset: TimeInterval?

    func correct(_ time: Date) -> Date { time + (offset ?? 0) }

    /// Whether the observation was adopted, so that signing anew may help.
    mutating func observe(server: Date, local: Date) -> Bool {
        let observed = server.timeIntervalSince(local)
        guard (Self.tolerance...Self.maximum).contains(abs(observed)), abs(observed - (offset ?? 0)) > Self.sameness
        else { return false }
        offset = observed
        return true
    }
}
