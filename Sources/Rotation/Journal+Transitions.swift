import FoundationEssentials
import Handover

/// How each action changes the journal: before it (the intent), by it (bookkeeping) and after it (the result).
extension Journal {
    func intending(_ action: Action, by owner: String, at now: Date) -> Journal {
        var journal = self
        journal.lease = Lease(owner: owner, intent: "\(action)")
        switch action {
        case .create: journal.unresolved = Unresolved(kind: .create, since: now)
        case .rollback: journal.unresolved = Unresolved(kind: .rollback, since: now)
        case .deactivate(let id): journal.previous = Previous(id: id, state: .deactivating)
        case .feed(let name, _): journal.halfFed.insert(name)
        // Whatever else is done under this lease, an earlier attempt stays named until it is resolved.
        default: break
        }
        return journal
    }

    func recording(_ action: Action, by owner: String, at now: Date) -> Journal {
        var journal = self
        journal.lease = nil
        switch action {
        case .rebuildJournal(let ids, let version):
            journal.current = Current(id: ids.new, version: version, publishedAt: now)
            journal.previous = ids.old.map { Previous(id: $0, state: .active) }
            journal.reactivatedAt = now
        case .enrol(let hosts):
            journal.hosts.merge(hosts) { _, new in new }
            for host in hosts.keys { journal.retiredHosts[host] = nil }
        case .adopt(let ids, let version):
            // OLD is the journal's last NEW, whatever the parameter says.
            journal = journal.published(
                PublishedIDs(new: ids.new, old: journal.oldOfNextPublication), version: version,
                at: journal.unresolved?.since ?? now)
            journal.unresolved = nil
        case .clearUnresolved:
            journal.unresolved = nil
        case .recordDeactivation(let id):
            journal.previous = Previous(id: id, state: .inactive(since: now))
            journal.reactivatedAt = nil
        case .recordReactivation(let id):
            journal.previous = Previous(id: id, state: .active)
            journal.reactivatedAt = now
        case .waive(let subject, let reason, let by):
            let version = journal.current?.version ?? 0
            // Those of earlier publications count no more, and one a subject is enough: what is dropped never matters.
            journal.waivers.removeAll { $0.version != version || $0.subject == subject }
            journal.waivers.append(Waiver(subject: subject, version: version, reason: reason, by: by, at: now))
        case .retire(let hosts, _, _):
            journal = journal.retiring(hosts, at: now)
        case .beginRevocation(let ids, let reason, let by):
            journal = journal.beginningRevocation(of: ids, reason: reason, by: by, at: now)
        case .endRevocation:
            journal = journal.endingRevocation()
        case .beginJournal, .create, .deactivate, .delete, .deleteUnpublished, .reactivate, .rollback,
            .deactivateRevoked, .proveDead, .deleteRevoked, .republish, .feed:
            break
        }
        return journal.remembering("\(action)", by: owner, at: now)
    }

    func concluding(_ action: Action, by owner: String, at date: Date) -> Journal {
        var journal = self
        journal.lease = nil
        switch action {
        case .create, .rollback, .deleteUnpublished: journal.unresolved = nil
        case .delete(let id): journal.previous = Previous(id: id, state: .deleted)
        case .deactivateRevoked(let id): journal = journal.revoking(id, to: .deactivated, at: date)
        case .proveDead(let id): journal = journal.revoking(id, to: .dead, at: date)
        case .deleteRevoked(let id):
            journal = journal.revoking(id, to: .deleted, at: date)
            if journal.previous?.id == id { journal.previous?.state = .deleted }
        case .feed(let name, let id):
            journal.fed[name] = id
            journal.halfFed.remove(name)
        case .reactivate(let id):
            journal.previous = Previous(id: id, state: .active)
            journal.reactivatedAt = date
        // That OLD is inactive is recorded from what IAM shows, with a date of S3 that is later.
        default: break
        }
        return journal.remembering("\(action)", by: owner, at: date)
    }

    func published(_ ids: PublishedIDs, version: Int, at date: Date) -> Journal {
        var journal = self
        if let superseded = journal.previous?.id, superseded != ids.new, superseded != ids.old {
            journal.retired.append(superseded)
            journal.retired.removeFirst(max(0, journal.retired.count - Self.historyLimit))
        }
        journal.current = Current(id: ids.new, version: version, publishedAt: date)
        journal.previous = ids.old.map { Previous(id: $0, state: .active) }
        journal.reactivatedAt = nil
        // A destination that was given neither is not configured any more.
        journal.fed = journal.fed.filter { $0.value == ids.new || $0.value == ids.old }
        // No place shows a key that was just made, so each is fed anyway.
        if ids.new != self.previous?.id { journal.halfFed = [] }
        return journal
    }

    private func retiring(_ retiring: [HostID], at date: Date) -> Journal {
        var journal = self
        for host in retiring {
            journal.hosts[host] = nil
            journal.retiredHosts[host] = date
        }
        while journal.retiredHosts.count > Self.hostLimit,
            let oldest = journal.retiredHosts.min(by: { ($0.value, $0.key) < ($1.value, $1.key) })
        {
            journal.retiredHosts[oldest.key] = nil
        }
        return journal
    }

    /// The same publication under a new version: what an operator waived for it stays waived.
    func republished(as version: Int) -> Journal {
        var journal = self
        for index in journal.waivers.indices where journal.waivers[index].version == current?.version {
            journal.waivers[index].version = version
        }
        journal.current?.version = version
        return journal
    }

    private func remembering(_ what: String, by owner: String, at date: Date) -> Journal {
        var journal = self
        journal.history.append(Event(at: date, by: owner, what: what))
        journal.history.removeFirst(max(0, journal.history.count - Self.historyLimit))
        return journal
    }
}
