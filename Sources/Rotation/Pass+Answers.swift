import FoundationEssentials
import Handover

extension Pass {
    /// Takes the answer to `effect` and moves on to the next one.
    package mutating func resume(with answer: Answer) {
        switch (stage, answer) {
        case (.reading, .journal(let snapshot)):
            if let running = snapshot.runningLease {
                stage = .ended(.leased(owner: running.lease.owner, until: running.until))
            } else {
                stage = .observing(snapshot)
            }
        case (.observing(let snapshot), .observed(let observation)):
            decide(observation, snapshot)
        case (.writing(let write), .written(let etag, let date)):
            wrote(write, etag: etag, at: date)
        case (.writing(let write), .notWritten), (.writing(let write), .failed):
            stage = .checking(write)
        case (.checking(let write), .journal(let snapshot)):
            // A retry of the transport meets its own first attempt: a refusal by itself proves nothing.
            if snapshot.journal?.nonce == write.journal.nonce, let etag = snapshot.etag,
                let lastModified = snapshot.lastModified
            {
                wrote(write, etag: etag, at: lastModified)
            } else if snapshot.etag == write.replacing {
                stage = .ended(.interrupted("nobody knows whether the journal will be written: run again"))
            } else {
                stage = .ended(.superseded)
            }
        case (.acting(.simple(.feed(let name, let id)), let held), .refused(let problem)),
            (.acting(.simple(.feed(let name, let id)), let held), .failed(let problem)):
            // Whatever it did is read back, or done again, before OLD goes.
            var journal = held.journal
            journal.lease = nil
            // Tried once more and in vain: until it works again nobody knows that it still holds what it was given.
            if journal.fed[name] == id { journal.fed[name] = nil }
            write(journal, replacing: held.etag, .notFed(name, problem: problem))
        case (.acting(let step, let held), .refused(let problem)):
            release(held, from: step, problem)
        case (.acting(let step, let held), let answer):
            acted(step, held, answer)
        case (_, .refused(let problem)), (_, .failed(let problem)):
            stage = .ended(.interrupted(problem))
        default:
            stage = .ended(.interrupted("an answer that does not belong to its question"))
        }
    }

    private mutating func decide(_ observation: Observation, _ snapshot: JournalSnapshot) {
        let decision = Planner.decide(
            supplemented(observation, snapshot.journal), from: snapshot, policy: policy, request: request)
        if case .act(.republish, _) = decision, actions.contains(where: \.isRepublication) {
            stage = .ended(
                .decided(
                    .hold(
                        "in this run the rotator published the pair again already, and it does not show: something else "
                            + "writes there. Find it and stop it, then run `keybaton run`")))
            return
        }
        guard case .act(let action, _) = decision, permits(action, snapshot.journal) else {
            stage = .ended(.decided(decision))
            return
        }
        if action.isBookkeeping {
            let journal = (snapshot.journal ?? Journal(user: user)).recording(action, by: owner, at: snapshot.now)
            write(journal, replacing: snapshot.etag, .bookkeeping(action))
        } else if let journal = snapshot.journal {
            write(
                journal.intending(action, by: owner, at: snapshot.now), replacing: snapshot.etag,
                .intent(action, preparedAt: snapshot.now))
        } else {
            stage = .ended(.interrupted("nothing outside is done without a journal"))
        }
    }

    /// The observation with what only this run knows of its destinations: one that can be written and not read holds what
    /// it was given, and one that failed is not tried again.
    func supplemented(_ observation: Observation, _ journal: Journal?) -> Observation {
        var observation = observation
        for (name, feeding) in feedings {
            guard let seen = observation.destinations[name] else { continue }
            switch (feeding, seen) {
            case (.failed(let problem), _): observation.destinations[name] = .failing(problem)
            case (.fed(let id), .cannotTell):
                // Another rotator may have given it something else since.
                if journal?.fed[name] == id { observation.destinations[name] = .holds(id) }
            case (.fed(let id), .needsFeeding):
                observation.destinations[name] = .failing(
                    "it was given \(id) in this run and does not show it: something else writes there, or it is slow. "
                        + "Find what writes there and stop it")
            case (.fed(let id), .holds(let other)) where other != id:
                observation.destinations[name] = .failing(
                    "it was given \(id) in this run and shows \(other): something else writes there, or it is slow. "
                        + "Find what writes there and stop it")
            case (.fed, _): break
            }
        }
        return observation
    }

    private func permits(_ action: Action, _ journal: Journal?) -> Bool {
        guard action.changesKeys, journal?.revocation == nil else { return true }
        guard mayBegin || !action.beginsRotation(under: policy) else { return false }
        return switch keyChanges {
        case .any: true
        case .creation: action == .create
        case .none: false
        }
    }

    private mutating func write(_ journal: Journal, replacing etag: String?, _ purpose: Write.Purpose) {
        var journal = journal
        writes += 1
        journal.nonce = "\(nonce).\(writes)"
        stage = .writing(Write(journal: journal, replacing: etag, purpose: purpose))
    }

    private mutating func wrote(_ write: Write, etag: String, at date: Date) {
        let held = Held(journal: write.journal, etag: etag, signedAt: date)
        switch write.purpose {
        case .bookkeeping(let action), .result(let action):
            completed(action)
        case .intent(let action, let preparedAt):
            guard date <= preparedAt + Self.maximumPreparation else {
                release(
                    held, from: firstStep(of: action),
                    "the look at IAM, the parameter and the check-ins took too long: run again")
                return
            }
            stage = .acting(firstStep(of: action), held)
        case .madeKey(let id):
            stage = .acting(.publish(PublishedIDs(new: id, old: write.journal.oldOfNextPublication)), held)
        case .release(let problem):
            stage = .ended(.interrupted(problem))
        case .notFed(let name, let problem):
            feedings[name] = .failed(problem)
            stage = .reading
        }
    }

    private func firstStep(of action: Action) -> Step {
        switch action {
        case .create: .create
        case .rollback(let id): .activate(id, toRollBack: true)
        case .reactivate(let id): .activate(id, toRollBack: false)
        default: .simple(action)
        }
    }

    private mutating func acted(_ step: Step, _ held: Held, _ answer: Answer) {
        switch (step, answer) {
        case (.create, .created(let id)):
            var journal = held.journal
            journal.unresolved?.keyID = id
            write(journal, replacing: held.etag, .madeKey(id))
        case (.publish(let ids), .published(let version)):
            let action: Action = held.journal.unresolved?.kind == .rollback ? .rollback(to: ids.new) : .create
            conclude(action, held, journal: held.journal.published(ids, version: version, at: held.signedAt))
        case (.activate(let id, toRollBack: true), .done):
            stage = .acting(.prove(id), held)
        case (.activate(let id, toRollBack: false), .done):
            conclude(.reactivate(id), held)
        case (.prove(let id), .done):
            stage = .acting(.publish(PublishedIDs(new: id, old: held.journal.oldOfNextPublication)), held)
        case (.prove, .failed(let problem)), (.simple(.proveDead), .failed(let problem)):
            release(held, from: step, problem)
        case (.simple(.republish), .published(let version)):
            conclude(.republish(version: version), held, journal: held.journal.republished(as: version))
        case (.simple(let action), .done):
            conclude(action, held)
        case (_, .failed(let problem)):
            // It may still take effect: the lease is left to run out, and the next run looks at what is there.
            stage = .ended(.interrupted(problem))
        default:
            stage = .ended(.interrupted("an answer that does not belong to its question"))
        }
    }

    private mutating func conclude(_ action: Action, _ held: Held, journal: Journal? = nil) {
        write(
            (journal ?? held.journal).concluding(action, by: owner, at: held.signedAt), replacing: held.etag,
            .result(action))
    }

    /// Gives the lease back after a refusal: nothing of the step took effect, so the next run need not wait for it.
    private mutating func release(_ held: Held, from step: Step, _ problem: String) {
        var journal = held.journal
        journal.lease = nil
        if leavesNothing(step, held) { journal.unresolved = nil }
        switch step {
        // Of another step it would hide that somebody brought OLD back after an earlier deactivation.
        case .simple(.deactivate): journal.previous?.state = .active
        case .simple(.proveDead(let id)): journal = journal.revoking(id, to: .named, at: held.signedAt)
        default: break
        }
        write(journal, replacing: held.etag, .release(problem))
    }

    /// Whether the journal need not name the attempt any longer when this step was refused. A key in hand that could
    /// not be published stays named, to be deleted; so does what another rotator left and this one was about to clear.
    private func leavesNothing(_ step: Step, _ held: Held) -> Bool {
        switch step {
        case .create, .activate(_, toRollBack: true), .prove: true
        case .publish: held.journal.unresolved?.kind == .rollback
        case .activate(_, toRollBack: false), .simple: false
        }
    }

    private mutating func completed(_ action: Action) {
        actions.append(action)
        if case .feed(let name, let id) = action { feedings[name] = .fed(id) }
        if action.fulfils(request) || action.changesKeys && !beginsRotation(action) {
            request = .proceed
            keyChanges = .none
        } else if action.changesKeys {
            keyChanges = .creation
        }
        stage = .reading
    }

    /// Whether the action makes room for the key that the same run is to make.
    private func beginsRotation(_ action: Action) -> Bool {
        guard policy.retirement == .nextRotation, case .delete = action else { return false }
        return true
    }
}

extension Action {
    /// Whether a rotation begins with it, outside a revocation: with the key that is made, or with room for it.
    package func beginsRotation(under policy: Policy) -> Bool {
        switch self {
        case .create: true
        case .delete: policy.retirement == .nextRotation
        default: false
        }
    }

    fileprivate var isRepublication: Bool {
        if case .republish = self { true } else { false }
    }
}
