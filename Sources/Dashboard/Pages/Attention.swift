package import Handover
package import Rotation

/// One thing that a person should look at.
package struct Attention: Hashable, Sendable {
    package let user: UserName
    package let shape: Shape
    /// How many hosts, destinations or notifications it is about.
    package let count: Int
    /// With commands between backticks.
    package let sentence: String

    /// Holds and what has cost access first, then in the order in which they can cost access.
    package static func all(in users: [StatusReport.User]) -> [Attention] {
        let kinds: [(StatusReport.User) -> [Attention]] = [holds, revocations, cutOff, hosts, deliveries]
        return kinds.flatMap { kind in users.flatMap { kind($0) } }
    }

    private static func holds(_ user: StatusReport.User) -> [Attention] {
        guard user.decision.kind == .hold else { return [] }
        return [Attention(user: user.user, shape: .hold, count: 1, sentence: user.decision.reason)]
    }

    private static func revocations(_ user: StatusReport.User) -> [Attention] {
        (user.revocation?.keys ?? []).map { key in
            Attention(
                user: user.user, shape: .problem, count: 1,
                sentence: "\(key.id) has leaked and is revoked: \(user.revocation?.reason ?? "")")
        }
    }

    /// Those that are behind: what else is wrong with a host is told by itself.
    private static func cutOff(_ user: StatusReport.User) -> [Attention] {
        let behind = user.hosts.filter { $0.expected && $0.state == .behind }
        guard user.isCutOff, let first = behind.first else { return [] }
        let others = behind.count - 1
        let who = others == 0 ? "\(first.host)" : "\(first.host) and \(others) \(others == 1 ? "other" : "others")"
        return [
            Attention(
                user: user.user, shape: .problem, count: behind.count,
                sentence:
                    "\(who) \(others == 0 ? "does" : "do") not hold the current key, and no old one is kept: each needs it "
                    + "by hand, unless a rendezvous profile fetches it")
        ]
    }

    private static func hosts(_ user: StatusReport.User) -> [Attention] {
        let expected = user.hosts.filter(\.expected)
        return [(StatusReport.Host.State.problem, Shape.problem), (.silent, .silent)].compactMap { state, shape in
            let hosts = expected.filter { $0.state == state }
            guard let first = hosts.first else { return nil }
            let others = hosts.count - 1
            let who = others == 0 ? "\(first.host)" : "\(first.host) and \(others) \(others == 1 ? "other" : "others")"
            let what =
                state == .silent
                ? "\(who) \(others == 0 ? "has" : "have") not checked in for long"
                : "\(who) \(others == 0 ? "reports" : "report") a problem: \(first.problem?.message ?? "it said none")"
            return Attention(user: user.user, shape: shape, count: hosts.count, sentence: what)
        }
    }

    private static func deliveries(_ user: StatusReport.User) -> [Attention] {
        let failing = user.destinations.compactMap { destination in
            destination.problem.map {
                Attention(user: user.user, shape: .problem, count: 1, sentence: "\(destination.name): \($0)")
            }
        }
        let undelivered = user.undelivered ?? []
        guard let first = undelivered.first else { return failing }
        let notice = Attention(
            user: user.user, shape: .problem, count: undelivered.count,
            sentence:
                "\(undelivered.count == 1 ? "A notification was" : "\(undelivered.count) notifications were") not "
                + "delivered. \(first.notifier): \(first.problem)")
        return failing + [notice]
    }
}
