import FoundationEssentials
import Handover

/// How OLD is retired: distributing, settling, observing. Every gate includes the earlier ones.
extension Planner {
    func retirement(of previous: Journal.Previous, _ old: Observation.Key, by current: Journal.Current) -> Decision {
        let expected = ExpectedHosts(journal: journal, current: current, checkIns: observation.checkIns)
        switch (old.status, previous.state) {
        case (.active, .active):
            return acknowledgement(expected) ?? settling(previous, old, expected)
        case (.active, .deactivating) where now < writtenAt + leaseDuration:
            return .wait("IAM does not show the deactivation of OLD yet", until: writtenAt + leaseDuration)
        case (.active, .deactivating), (.active, .inactive):
            return .act(.recordReactivation(previous.id), reason: "OLD \(previous.id) was reactivated")
        case (.inactive, .active), (.inactive, .deactivating):
            return .act(.recordDeactivation(previous.id), reason: "OLD \(previous.id) is inactive since now")
        case (.inactive, .inactive(let since)):
            return acknowledgement(expected) ?? observing(previous, since: since, expected)
        case (.active, .deleted), (.inactive, .deleted):
            return .wait("IAM still shows OLD \(previous.id), which was deleted")
        case (.other(let status), _):
            return .hold(
                "OLD \(previous.id) has the status \(status), which this version does not know: look at it in IAM")
        }
    }

    /// Nil when every expected, not waived host's newest check-in acknowledges NEW.
    private func acknowledgement(_ expected: ExpectedHosts) -> Decision? {
        guard !expected.all.isEmpty else {
            return .hold("no host is expected: declare hosts in the configuration or let an agent check in")
        }
        let awaited = expected.awaited
        let missing = awaited.filter { !expected.acknowledges($0) }
        guard !missing.isEmpty else { return nil }
        let deadline = expected.current.publishedAt + policy.ackDeadline
        let progress = "\(awaited.count - missing.count) of \(awaited.count) hosts hold NEW"
        let late = "\(progress); OLD stays until \(list(missing)) \(missing.count == 1 ? "reports" : "report")"
        guard now >= deadline else { return .wait("\(late), which is due", until: deadline) }
        return .hold(
            "\(late), and the deadline has passed. Wake \(missing.count == 1 ? "it" : "them"), or run "
                + "`keybaton waive \(journal.user) --host \(missing[0]) --reason …`" + reinstalled(missing, expected))
    }

    /// A host that was installed anew has another id: the silent one will never come back.
    private func reinstalled(_ missing: [HostID], _ expected: ExpectedHosts) -> String {
        for host in missing {
            let name = host.description.dropLast(9)
            guard let declared = HostID(name), host.meets(declared: declared),
                let other = expected.all.sorted().first(where: {
                    $0 != host && $0.meets(declared: declared) && expected.acknowledges($0)
                })
            else { continue }
            return ". \(other) appeared and \(host) is silent: if it was installed anew, waive \(host)"
        }
        return ""
    }

    private func settling(_ previous: Journal.Previous, _ old: Observation.Key, _ expected: ExpectedHosts) -> Decision {
        if let reactivatedAt = journal.reactivatedAt {
            // A shell script never reports again without a change: for its host the quiet period alone counts, from then.
            let unseen = expected.awaited.filter { !expected.isLegacy($0) && !seen($0, since: reactivatedAt, expected) }
            guard unseen.isEmpty else {
                return .wait("OLD was brought back; it stays until \(list(unseen)) checked in with NEW since then")
            }
        }
        if !isUseWaived(expected.current) {
            let lastSign = [old.lastUse?.at, journal.reactivatedAt].compactMap(\.self).max()
            if let lastSign, now < lastSign + policy.quietPeriod {
                return .wait(quietReason(old), until: lastSign + policy.quietPeriod)
            }
        }
        return .act(
            .deactivate(previous.id), reason: "\(everyHost(expected)) NEW and OLD \(previous.id) has been quiet")
    }

    private func quietReason(_ old: Observation.Key) -> String {
        guard let use = old.lastUse else { return "OLD was brought back and must be quiet before it is deactivated" }
        return "OLD was last used for \(use.service) in \(use.region): it must be quiet before it is deactivated"
    }

    private func isUseWaived(_ current: Journal.Current) -> Bool {
        journal.waivers.contains { $0.subject == .unknownUse && $0.version == current.version }
    }

    private func observing(_ previous: Journal.Previous, since: Date, _ expected: ExpectedHosts) -> Decision {
        let graceEnd = since + policy.grace
        guard now >= graceEnd else {
            return .wait(
                "OLD is deactivated; `keybaton reactivate \(journal.user)` brings it back until it is deleted",
                until: graceEnd)
        }
        let awaited = expected.awaited
        let legacyEnd = since + policy.legacyGrace
        if awaited.contains(where: expected.isLegacy), now < legacyEnd {
            return .wait(
                "OLD is deactivated; hosts with a shell script cannot report again, so it stays", until: legacyEnd)
        }
        let silent = awaited.filter { !expected.isLegacy($0) && !seen($0, since: graceEnd, expected) }
        guard silent.isEmpty else {
            return .hold(
                "the grace period is over, but \(list(silent)) \(silent.count == 1 ? "has" : "have") not been seen working "
                    + "without OLD since: it is not deleted. `keybaton reactivate \(journal.user)` brings it back")
        }
        return .act(
            .delete(previous.id),
            reason: "\(everyHost(expected)) NEW and was seen working without OLD \(previous.id)")
    }

    private func everyHost(_ expected: ExpectedHosts) -> String {
        let waived = expected.all.intersection(expected.waived)
        return waived.isEmpty ? "every host holds" : "every host but the waived \(list(waived.sorted())) holds"
    }

    /// Whether the host's newest check-in acknowledges NEW and was written after the date. Both are S3's times.
    private func seen(_ host: HostID, since date: Date, _ expected: ExpectedHosts) -> Bool {
        guard expected.acknowledges(host), let checkIn = observation.checkIns[host] else { return false }
        return checkIn.lastModified > date
    }
}
