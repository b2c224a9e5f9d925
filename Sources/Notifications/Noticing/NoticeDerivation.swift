import FoundationEssentials
import Handover
package import Rotation
import Secrets

extension Notice {
    /// All that one look at a user's rotation has to tell, in the order in which it came about.
    ///
    /// Nothing but what is true at the look: what a rotator that died, or a notifier that failed, did not tell is derived
    /// again by the next run. What was told already is the `NoticeBook`'s to know.
    /// - Parameter report: what `status` makes of the same look.
    package static func all(
        in report: StatusReport.User, _ snapshot: JournalSnapshot, _ observation: Observation, policy: Policy
    ) -> [Notice] {
        guard let journal = snapshot.journal else { return [] }
        return NoticeDerivation(
            report: report, journal: journal, observation: observation, policy: policy, now: snapshot.now,
            steps: Forecast.steps(observation, from: snapshot, policy: policy)
        ).all
    }
}

struct NoticeDerivation {
    let report: StatusReport.User
    let journal: Journal
    let observation: Observation
    let policy: Policy
    let now: Date
    /// What happens by itself.
    let steps: [Forecast]

    /// More would be no news but a flood; the next runs tell the rest.
    private static let limit = 500

    var all: [Notice] {
        let inOrder = [begun, published, rolledBack, hostLate, hold].compactMap(\.self)
        return Array((inOrder + failing + deactivated + deleted + ahead).prefix(Self.limit))
    }

    // MARK: What happened

    /// As soon as the id of the key that was made is known; a creation whose answer was lost is made anew.
    private var begun: Notice? {
        if let unresolved = journal.unresolved, unresolved.kind == .create, let id = unresolved.keyID,
            id != journal.current?.id
        {
            return notice(.rotationBegun, "\(id)", at: unresolved.since, ["new": "\(id)"])
        }
        guard let current = journal.current, isFresh(current) else { return nil }
        return notice(.rotationBegun, "\(current.id)", at: current.publishedAt, ["new": "\(current.id)"])
    }

    private var published: Notice? {
        guard let current = journal.current, report.phase != .publishing, isFresh(current) else { return nil }
        return notice(.published, identity(current), at: current.publishedAt, publicationFacts(current))
    }

    private var rolledBack: Notice? {
        guard let current = journal.current, isRollback(current) else { return nil }
        return notice(.rolledBack, identity(current), at: current.publishedAt, publicationFacts(current))
    }

    private var deactivated: [Notice] {
        guard let previous = journal.previous, case .inactive(let since) = previous.state,
            report.old?.status == "inactive"
        else { return [] }
        return [
            notice(
                .retired, step: "deactivate", "\(previous.id):\(seconds(since))", at: since,
                ["old": "\(previous.id)", "until": day(since + policy.grace)])
        ]
    }

    /// From the history: the journal forgets a deleted key as soon as the next one takes its place.
    private var deleted: [Notice] {
        journal.history.compactMap { event in
            let words = event.what.split(separator: " ", maxSplits: 2)
            guard words.count >= 2, words[0] == "delete", let id = AccessKeyID(words[1].prefix { $0 != "," }),
                event.what == "\(Action.delete(id))" || event.what == "\(Action.deleteRevoked(id))"
            else { return nil }
            return notice(.retired, step: "delete", "\(id)", at: event.at, ["old": "\(id)"])
        }
    }

    // MARK: What lasts

    private var hostLate: Notice? {
        guard isAcknowledged, report.phase == .distributing, let current = journal.current else { return nil }
        let half = current.publishedAt + policy.ackDeadline / 2
        let deadline = current.publishedAt + policy.ackDeadline
        let late = lateHosts
        guard now >= half, now < deadline, !late.isEmpty else { return nil }
        var facts = publicationFacts(current)
        facts["hosts"] = names(late.map(\.host))
        facts["count"] = "\(late.count)"
        facts["problems"] = problems(late)
        facts["deadline"] = time(deadline)
        return notice(.hostLate, identity(current), at: now, facts)
    }

    private var hold: Notice? {
        guard report.decision.kind == .hold else { return nil }
        let reason = report.decision.reason
        let subject = HoldReason.fingerprint(reason, without: names)
        let publication = journal.current.map(identity) ?? "none"
        return notice(.hold, "\(publication):\(subject)", at: now, ["reason": reason])
    }

    private var failing: [Notice] {
        let publication = journal.current.map(identity) ?? "none"
        return report.destinations.compactMap { destination in
            guard let problem = destination.problem else { return nil }
            return notice(
                .destinationFailing, "\(publication):\(destination.name)", at: now,
                ["destination": destination.name, "problem": problem])
        }
    }

    /// Where hosts prove what they hold, nothing is taken from anybody by the mere passing of time: only the beginning of
    /// the next rotation is told ahead.
    private var ahead: [Notice] {
        guard let current = journal.current else { return [] }
        return steps.filter { ($0.step == .rotate || !isAcknowledged) && $0.isNear(at: now, policy) && now < $0.at }
            .map { step in
                var facts = publicationFacts(current)
                facts["date"] = time(step.at)
                facts["key"] = "\(step.keyID)"
                if step.step != .rotate {
                    facts["holders"] = step.losing.isEmpty ? nil : names(step.losing)
                    facts["use"] = lastUse
                    if report.old?.status == "inactive" { facts["inactive"] = "\(step.keyID)" }
                }
                return notice(.ahead, step: step.step.rawValue, identity(current), at: now, facts)
            }
    }
}
