package import Secrets
import FoundationEssentials
package import Handover

/// Performs what a `Pass` asks for, through the ports. It alone holds secrets: the published ones, and the one just made.
package actor Driver {
    private let user: UserName
    private let ports: Ports
    private let observer: Observer
    private var published: PublishedKeys?
    private var made: AccessKey?
    /// On the boot clock: what is not fenced by AWS is given up here.
    private var leaseEnds: Duration?
    /// Each destination is looked at once a run, and again after it was fed.
    private var destinations: [String: Observation.Destination] = [:]
    /// What lies behind an interrupted end.
    private(set) package var error: (any Error)?
    /// The last look, for whoever reports on the run.
    private(set) package var lastLook: (snapshot: JournalSnapshot, observation: Observation)?

    package init(user: UserName, ports: Ports, explainedHosts: Int = 0) {
        self.user = user
        self.ports = ports
        observer = Observer(user: user, ports: ports, explainedHosts: explainedHosts)
    }

    /// One idempotent run. `progress` hears of every action once its result is recorded; once `isStopping` is true the
    /// run ends between two actions, with `DriverError.stopped`.
    package func run(
        _ pass: Pass, isStopping: @Sendable () -> Bool = { false }, progress: @Sendable (Action) -> Void = { _ in }
    ) async -> (end: Pass.End, actions: [Action]) {
        var pass = pass
        var end: Pass.End?
        error = nil
        destinations = [:]
        while let effect = pass.effect {
            if pass.isBetweenActions, isStopping() {
                error = DriverError.stopped
                end = .interrupted("\(DriverError.stopped)")
                break
            }
            let count = pass.actions.count
            let answer = await answer(to: effect)
            if case .observed(let observation) = answer, let look = lastLook {
                lastLook = (look.snapshot, pass.supplemented(observation, look.snapshot.journal))
            }
            pass.resume(with: answer)
            pass.actions.dropFirst(count).forEach(progress)
        }
        // Once a generation: listings stay as long as two of them. Those of a revoked key tell who was cut off.
        if pass.actions.contains(.create), !pass.actions.contains(where: \.isRevocation) { await removeOldCheckIns() }
        made = nil
        return (end ?? pass.end ?? .superseded, pass.actions)
    }

    /// Looks without acting.
    package func look() async throws -> (snapshot: JournalSnapshot, observation: Observation) {
        let snapshot = try await ports.journals.read(of: user)
        let (observation, _) = try await observer.observe(snapshot)
        lastLook = (snapshot, observation)
        return (snapshot, observation)
    }

    /// Whether another rotator has written the journal since the last look, so that what was seen may not fit together.
    package func isOutdated() async throws -> Bool {
        try await ports.journals.read(of: user).etag != lastLook?.snapshot.etag
    }

    private func answer(to effect: Pass.Effect) async -> Pass.Answer {
        do {
            return try await perform(effect)
        } catch {
            let (cause, answer): (any Error, Pass.Answer) =
                switch error {
                case EffectError.refused(let cause): (cause, .refused("\(cause)"))
                case EffectError.uncertain(let cause): (cause, .failed("\(cause)"))
                default: (error, .failed("\(error)"))
                }
            // The run goes on after a feeding that failed, so that this is not what ends it.
            if case .feed = effect { return answer }
            self.error = cause
            return answer
        }
    }

    private func perform(_ effect: Pass.Effect) async throws -> Pass.Answer {
        switch effect {
        case .readJournal:
            return .journal(try await ports.journals.read(of: user))
        case .observe(let snapshot):
            let (observation, published) = try await observer.observe(snapshot, known: destinations)
            self.published = published
            destinations = observation.destinations
            lastLook = (snapshot, observation)
            return .observed(observation)
        case .writeJournal(let journal, let etag):
            // Before the answer: a write whose answer is lost may begin a lease too.
            leaseEnds = ports.bootTime() + leaseDuration
            return try await write(journal, replacing: etag)
        case .createKey(let signedAt):
            let key = try await ports.issuer.createKey(for: user, signedAt: signedAt)
            made = key
            return .created(key.id)
        case .setStatus(let id, let active, let signedAt):
            try await ports.issuer.setStatus(of: id, active: active, user: user, signedAt: signedAt)
            return .done
        case .deleteKey(let id, let signedAt):
            try await ports.issuer.deleteKey(id, of: user, signedAt: signedAt)
            return .done
        case .prove(let id):
            try await ports.issuer.prove(try secretKey(id), of: user)
            return .done
        case .proveDead(let id):
            try await waitForDeath(of: try secretKey(id))
            return .done
        case .publish(let ids, let signedAt):
            guard let pair = PublishedKeys(new: try secretKey(ids.new), old: try ids.old.map(secretKey)) else {
                throw EffectError.refused(DriverError.sameKeyTwice(ids.new))
            }
            return .published(version: try await ports.publication.publish(pair, signedAt: signedAt))
        case .republish(let version, let signedAt):
            let journal = lastLook?.snapshot.journal
            guard case .published(let pair, _) = try await ports.publication.read(version: version),
                pair.new.id == journal?.current?.id, pair.old?.id == journal?.previous?.id
            else { throw EffectError.refused(DriverError.versionIsGone(version)) }
            return .published(version: try await ports.publication.publish(pair, signedAt: signedAt))
        case .feed(let name, let id):
            return try await feed(name, id)
        }
    }

    private func write(_ journal: Journal, replacing etag: String?) async throws -> Pass.Answer {
        do {
            guard let receipt = try await ports.journals.write(journal, replacing: etag) else { return .notWritten }
            return .written(etag: receipt.etag, at: receipt.at)
        } catch let error as EffectError {
            throw error
        } catch {
            // The store names what is uncertain; anything else was not written.
            throw EffectError.refused(error)
        }
    }

    private func feed(_ name: String, _ id: AccessKeyID) async throws -> Pass.Answer {
        guard let destination = ports.destinations.first(where: { $0.name == name }) else {
            throw EffectError.refused(DriverError.noDestination(name))
        }
        guard let leaseEnds, ports.bootTime() < leaseEnds else {
            throw EffectError.refused(DriverError.leaseIsOver)
        }
        destinations[name] = nil
        try await destination.feed(try secretKey(id))
        return .done
    }

    /// A key lives on for seconds after its deactivation, in some places longer than in others: one refusal proves little.
    private func waitForDeath(of key: AccessKey) async throws {
        var refusals = 0
        for _ in 0..<Self.deathChecks {
            refusals = try await ports.issuer.isAccepted(key) ? 0 : refusals + 1
            if refusals == Self.refusalsThatProve { return }
            try await ports.sleep(Self.pauseBetweenChecks)
        }
        throw EffectError.refused(DriverError.stillAccepted(key.id))
    }

    private static let pauseBetweenChecks: Duration = .seconds(5)
    private static let refusalsThatProve = 3
    /// Two minutes.
    private static let deathChecks = 24

    private func secretKey(_ id: AccessKeyID) throws -> AccessKey {
        if let made, made.id == id { return made }
        guard let key = published?.key(id) else { throw EffectError.refused(DriverError.secretIsUnknown(id)) }
        return key
    }

    /// A failure is of no account: the next rotation tries again.
    private func removeOldCheckIns() async {
        guard let journal = lastLook?.snapshot.journal else { return }
        let kept = [journal.current?.id, journal.previous?.id].compactMap(\.self)
        let old = Set(journal.retired.suffix(5)).subtracting(kept)
        if !old.isEmpty { try? await ports.checkIns.remove(under: old, of: user) }
    }
}

/// Why an effect was not even tried.
package enum DriverError: Error, Hashable, CustomStringConvertible {
    case secretIsUnknown(AccessKeyID)
    case sameKeyTwice(AccessKeyID)
    case versionIsGone(Int)
    case noDestination(String)
    case leaseIsOver
    case stopped
    case stillAccepted(AccessKeyID)

    package var description: String {
        switch self {
        case .secretIsUnknown(let id): "the parameter does not hold the secret of \(id), so it cannot be published"
        case .sameKeyTwice(let id): "\(id) cannot be NEW and OLD at once"
        case .versionIsGone(let version):
            "version \(version) of the parameter, which held the keys, is gone: run `keybaton init --adopt`"
        case .noDestination(let name): "no destination is called \(name)"
        case .stopped: "stopped between two steps: nothing is lost, and the next run goes on from here"
        case .stillAccepted(let id):
            "AWS still accepts \(id) two minutes after its deactivation, so nothing is published that its holder could read: "
                + "run again"
        case .leaseIsOver: "the rotator was stopped for longer than its lease: run again"
        }
    }
}
