package import Secrets
package import FoundationEssentials
package import Handover

/// What a target holds, as read from its file just now. The files are the truth, never a state file: another program
/// may have put OLD back since the last run.
package enum TargetState: Hashable, Sendable {
    /// The target exists or may be created, and has no key.
    case none
    case key(AccessKeyID)
    /// The file cannot be read or understood: it is left alone.
    case unreadable(CheckIn.Problem)
}

/// What a run of the agent does with each target of one managed user: a pure function of what it read.
package struct RefreshDecision: Hashable, Sendable {
    package enum Step: Hashable, Sendable {
        /// It holds NEW.
        case keep
        /// NEW takes the place of a key that was published before, or of nothing.
        case install
        /// The target is left as it is, for the reason given.
        case leave(CheckIn.Problem)
    }

    /// In the order of the targets.
    package let steps: [Step]
    /// NEW is not installed before this date; nil when there is nothing to install.
    ///
    /// A key is published seconds after it was made, while parts of AWS may not know it yet: the host's other programs
    /// must not meet it in that state.
    package let installNotBefore: Date?

    /// - Parameters:
    ///   - published: the parameter as read in this run.
    ///   - earlier: ids that earlier versions of the parameter published: a host may have slept through a rotation.
    ///   - publishedAt: when the version was written; nil where the Parameter Store did not say.
    ///   - replacesUnknownKeys: the operator allowed to overwrite a key that was never published.
    package init(
        targets: [TargetState], published: PublishedIDs, earlier: Set<AccessKeyID>, publishedAt: Date?,
        adoptAfter: Duration, replacesUnknownKeys: Bool
    ) {
        steps = targets.map { held in
            switch held {
            case .none: .install
            case .key(published.new): .keep
            case .key(let id) where id == published.old || earlier.contains(id) || replacesUnknownKeys: .install
            // Never replaced unattended: it may be the only copy of a key of another account or another provider.
            case .key(let id): .leave(.unknownKey(id))
            case .unreadable(let problem): .leave(problem)
            }
        }
        installNotBefore =
            steps.contains(.install)
            ? (publishedAt ?? .distantPast).addingTimeInterval(adoptAfter / .seconds(1)) : nil
    }

    /// The key under which a host checks in after a run: the worst of its targets, so that NEW means NEW everywhere.
    ///
    /// A key that the parameter does not name now is worse than OLD, which is worse than NEW. A target that holds none or cannot be read
    /// names no key and must be reported as a problem. Nil when no target holds a key.
    package static func worst(of targets: [TargetState], published: PublishedIDs) -> AccessKeyID? {
        let ids = targets.compactMap { if case .key(let id) = $0 { id } else { nil } }
        return ids.first { $0 != published.new && $0 != published.old } ?? ids.first { $0 != published.new }
            ?? ids.first
    }
}

extension CheckIn.Problem {
    package static func unknownKey(_ id: AccessKeyID) -> Self {
        Self(
            code: "unknown-key",
            message: "the profile holds \(id), which was never published for this user. If it may be replaced, run "
                + "`keybaton-agent run --adopt`; otherwise give Keybaton another profile")
    }
}
