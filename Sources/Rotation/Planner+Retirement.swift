import FoundationEssentials
import Handover

/// How OLD is retired: distributing, settling, observing. Every gate includes the earlier ones.
extension Planner {
    func retirement(
        of previous: Journal.Previous, _ old: Observation.Key, by current: Journal.Current, _ new: Observation.Key,
        rotateNow: Bool
    ) -> Decision {
        let expected = ExpectedHosts(journal: journal, current: current, checkIns: observation.checkIns)
        switch (old.status, previous.state) {
        case (.active, .active):
            return switch policy.retirement {
            case .acknowledged: acknowledgement(expected, "OLD stays") ?? settling(previous, old, expected)
            case .scheduled: schedule(previous, old, expected)
            case .nextRotation: succession(previous, old, new, expected, rotateNow: rotateNow)
            }
        case (.active, .deactivating) where now < writtenAt + leaseDuration:
            return .wait("IAM does not show the deactivation of OLD yet", until: writtenAt + leaseDuration)
        case (.active, .deactivating), (.active, .inactive):
            return .act(.recordReactivation(previous.id), reason: "OLD \(previous.id) was reactivated")
        case (.inactive, .active), (.inactive, .deactivating):
            return .act(.recordDeactivation(previous.id), reason: "OLD \(previous.id) is inactive since now")
        case (.inactive, .inactive(let since)):
            // Whoever is missing now may hold OLD and be locked out.
            let state = "OLD is inactive, `keybaton reactivate \(journal.user)` brings it back, and it stays so"
            return switch policy.retirement {
            case .acknowledged: acknowledgement(expected, state) ?? observing(previous, since: since, expected)
            case .scheduled: expiry(previous, since: since, expected)
            case .nextRotation: succession(previous, old, new, expected, rotateNow: rotateNow)
            }
        case (_, .deleted):
            return .wait("OLD \(previous.id) is deleted, and IAM still lists it")
        case (.other(let status), _):
            return .hold(
                "OLD \(previous.id) has the status \(status), which this version does not know: look at it in IAM")
        }
    }

    /// Nil when every expected, not waived host's newest check-in acknowledges NEW.
    func acknowledgement(_ expected: ExpectedHosts, _ state: String) -> Decision? {
        guard !expected.all.isEmpty else {
            return .hold("no host is expected: declare hosts in the configuration or let an agent check in")
        }
        let awaited = expected.awaited
        let unproved = awaited.filter { !expected.acknowledges($0) }
        guard !unproved.isEmpty else { return nil }
        let behind = unproved.filter { !expected.seemsToAcknowledge($0) }
        let missing = behind.isEmpty ? unproved : behind
        let deadline = expected.current.publishedAt + policy.ackDeadline
        let progress = "\(awaited.count - missing.count) of \(awaited.count) hosts hold NEW"
        let late = "\(progress); \(state) until \(list(missing)) \(missing.count == 1 ? "reports" : "report") NEW"
        return waiting(for: missing, late, until: deadline, expected)
    }

    /// Waits for hosts until the deadline; past it, holds with what an operator can do about them.
    private func waiting(
        for missing: [HostID], _ what: String, until deadline: Date, _ expected: ExpectedHosts
    ) -> Decision {
        guard now >= deadline else { return .wait("\(what); a hold when the deadline has passed", until: deadline) }
        return .hold(
            "\(what), and the deadline has passed. Wake \(missing.count == 1 ? "it" : "them"), or run "
                + waive(missing[0]) + reinstalled(missing, expected))
    }

    private func waive(_ host: HostID) -> String { "`keybaton waive \(journal.user) --host \(host) --reason …`" }

    /// A host that was installed anew has another id: the silent one will never come back.
    private func reinstalled(_ missing: [HostID], _ expected: ExpectedHosts) -> String {
        for host in missing {
            guard let name = host.stem,
                let other = expected.all.sorted().first(where: {
                    $0 != host && $0.meets(declared: name) && expected.acknowledges($0)
                })
            else { continue }
            return ". \(other) appeared and \(host) is silent: if it was installed anew, waive \(host)"
        }
        return ""
    }

    private func settling(_ previous: Journal.Previous, _ old: Observation.Key, _ expected: ExpectedHosts) -> Decision {
        let unseen = unseenSinceReactivation(expected)
        guard unseen.isEmpty else {
            return waiting(
                for: unseen,
                "OLD was brought back, or the journal was rebuilt; OLD stays until \(list(unseen)) "
                    + "\(unseen.count == 1 ? "has" : "have") checked in with NEW since then",
                until: (journal.reactivatedAt ?? now) + policy.ackDeadline, expected)
        }
        if let until = quietEnd(old, expected.current), now < until { return .wait(quietReason(old), until: until) }
        let use =
            isUseWaived(expected.current)
            ? "the use of OLD \(previous.id) is waived" : "OLD \(previous.id) has been quiet"
        let quiet = policy.quietPeriod > .zero ? " and \(use)" : ""
        return .act(.deactivate(previous.id), reason: "\(everyHost(expected)) holds NEW\(quiet)")
    }

    /// After OLD was brought back every host must be seen with NEW anew. A shell script never reports again without a
    /// change: for its host the quiet period alone counts, from then.
    func unseenSinceReactivation(_ expected: ExpectedHosts) -> [HostID] {
        guard let reactivatedAt = journal.reactivatedAt else { return [] }
        return expected.awaited.filter { !expected.isLegacy($0) && !seen($0, since: reactivatedAt, expected) }
    }

    /// When OLD will have been quiet for long enough; nil where nobody waits for that.
    func quietEnd(_ old: Observation.Key, _ current: Journal.Current) -> Date? {
        guard policy.quietPeriod > .zero, !isUseWaived(current) else { return nil }
        // AWS shows a use late: no use at all counts as one at the publication.
        let lastSign = max(old.lastUse?.at ?? current.publishedAt, journal.reactivatedAt ?? .distantPast)
        return lastSign + policy.quietPeriod
    }

    /// The subject of a reason, which must not claim anything of the hosts that nobody waited for.
    private func everyHost(_ expected: ExpectedHosts) -> String {
        let waived = expected.all.intersection(expected.waived).sorted()
        return waived.isEmpty ? "every host" : "every host but \(list(waived)), waived,"
    }

    func quietReason(_ old: Observation.Key) -> String {
        let what = old.lastUse.map { "OLD was last used for \($0.service) in \($0.region)" } ?? "OLD was just replaced"
        return "\(what): it must be quiet before it goes. Find what uses it and give it NEW, or run "
            + "`keybaton waive \(journal.user) --unknown-use --reason …`"
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
            // Not a hold at once: it would be an alarm in every rotation, until the last host's next daily run.
            return waiting(
                for: silent,
                "the grace period is over; OLD is deleted once \(list(silent)) \(silent.count == 1 ? "has" : "have") been "
                    + "seen working without it since. Until then `keybaton reactivate \(journal.user)` brings it back",
                until: graceEnd + policy.ackDeadline, expected)
        }
        let scripts = awaited.contains(where: expected.isLegacy) ? " or runs the shell script" : ""
        return .act(
            .delete(previous.id),
            reason: "\(everyHost(expected)) was seen working without OLD \(previous.id)\(scripts)")
    }

    /// Whether the host's newest check-in acknowledges NEW and was written after the date. Both are S3's times.
    private func seen(_ host: HostID, since date: Date, _ expected: ExpectedHosts) -> Bool {
        guard expected.acknowledges(host), let checkIn = observation.checkIns[host] else { return false }
        return checkIn.lastModified > date
    }
}
