import FoundationEssentials
package import Handover
package import Secrets

/// Whom one way of revoking a key cuts off, for a person to read before anything is done.
package struct RevocationImpact: Hashable, Sendable {
    /// Nil where there is only one way.
    package var course: RevocationCourse?
    /// The keys that stop working, the leaked one first.
    package var keys: [AccessKeyID]
    /// Hosts whose newest check-in is under such a key, sorted: they stop working, and cannot read the parameter by it.
    package var broken: [HostID]
    /// Expected hosts that were not seen lately, sorted: nobody can tell.
    package var unknown: [HostID]
    /// Destinations that may hold such a key, sorted: they stop working until they are given NEW in the same run.
    package var destinations: [String]
    /// What comes after it and what it does not protect from, for people.
    package var remark: String
}

extension RevocationImpact {
    /// One for each way to revoke the key; empty when it is no key of this user.
    package static func all(
        of id: AccessKeyID, _ observation: Observation, from snapshot: JournalSnapshot
    ) -> [RevocationImpact] {
        guard let journal = snapshot.journal, observation.keys[id] != nil else { return [] }
        let look = Look(journal: journal, observation: observation, now: snapshot.now)
        guard id == journal.current?.id else {
            return [look.impact(nil, [id], id == journal.previous?.id ? look.remarkOnOld(id) : Self.remarkOnStranger)]
        }
        guard let old = journal.previous?.id, old != id, observation.keys[old] != nil else {
            return [look.impact(nil, [id], "Another key is made and published. \(Self.byHand)")]
        }
        return [
            look.impact(
                .fallBack, [id],
                "\(old) becomes NEW again, and no key is made. Whoever has \(id) could read \(old) in the parameter: "
                    + "choose this only if that did not happen"),
            look.impact(
                .makeRoom, [id, old],
                "Both keys go and another is made and published, which whoever has either cannot read. \(Self.byHand)"),
        ]
    }

    private static let byHand =
        "The hosts that break cannot read it: each needs it by hand, or has a rendezvous profile"
    private static let remarkOnStranger =
        "Keybaton never published this key: nobody here knows who uses it, look at its last use in IAM"
}

private struct Look {
    let journal: Journal
    let observation: Observation
    let now: Date

    func remarkOnOld(_ id: AccessKeyID) -> String {
        let new = journal.current.map { " \($0.id)" } ?? ""
        return
            "NEW\(new) stays. Whoever has \(id) could read it in the parameter: revoke NEW too if that may have happened"
    }

    func impact(_ course: RevocationCourse?, _ keys: [AccessKeyID], _ remark: String) -> RevocationImpact {
        let broken = observation.checkIns.filter { keys.contains($0.value.keyID) }.keys
        let silent = ExpectedHosts.all(in: journal.hosts).filter { host in
            guard let checkIn = observation.checkIns[host] else { return true }
            return checkIn.evidence == .legacy || checkIn.lastModified < now - StatusReport.silenceThreshold
        }
        let destinations = observation.destinations.filter { name, destination in
            if journal.halfFed.contains(name) { return true }
            return switch destination {
            case .holds(let id): keys.contains(id)
            case .needsFeeding: false
            case .cannotTell, .failing: journal.fed[name].map(keys.contains) ?? true
            }
        }
        return RevocationImpact(
            course: course, keys: keys, broken: broken.sorted(), unknown: silent.subtracting(broken).sorted(),
            destinations: destinations.keys.sorted(), remark: remark)
    }
}
