import FoundationEssentials
import Handover

@testable import Rotation

/// Brings a world into a normal form that behaves alike, where any duration may have passed at any moment.
///
/// Of a date only its order among the thresholds matters that the planner compares it with; of an ETag only whether it
/// is the present one; of history, owners and reasons nothing. Without this there would be infinitely many states.
enum Canonical {
    static let grace: Duration = .seconds(1_000_000)
    private static let now = Simulation.epoch
    private static let spacing = 1000.0
    private static let late = now - leaseDuration - leaseDuration
    private static let justNow = now.addingTimeInterval(-1)
    private static let longAgo = now.addingTimeInterval(-50_000)

    static func make(_ world: inout World, _ simulation: Simulation) {
        world.now = now
        dropDoomedPasses(&world, simulation)
        let isChecking = world.rotators.contains { if case .checking = $0.pass?.stage { true } else { false } }
        let etag = "\(world.journalETag)"
        let dates = Dates(thresholds: thresholds(world))
        world.journal = world.journal.map { canonical($0, dates) }
        if !isChecking { world.journal?.nonce = "" }
        world.journalETag = 0
        let isRecent = now < world.journalWrittenAt + leaseDuration
        let matters = world.journal?.lease != nil || world.journal?.previous?.state == .deactivating
        world.journalWrittenAt = isRecent || !matters ? justNow : late
        world.statusChangedAt = now
        world.publishedAt = now
        world.pairedAt = now
        world.attemptAt = now
        for key in world.createdAt.indices { world.createdAt[key] = longAgo }
        for index in world.hosts.indices { canonicalCheckIns(&world.hosts[index], dates) }
        for index in world.rotators.indices {
            guard world.rotators[index].pass != nil else { continue }
            let isLate = world.rotators[index].wroteAt.map { now >= $0 + leaseDuration } ?? false
            world.rotators[index].wroteAt = world.rotators[index].wroteAt.map { _ in isLate ? late : justNow }
            canonical(&world.rotators[index], isLate: isLate, etag: etag, dates)
        }
    }

    /// Lets the grace period end now, in every copy of the journal.
    static func endGrace(_ world: inout World) {
        let ended = { (journal: inout Journal) in
            if case .inactive = journal.previous?.state {
                journal.previous?.state = .inactive(since: now - grace)
            }
        }
        if var journal = world.journal {
            ended(&journal)
            world.journal = journal
        }
        for index in world.rotators.indices { world.rotators[index].pass?.changeJournal(ended) }
    }

    /// Makes what was done to revoked keys older than a lease, in every copy of the journal.
    static func ageRevocation(_ world: inout World) {
        let aged = { (journal: inout Journal) in
            for index in journal.revocation?.keys.indices ?? 0..<0 { journal.revocation?.keys[index].since = late }
        }
        if var journal = world.journal {
            aged(&journal)
            world.journal = journal
        }
        for index in world.rotators.indices { world.rotators[index].pass?.changeJournal(aged) }
    }

    /// A run whose next write must fail has nothing left to do to the world.
    private static func dropDoomedPasses(_ world: inout World, _ simulation: Simulation) {
        let etag = world.journal == nil ? nil : "\(world.journalETag)"
        for index in world.rotators.indices {
            let isDoomed =
                switch world.rotators[index].pass?.stage {
                case .observing(let snapshot): snapshot.etag != etag
                case .writing(let write): write.replacing != etag
                case .checking(let write): simulation.has(.own412) && write.journal.nonce != world.journal?.nonce
                default: false
                }
            if isDoomed, simulation.has(.nodelown) || world.rotators[index].made == 0 {
                world.rotators[index] = World.Rotator()
            }
        }
    }

    private static func thresholds(_ world: World) -> Set<Date> {
        var dates = Set<Date>()
        for journal in [world.journal] + world.rotators.map({ $0.pass?.journal }) {
            guard let journal else { continue }
            if let current = journal.current { dates.insert(current.publishedAt) }
            if let reactivatedAt = journal.reactivatedAt { dates.insert(reactivatedAt) }
            dates.formUnion(journal.retiredHosts.values)
            if case .inactive(let since) = journal.previous?.state { dates.insert(since + grace) }
        }
        return dates
    }

    private struct Dates {
        let sorted: [Date]

        init(thresholds: Set<Date>) {
            sorted = thresholds.filter { $0 <= now }.sorted()
        }

        func threshold(_ date: Date) -> Date {
            guard let rank = sorted.firstIndex(of: date) else { return now.addingTimeInterval(spacing) }
            return now.addingTimeInterval(-spacing * Double(sorted.count - rank))
        }

        /// The place of a check-in between the thresholds, and after this many others of its host.
        func checkIn(_ date: Date, rank: Int) -> Date {
            let below = sorted.count { $0 < date }
            return now.addingTimeInterval(-spacing * Double(sorted.count - below + 1) + Double(rank + 1))
        }
    }

    private static func canonical(_ journal: Journal, _ dates: Dates) -> Journal {
        var journal = journal
        journal.history = []
        journal.retired = []
        if journal.lease != nil { journal.lease = .init(owner: "", intent: "") }
        journal.unresolved?.since = longAgo
        journal.waivers = Set(
            journal.waivers.map {
                Journal.Waiver(subject: $0.subject, version: $0.version, reason: "", by: "", at: now)
            }
        ).sorted { ("\($0.subject)", $0.version) < ("\($1.subject)", $1.version) }
        if let date = journal.current?.publishedAt { journal.current?.publishedAt = dates.threshold(date) }
        journal.reactivatedAt = journal.reactivatedAt.map(dates.threshold)
        journal.retiredHosts = journal.retiredHosts.mapValues(dates.threshold)
        journal.revocation?.reason = ""
        journal.revocation?.by = ""
        for index in journal.revocation?.keys.indices ?? 0..<0 {
            let isRecent = journal.revocation.map { now < $0.keys[index].since + leaseDuration } ?? false
            journal.revocation?.keys[index].since = isRecent ? justNow : late
        }
        if case .inactive(let since) = journal.previous?.state {
            journal.previous?.state = .inactive(since: dates.threshold(since + grace) - grace)
        }
        return journal
    }

    private static func canonicalCheckIns(_ host: inout World.Host, _ dates: Dates) {
        host.checkIns.sort { $0.lastModified < $1.lastModified }
        for rank in host.checkIns.indices {
            host.checkIns[rank].lastModified = dates.checkIn(host.checkIns[rank].lastModified, rank: rank)
        }
        host.delayed?.lastModified = now
    }

    private static func canonical(_ rotator: inout World.Rotator, isLate: Bool, etag: String, _ dates: Dates) {
        guard var pass = rotator.pass else { return }
        pass.actions = []
        pass.writes = 0
        pass.changeJournal { $0 = canonical($0, dates) }
        switch pass.stage {
        case .observing(var snapshot):
            snapshot.etag = snapshot.etag == nil ? nil : "0"
            let isSettled = snapshot.lastModified.map { now >= $0 + leaseDuration } ?? false
            snapshot.lastModified = isSettled && snapshot.journal?.previous?.state == .deactivating ? late : justNow
            snapshot.now = now
            pass.stage = .observing(snapshot)
        case .writing(var write): pass.stage = .writing(canonical(&write, etag: etag))
        case .checking(var write): pass.stage = .checking(canonical(&write, etag: etag))
        case .acting(let step, var held):
            held.etag = held.etag == etag ? "0" : "another"
            held.signedAt = isLate ? late : justNow
            held.journal.nonce = ""
            pass.stage = .acting(step, held)
        case .reading, .ended: break
        }
        rotator.pass = pass
    }

    private static func canonical(_ write: inout Pass.Write, etag: String) -> Pass.Write {
        write.replacing = write.replacing.map { $0 == etag ? "0" : "another" }
        if case .intent(let action, _) = write.purpose { write.purpose = .intent(action, preparedAt: now) }
        return write
    }
}

extension Pass {
    var journal: Journal? {
        switch stage {
        case .observing(let snapshot): snapshot.journal
        case .writing(let write), .checking(let write): write.journal
        case .acting(_, let held): held.journal
        case .reading, .ended: nil
        }
    }

    mutating func changeJournal(_ change: (inout Journal) -> Void) {
        switch stage {
        case .observing(var snapshot):
            guard var journal = snapshot.journal else { return }
            change(&journal)
            snapshot.journal = journal
            stage = .observing(snapshot)
        case .writing(var write):
            change(&write.journal)
            stage = .writing(write)
        case .checking(var write):
            change(&write.journal)
            stage = .checking(write)
        case .acting(let step, var held):
            change(&held.journal)
            stage = .acting(step, held)
        case .reading, .ended: break
        }
    }
}
