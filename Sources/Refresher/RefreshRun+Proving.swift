import AWS
import Handover
import Secrets

extension RefreshRun {
    /// Returns whose NEW is, after STS and the Parameter Store have accepted it more than once.
    ///
    /// Throws `foreignKey` when it belongs to anybody else than the key held: a poisoned parameter must not send a
    /// backup into somebody else's bucket.
    func prove(
        _ new: AccessKey, _ reader: Reader, replacing held: [AccessKey]
    ) async throws(RefreshFailure) -> Principal {
        let expected = try await expectedOwner(reader, replacing: held)
        var patience = PropagationPatience()
        while true {
            let owner = try await whenAccepted(&patience, clock) { () throws(ServiceFailure) in
                try await services.principal(of: new)
            }
            guard expected.accepts(owner) else { throw RefreshFailure(problem: foreign(new.id, owner, expected)) }
            _ = try await whenAccepted(&patience, clock) { () throws(ServiceFailure) in
                try await services.parameter(parameter, version: nil, with: new)
            }
            patience.acceptances += 1
            if patience.acceptances == PropagationPatience.neededAcceptances { return owner }
            // A while later another server may answer.
            try? await clock.sleep(.seconds(0.5 + clock.random() / 2))
        }
    }

    /// Throws unless the key held is the managed user's: with the key of another one there would be nothing to compare
    /// NEW with.
    ///
    /// As long as nobody is remembered, the keys that are to be replaced must be the same owner's, if they work: with a
    /// key of an account of his own, which has a user and a parameter of the same names, one user of this host would
    /// choose what the others get.
    private func expectedOwner(
        _ reader: Reader, replacing held: [AccessKey]
    ) async throws(RefreshFailure) -> ExpectedOwner {
        if let expectedPrincipal { return .exactly(expectedPrincipal) }
        let owner: Principal
        do {
            owner = try await services.principal(of: reader.key)
        } catch {
            throw RefreshFailure(problem: problem(of: error))
        }
        if reader.isRendezvous { return .user(user, ofAccountOf: owner) }
        guard owner.userName == user else {
            throw RefreshFailure(
                problem: CheckIn.Problem(
                    .foreignKey,
                    "the key \(reader.key.id) held here belongs to \(owner), not to the IAM user \(user); correct `user` "
                        + "or the targets in the configuration. Nothing was changed"))
        }
        for key in Set(held) where key != reader.key {
            guard let other = try await ownerIfAccepted(key), other != owner else { continue }
            throw RefreshFailure(
                problem: CheckIn.Problem(
                    .foreignKey,
                    "of the keys held here, \(reader.key.id) belongs to \(owner), and \(key.id) to \(other): correct the "
                        + "targets, or say which is meant with expect_arn. Nothing was changed"))
        }
        return .exactly(owner)
    }

    /// Whose the keys of this host are, when nobody is remembered yet and every target holds NEW; nil otherwise, and when
    /// it cannot be found out now: the next run asks again.
    func ownerToRemember(_ new: AccessKey, _ targets: [TargetLook]) async -> Principal? {
        guard expectedPrincipal == nil, targets.allSatisfy({ $0.content == .key(new) }),
            let owner = try? await services.principal(of: new), owner.userName == user
        else { return nil }
        return owner
    }

    /// Nil for a key that AWS does not accept.
    private func ownerIfAccepted(_ key: AccessKey) async throws(RefreshFailure) -> Principal? {
        do {
            return try await services.principal(of: key)
        } catch {
            guard error.kind != .keyNotAccepted, error.kind != .wrongSecret else { return nil }
            throw RefreshFailure(problem: problem(of: error))
        }
    }

    private func foreign(_ id: AccessKeyID, _ owner: Principal, _ expected: ExpectedOwner) -> CheckIn.Problem {
        CheckIn.Problem(
            .foreignKey,
            "\(parameter) publishes \(id), which belongs to \(owner), but \(expected) is expected: it was not installed. "
                + "Find out who wrote the parameter; if that user is meant, say so with expect_arn = \"\(owner)\"")
    }

    private func whenAccepted<Answer>(
        _ patience: inout PropagationPatience, _ clock: AWSClock,
        _ ask: () async throws(ServiceFailure) -> Answer
    ) async throws(RefreshFailure) -> Answer {
        while true {
            let failure: ServiceFailure
            do throws(ServiceFailure) {
                return try await ask()
            } catch {
                failure = error
            }
            guard failure.kind == .keyNotAccepted else {
                // NEW itself is wrong, not the keys that the host holds.
                throw RefreshFailure(
                    problem: failure.kind == .wrongSecret ? notProved(failure) : problem(of: failure))
            }
            guard let delay = patience.nextDelay(random: clock.random()) else {
                throw RefreshFailure(problem: notProved(failure))
            }
            try? await clock.sleep(delay)
        }
    }

    private func notProved(_ failure: ServiceFailure) -> CheckIn.Problem {
        CheckIn.Problem(
            .notProved,
            "NEW was not installed, because AWS does not accept it (\(failure)). The old key stays; the next run tries "
                + "again")
    }
}

/// Whose NEW must be.
private enum ExpectedOwner: CustomStringConvertible {
    case exactly(Principal)
    /// Nothing is remembered and no key of the user is held: the path of the user is not known then.
    case user(UserName, ofAccountOf: Principal)

    func accepts(_ owner: Principal) -> Bool {
        switch self {
        case .exactly(let principal): owner == principal
        case .user(let name, let identity): owner.userName == name && owner.isOfSameAccount(as: identity)
        }
    }

    var description: String {
        switch self {
        case .exactly(let principal): "\(principal)"
        case .user(let name, let identity): "the IAM user \(name) of the same account as \(identity)"
        }
    }
}

/// How long NEW may stay unknown to a part of AWS: IAM takes seconds as a rule.
private struct PropagationPatience {
    /// One acceptance may come from the one server that knows the key already.
    static let neededAcceptances = 2
    private static let limit = Duration.seconds(60)

    var acceptances = 0
    private var waited = Duration.zero
    private var longest = 1.0

    /// Nil when it is used up. A refusal after an acceptance makes that one worthless.
    mutating func nextDelay(random: Double) -> Duration? {
        guard waited < Self.limit else { return nil }
        acceptances = 0
        let delay = Duration.seconds(longest * (0.5 + random / 2))
        waited += delay
        longest = min(longest * 2, 10)
        return delay
    }
}
