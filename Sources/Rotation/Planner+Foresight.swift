package import Handover

extension Planner {
    /// The decisions of a run that finds this: the steps in the journal alone, and what follows them. Of that nobody knows
    /// what will come before it is tried.
    package static func foresee(
        _ observation: Observation, from snapshot: JournalSnapshot, policy: Policy, request: Request = .proceed,
        user: UserName
    ) -> [Decision] {
        var snapshot = snapshot
        var decisions: [Decision] = []
        while true {
            let decision = decide(observation, from: snapshot, policy: policy, request: request)
            decisions.append(decision)
            // A run that has done what it was asked for leaves the keys to the next one.
            guard case .act(let action, _) = decision, action.isBookkeeping, !action.fulfils(request),
                decisions.count < limitOfForesight
            else { return decisions }
            let journal = snapshot.journal ?? Journal(user: user)
            snapshot.journal = journal.recording(action, by: "a rehearsal", at: snapshot.now)
            snapshot.lastModified = snapshot.now
        }
    }

    /// More steps than any run takes.
    private static let limitOfForesight = 10
}
