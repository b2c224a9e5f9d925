import FoundationEssentials
import Rotation

/// One run over many users: side by side, and no more of them begin a rotation than the limit says.
///
/// Which ones does not depend on the order or on who is fast: where there are more users than the limit, every pass first
/// goes as far as it can without creating a key; of those that are due the longest due begin, by name where equally long.
struct Sweep: Sendable {
    let limit: Int
    var isStopping: @Sendable () -> Bool = { false }
    let pass: @Sendable (ManagedUser, _ mayBegin: Bool) async -> PassOutcome
    /// Hears of each user once its last pass is over, in no particular order.
    var finished: @Sendable (PassOutcome) async -> Void = { _ in }

    /// In the order of the users, without those whom a stop left out.
    func run(_ users: [ManagedUser]) async -> [PassOutcome] {
        let isLimited = users.count > limit
        let first = await users.mapConcurrently { user -> PassOutcome? in
            if isStopping() { return nil }
            let outcome = await pass(user, !isLimited)
            if outcome.withheldSince == nil { await finished(outcome) }
            return outcome
        }
        var outcomes = first.compactMap(\.self)
        let due = outcomes.indices.filter { outcomes[$0].withheldSince != nil }.sorted {
            Self.isBefore(outcomes[$0], outcomes[$1])
        }
        let chosen = due.prefix(limit).map { ($0, outcomes[$0]) }
        let second = await chosen.mapConcurrently { index, earlier -> (Int, PassOutcome) in
            if isStopping() {
                // It is the stop that keeps it, not the limit.
                var stopped = earlier
                stopped.withheldSince = nil
                return (index, stopped)
            }
            let outcome = await pass(earlier.user, true).following(earlier)
            await finished(outcome)
            return (index, outcome)
        }
        for (index, outcome) in second { outcomes[index] = outcome }
        for index in due.dropFirst(limit) { await finished(outcomes[index]) }
        return outcomes
    }

    private static func isBefore(_ left: PassOutcome, _ right: PassOutcome) -> Bool {
        let (first, second) = (left.withheldSince ?? .distantPast, right.withheldSince ?? .distantPast)
        return first == second ? left.user.name < right.user.name : first < second
    }
}
