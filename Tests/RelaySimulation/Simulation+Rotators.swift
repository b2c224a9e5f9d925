import FoundationEssentials
import Handover

@testable import Rotation

/// Rotators: the product's `Pass`, whose effects the world performs one by one.
extension Simulation {
    func rotatorMoves(_ index: Int, _ world: World, _ moves: inout [Move]) {
        let rotator = world.rotators[index]
        if rotator.deletesOwnKey {
            moves.append(.rotator(index, .deleteOwnKey))
            return
        }
        guard let pass = rotator.pass, let effect = pass.effect else {
            guard !isLeaseRunning(world) else { return }
            for request in requests(world) where starts(request, index, world) {
                moves.append(.rotator(index, .start(request)))
            }
            return
        }
        if case .observe = effect {
            moves += looks(world).map { .rotator(index, .perform($0)) }
        } else {
            moves.append(.rotator(index, .perform(.fresh)))
        }
        if world.budget.crash > 0 { moves.append(.rotator(index, .crash)) }
        if world.budget.lost > 0, effect.changesSomething { moves.append(.rotator(index, .loseAnswer)) }
    }

    private func looks(_ world: World) -> [Move.Look] {
        var looks = [Move.Look.fresh]
        guard world.budget.stale > 0 else { return looks }
        if world.staleStatus != world.status, isUnsettled(since: world.statusChangedAt, world) {
            looks.append(.staleKeys)
        }
        if world.staleVersion != world.versions.count, isUnsettled(since: world.publishedAt, world) {
            looks.append(.staleParameter)
        }
        return looks
    }

    private func isUnsettled(since date: Date, _ world: World) -> Bool {
        time == .anyMoment || world.now < date + Self.settling
    }

    private func requests(_ world: World) -> [Request] {
        var requests: [Request] = [.proceed]
        if world.budget.operation > 0 { requests += [.rollback, .reactivate] }
        if world.budget.waive > 0 {
            requests += hostIDs.map { .waive(.host($0), reason: "asleep for good", by: "operator") }
        }
        if world.budget.retire > 0 {
            requests += hostIDs.map { .retire($0, reason: "sold", by: "operator") }
        }
        if world.budget.revoke > 0 {
            for key in 1...World.keyCount where world.isAlive(UInt8(key)) && !world.revoked.contains(UInt8(key)) {
                requests += RevocationCourse.allCases.map {
                    .revoke(World.keyIDs[key], course: $0, reason: "leaked", by: "operator")
                }
            }
        }
        return requests
    }

    /// An operator's command that would do nothing now is not worth a state.
    private func starts(_ request: Request, _ index: Int, _ world: World) -> Bool {
        guard request != .proceed else { return true }
        return looks(world).contains { look in
            let decision = Planner.decide(
                observation(look, world, rotator: index), from: snapshot(world, rotator: index),
                policy: policy(rotator: index, rotationsDone: world.rotationsDone), request: request)
            if case .act = decision { return true }
            return false
        }
    }

    func apply(_ move: Move.RotatorMove, by index: Int, _ world: inout World) throws(Violation) -> Bool {
        switch move {
        case .start(let request):
            switch request {
            case .rollback, .reactivate: world.budget.operation -= 1
            case .waive: world.budget.waive -= 1
            case .revoke: world.budget.revoke -= 1
            case .retire: world.budget.retire -= 1
            case .proceed, .rotate, .adopt: break
            }
            world.rotators[index].pass = Pass(
                user: World.user, owner: "rotator \(index + 1)", nonce: "r\(index + 1)",
                policy: policy(rotator: index, rotationsDone: world.rotationsDone), request: request)
            return try perform(.fresh, by: index, isAnswerLost: false, &world)
        case .perform(let look):
            return try perform(look, by: index, isAnswerLost: false, &world)
        case .loseAnswer:
            world.budget.lost -= 1
            return try perform(.fresh, by: index, isAnswerLost: true, &world)
        case .crash:
            world.budget.crash -= 1
            world.rotators[index] = World.Rotator()
            return true
        case .deleteOwnKey:
            let made = world.rotators[index].made
            if made == world.versions[world.versions.count - 1].new { throw .deadNew(key: made) }
            try checkRetirement(of: made, isDeletion: true, by: index, world)
            world.setStatus(made, .deleted)
            world.rotators[index] = World.Rotator()
            return true
        }
    }

    private func perform(
        _ look: Move.Look, by index: Int, isAnswerLost: Bool, _ world: inout World
    ) throws(Violation) -> Bool {
        guard var pass = world.rotators[index].pass, let effect = pass.effect else { return false }
        if !has(.paramfst), case .publish(let ids, _) = effect, !world.destinations.isEmpty,
            world.destinations[0].key != World.number(of: ids.new), world.rotators[index].made != 0
        {
            world.destinations[0].key = World.number(of: ids.new)
            return true
        }
        guard var answer = try answer(to: effect, of: pass, by: index, look, &world) else { return false }
        if isAnswerLost {
            if case .writeJournal = effect { answer = .notWritten } else { answer = .failed("no answer") }
        }
        if !has(.own412), case .checking = pass.stage, case .journal(var snapshot) = answer {
            snapshot.journal?.nonce = "somebody else's"
            answer = .journal(snapshot)
        }
        pass.resume(with: answer)
        if case .decided = pass.end {
            world.rotators[index] = World.Rotator()
        } else if pass.end != nil {
            let deletesOwnKey = !has(.nodelown) && pass.end == .superseded && world.rotators[index].made != 0
            if !deletesOwnKey { world.rotators[index] = World.Rotator() }
            world.rotators[index].pass = nil
            world.rotators[index].deletesOwnKey = deletesOwnKey
        } else if pass.isBetweenActions, pass.feedings.isEmpty, time == .anyMoment {
            // It would begin again by reading the journal: what any rotator may do at any moment.
            world.rotators[index] = World.Rotator()
        } else {
            world.rotators[index].pass = pass
        }
        return true
    }

    /// Nil where the effect would leave the bounds of the search.
    private func answer(
        to effect: Pass.Effect, of pass: Pass, by index: Int, _ look: Move.Look, _ world: inout World
    ) throws(Violation) -> Pass.Answer? {
        if let signedAt = effect.signedAt {
            if has(.fence), world.now > signedAt + Self.signatureWindow {
                return .refused("the signature has expired")
            }
            if has(.fence), isLate(index, world) { throw .tookEffectAfterLease }
        }
        switch effect {
        case .readJournal: return .journal(snapshot(world, rotator: index))
        case .observe:
            world.rotators[index].excused = world.retired
            return .observed(observation(look, world, rotator: index))
        case .writeJournal(let journal, let etag): return write(journal, replacing: etag, pass, index, &world)
        case .createKey:
            guard world.aliveKeys < 2, let key = world.firstUnmadeKey else { return .refused("LimitExceeded") }
            world.setStatus(key, .active)
            world.createdAt[Int(key)] = world.now
            world.rotators[index].made = key
            return .created(World.keyIDs[Int(key)])
        case .setStatus(let id, let active, _):
            return try setStatus(World.number(of: id), active: active, pass, by: index, &world)
        case .deleteKey(let id, _):
            let key = World.number(of: id)
            try checkRetirement(of: key, isDeletion: true, by: index, world)
            world.setStatus(key, .deleted)
            return .done
        case .prove(let id):
            let works = world.status[Int(World.number(of: id))] == .active
            return works || !has(.proveold) ? .done : .refused("InvalidClientTokenId")
        case .proveDead(let id):
            return isAccepted(World.number(of: id), world) && has(.provedead) ? .refused("still accepted") : .done
        case .publish(let ids, _):
            try checkPublication(of: ids, world)
            return publish(World.Pair(new: World.number(of: ids.new), old: ids.old.map(World.number) ?? 0), &world)
        case .republish(let version, _):
            return publish(world.versions[version - 1], &world)
        case .feed(let name, let id):
            guard let place = World.destinationNames.firstIndex(of: name) else { return .refused("no destination") }
            if isLate(index, world) { return .failed("the lease is over") }
            let key = World.number(of: id)
            if world.destinations[place].isFailing {
                world.destinations[place].isTorn = world.destinations[place].key != key
                return .failed("503")
            }
            world.destinations[place].key = key
            world.destinations[place].isTorn = false
            return .done
        }
    }

    private func isLate(_ index: Int, _ world: World) -> Bool {
        guard let wroteAt = world.rotators[index].wroteAt else { return false }
        return world.now >= wroteAt + leaseDuration
    }

    private func publish(_ pair: World.Pair, _ world: inout World) -> Pass.Answer? {
        guard world.versions.count < World.maximumVersions || time == .clock else { return nil }
        world.put(pair)
        return .published(version: world.versions.count)
    }

    private func setStatus(
        _ key: UInt8, active: Bool, _ pass: Pass, by index: Int, _ world: inout World
    ) throws(Violation) -> Pass.Answer {
        guard world.isAlive(key) else { return has(.proveold) ? .refused("NoSuchEntity") : .done }
        guard active else {
            try checkRetirement(of: key, isDeletion: false, by: index, world)
            if world.revoked.contains(key), world.status[Int(key)] == .active { world.lingering.insert(key) }
            world.setStatus(key, .inactive)
            if time == .clock { world.inactiveAt[Int(key)] = world.now }
            return .done
        }
        if world.revoked.contains(key) { throw .revokedKeyUsed(key: key) }
        if case .acting(.activate(_, toRollBack: false), _) = pass.stage {
            bringBack(key, &world)
        } else if world.status[Int(key)] == .inactive {
            world.setStatus(key, .active)
        }
        return .done
    }

    private func write(
        _ journal: Journal, replacing etag: String?, _ pass: Pass, _ index: Int, _ world: inout World
    ) -> Pass.Answer {
        guard (world.journal == nil) == (etag == nil), etag == nil || etag == "\(world.journalETag)" else {
            return .notWritten
        }
        var journal = journal
        if case .writing(let write) = pass.stage { apply(write.purpose, &journal, &world) }
        world.journal = journal
        world.journalETag += 1
        world.journalWrittenAt = world.now
        world.rotators[index].wroteAt = world.now
        return .written(etag: "\(world.journalETag)", at: world.now)
    }

    /// What the world notes when a journal is written, and what it spoils where a rule is taken away.
    private func apply(_ purpose: Pass.Write.Purpose, _ journal: inout Journal, _ world: inout World) {
        switch purpose {
        case .bookkeeping(.waive(.host(let id), _, _)):
            if let host = World.hostIDs.firstIndex(of: id) { world.rightlyWaived.insert(host) }
        case .bookkeeping(.adopt):
            if world.journal?.unresolved?.kind == .create { world.rotationsDone += 1 }
        case .bookkeeping(.rebuildJournal):
            if !has(.jbirth) { journal.reactivatedAt = nil }
        case .bookkeeping(.recordDeactivation):
            for host in world.hosts.indices {
                for object in world.hosts[host].checkIns.indices {
                    world.hosts[host].checkIns[object].isAfterDeactivation = false
                }
            }
        case .result(.create): world.rotationsDone += 1
        case .bookkeeping(.retire(let ids, _, _)):
            world.retired.formUnion(ids.compactMap { World.hostIDs.firstIndex(of: $0) })
        case .bookkeeping(.beginRevocation(let ids, _, _)):
            world.revoked.formUnion(ids.map(World.number))
            world.everRevoked.formUnion(world.revoked)
        case .intent(let action, _):
            if !has(.keepint), action != .create { journal.unresolved = nil }
            if action == .create || journal.unresolved?.kind == .rollback { world.attemptAt = world.now }
        default: break
        }
    }
}

extension Pass.Effect {
    var changesSomething: Bool {
        switch self {
        case .readJournal, .observe, .prove, .proveDead: false
        default: true
        }
    }

    /// When its signature was made; nil for what is not fenced by its age.
    var signedAt: Date? {
        switch self {
        case .createKey(let date), .setStatus(_, _, let date), .deleteKey(_, let date), .publish(_, let date),
            .republish(_, let date):
            date
        default: nil
        }
    }
}
