import Secrets
import FoundationEssentials
import Handover
import Rotation

/// What a rotator sees, and how it is lied to where a rule is taken away.
extension Simulation {
    func snapshot(_ world: World, rotator: Int) -> JournalSnapshot {
        var journal = world.journal
        if !has(.react) { journal?.reactivatedAt = nil }
        if !has(.revjrn) { journal?.revocation = nil }
        if !has(.fedknown) { journal?.fed = [:] }
        if !has(.halffed) { journal?.halfFed = [] }
        if !has(.retdate) {
            let retired = journal?.retiredHosts ?? [:]
            journal?.retiredHosts = retired.mapValues { _ in .distantFuture }
        }
        if !has(.sticky), journal != nil {
            let policy = policy(rotator: rotator, rotationsDone: world.rotationsDone)
            let present = World.hostIDs.indices.filter { index in
                policy.hosts.contains(World.hostIDs[index]) || !world.hosts[index].checkIns.isEmpty
            }
            journal?.hosts = Dictionary(uniqueKeysWithValues: present.map { (World.hostIDs[$0], .seen) })
        }
        if !has(.wvpub), let current = journal?.current, let waivers = journal?.waivers {
            journal?.waivers = waivers.map { waiver in
                var waiver = waiver
                let published = world.versions[min(waiver.version, world.versions.count) - 1]
                if World.keyIDs[Int(published.new)] == current.id { waiver.version = current.version }
                return waiver
            }
        }
        return JournalSnapshot(
            journal: journal, etag: world.journal == nil ? nil : "\(world.journalETag)",
            lastModified: world.journalWrittenAt, now: world.now)
    }

    func observation(_ look: Move.Look, _ world: World, rotator: Int) -> Observation {
        let statuses = look == .staleKeys ? world.staleStatus : world.status
        var keys: [AccessKeyID: Observation.Key] = [:]
        for key in 1...World.keyCount where [.active, .inactive].contains(statuses[key]) {
            keys[World.keyIDs[key]] = Observation.Key(
                status: statuses[key] == .active ? .active : .inactive, createdAt: world.createdAt[key],
                lastUse: lastUse(of: UInt8(key), world))
        }
        let version = look == .staleParameter ? world.staleVersion : world.versions.count
        return Observation(
            keys: keys, parameter: .published(world.ids(world.versions[version - 1]), version: version),
            destinations: destinations(world, rotator: rotator), checkIns: checkIns(world))
    }

    private func lastUse(of key: UInt8, _ world: World) -> Observation.Use? {
        guard has(.usedchk) else { return nil }
        let date = world.foreign.contains(key) ? world.createdAt[Int(key)] : world.lastUsedAt[Int(key)]
        return date.map { Observation.Use(at: $0, service: "s3", region: "eu-west-1") }
    }

    private func destinations(_ world: World, rotator: Int) -> [String: Observation.Destination] {
        var seen: [String: Observation.Destination] = [:]
        let isOlder = scenario.olderDestinations && rotator == 1
        for (index, destination) in world.destinations.dropLast(isOlder ? 1 : 0).enumerated() {
            let name = World.destinationNames[index]
            if !has(.destread), let fed = world.journal?.fed[name] {
                seen[name] = .holds(fed)
            } else if destination.isWriteOnly {
                seen[name] = .cannotTell
            } else if !destination.isFailing {
                seen[name] = .holds(World.keyIDs[Int(destination.key)])
            } else {
                seen[name] =
                    has(.failgate) ? .failing("503: wait, or mend it") : .holds(World.keyIDs[Int(world.currentKey)])
            }
        }
        return seen
    }

    private func checkIns(_ world: World) -> [HostID: ReportedCheckIn] {
        var ledger = AckLedger()
        for (index, host) in world.hosts.enumerated() {
            for object in host.checkIns {
                ledger.record(report(object, host: index, world), of: World.hostIDs[index])
            }
        }
        return Dictionary(
            uniqueKeysWithValues: ledger.hosts.compactMap { host in ledger.newest(of: host).map { (host, $0) } })
    }

    private func report(_ object: World.CheckInObject, host: Int, _ world: World) -> ReportedCheckIn {
        let problem = object.hasProblem ? CheckIn.Problem(code: "unwritable", message: "") : nil
        var version = object.version
        var lastModified = object.lastModified
        let publishedAt = has(.srvtime) ? world.journal?.current?.publishedAt : nil
        let isCurrent = object.lastModified >= publishedAt ?? .distantPast
        if !has(.ver), isCurrent, let current = world.journal?.current { version = current.version }
        if case .inactive = world.journal?.previous?.state {
            let seemsLate = !has(.srvtime) || !has(.graceend) && object.isAfterDeactivation
            if seemsLate { lastModified = lastModified + .days(1) }
        }
        var evidence = ReportedCheckIn.Evidence.proved(version: version, problem: problem)
        if scenario.legacyHost, host == 1 {
            if has(.legacy) {
                evidence = .legacy
            } else if isCurrent, let current = world.journal?.current {
                evidence = .proved(version: current.version, problem: nil)
            }
        }
        return ReportedCheckIn(
            keyID: World.keyIDs[Int(object.key)], lastModified: lastModified, etag: "", evidence: evidence)
    }
}
