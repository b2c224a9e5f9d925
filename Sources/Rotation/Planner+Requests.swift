import FoundationEssentials
import Handover
import Secrets

/// What an operator asked for, where it can be done at all.
extension Planner {
    /// Nil where the request changes nothing about what is next.
    func answer(to request: Request) -> Decision? {
        switch request {
        case .proceed, .rotate, .adopt: return nil
        case .rollback, .reactivate, .waive, .revoke, .retire: break
        }
        if let unresolved = journal.unresolved {
            return .wait(
                "an unfinished \(unresolved.kind.rawValue) must be resolved first: run `keybaton run`, then this again")
        }
        if case .revoke(let id, let course, let reason, let by) = request {
            return revoke(id, course, reason: reason, by: by)
        }
        if let revocation = journal.revocation {
            return .hold(
                "\(list(revocation.keys.map(\.id))) is being revoked, and nothing else is done meanwhile: "
                    + "run `keybaton run` until that has ended")
        }
        if case .retire(let host, let reason, let by) = request { return retire(host, reason: reason, by: by) }
        guard let current = journal.current else {
            return .hold("nothing is published yet, so there is nothing to \(request.verb): run `keybaton run` first")
        }
        if case .waive(let subject, let reason, let by) = request {
            if case .host(let host) = subject, let refusal = unexpected(host, "waive") { return refusal }
            return .act(.waive(subject, reason: reason, by: by), reason: "the operator decided: \(reason)")
        }
        return bringBack(request, current)
    }

    /// A mistyped name would be written down, and the rotation would go on waiting for the right one.
    private func unexpected(_ host: HostID, _ verb: String) -> Decision? {
        let expected = ExpectedHosts.all(in: journal.hosts)
        guard !expected.contains(host) else { return nil }
        let names = expected.isEmpty ? "No host is expected" : "The expected hosts are \(list(expected.sorted()))"
        return .hold("nobody waits for \(host). \(names): run `keybaton \(verb)` with one of them")
    }

    private func retire(_ host: HostID, reason: String, by: String) -> Decision {
        if let refusal = unexpected(host, "retire") { return refusal }
        let hosts = ExpectedHosts.retiring(host, in: journal.hosts)
        let declared = hosts.filter(policy.hosts.contains)
        let remark =
            declared.isEmpty
            ? "" : ". The configuration still declares \(list(declared)): that alone does not bring it back"
        return .act(
            .retire(hosts, reason: reason, by: by),
            reason: "the operator decided: \(reason). \(host) is expected again once it checks in\(remark)")
    }

    private func bringBack(_ request: Request, _ current: Journal.Current) -> Decision {
        guard let previous = journal.previous, let key = observation.keys[previous.id] else {
            return .hold(
                "there is no OLD key any more: a deleted key cannot come back. "
                    + "To replace \(current.id), begin the next rotation with `keybaton rotate`")
        }
        switch (request, key.status) {
        case (.rollback, .active), (.rollback, .inactive):
            return .act(.rollback(to: previous.id), reason: "the operator asked for OLD as NEW again")
        case (.reactivate, .inactive):
            return .act(.reactivate(previous.id), reason: "the operator asked for OLD to work again")
        case (.reactivate, .active):
            return .hold("OLD \(previous.id) is active already")
        default:
            return .hold("OLD \(previous.id) has a status in IAM that this version does not know: look at it in IAM")
        }
    }

    private func revoke(_ id: AccessKeyID, _ course: RevocationCourse?, reason: String, by: String) -> Decision {
        guard observation.keys[id] != nil else {
            let keys = observation.keys.keys.sorted()
            let others = keys.isEmpty ? "has no key" : "has \(list(keys))"
            let lost = id == journal.current?.id ? ". `keybaton rotate \(journal.user)` makes another" : ""
            return .hold(
                "\(id) is not in IAM: \(journal.user) \(others). Look at `keybaton status \(journal.user)`\(lost)")
        }
        var ids = [id]
        if id == journal.current?.id, let old = livingOld {
            switch course {
            case .fallBack: break
            case .makeRoom: ids.append(old)
            case nil:
                return .hold(
                    "NEW \(id) is to be revoked while OLD \(old) lives, and IAM allows no third key. Choose: "
                        + "`keybaton revoke \(journal.user) --key \(id) --fall-back` makes \(old) NEW again, which whoever "
                        + "has \(id) could read; `--make-room` revokes \(old) too and makes a key that nobody could read"
                )
            }
        }
        let what = ids.count > 1 ? "\(list(ids)) go" : "\(id) goes"
        return .act(
            .beginRevocation(ids, reason: reason, by: by), reason: "the operator decided that \(what): \(reason)")
    }

    /// OLD, as long as it is in IAM and not on its way out.
    var livingOld: AccessKeyID? {
        guard let previous = journal.previous, previous.state != .deleted, observation.keys[previous.id] != nil,
            journal.revocation?.names(previous.id) != true
        else { return nil }
        return previous.id
    }
}
