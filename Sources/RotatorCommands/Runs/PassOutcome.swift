import FoundationEssentials
import Rotation

/// How one pass over one user ended.
struct PassOutcome: Sendable {
    var user: ManagedUser
    var end: Pass.End
    var actions: [Action]
    /// What lies behind an interrupted end.
    var error: (any Error)?
    /// The last look, if it came to one.
    var look: (snapshot: JournalSnapshot, observation: Observation)?
    /// When the rotation was due that this pass was not allowed to begin; nil where there is none to begin.
    var withheldSince: Date?
}

extension PassOutcome {
    /// - Parameter mayBegin: what the pass was told.
    init(
        _ user: ManagedUser, end: Pass.End, actions: [Action], error: (any Error)?,
        look: (snapshot: JournalSnapshot, observation: Observation)?, mayBegin: Bool
    ) {
        self.init(user: user, end: end, actions: actions, error: error, look: look)
        // After a change of a key the run would not have begun one either: decision 0003.
        guard !mayBegin, case .decided(.act(let action, _)) = end, action.beginsRotation(under: user.policy),
            !actions.contains(where: \.changesKeys)
        else { return }
        let current = look?.snapshot.journal?.current.flatMap { look?.observation.keys[$0.id] }
        // A user without a key waits the longest.
        withheldSince = current.map { $0.createdAt + user.policy.rotateAfter } ?? .distantPast
    }

    /// This pass after an earlier one of the same run.
    func following(_ earlier: PassOutcome) -> PassOutcome {
        var outcome = self
        outcome.actions = earlier.actions + actions
        outcome.look = look ?? earlier.look
        return outcome
    }
}
