package import AWS
import CredentialsFile
package import FoundationEssentials
package import Handover
package import Secrets

/// One run over one managed user: read the parameter, prove NEW, install it in every target, check in.
///
/// A failure at any step leaves every target with the key it had. Nothing is thrown: a failure is part of the outcome.
package struct RefreshRun: Sendable {
    package var user: UserName
    package var parameter: String
    /// Whose NEW must be: configured, or remembered from an earlier run. Nil: whoever the key held belongs to.
    package var expectedPrincipal: Principal?
    package var host: HostDescription
    /// How old a publication must be before it is installed.
    package var adoptAfter: Duration
    /// The operator allowed to overwrite a key that was never published.
    package var replacesUnknownKeys: Bool
    package var nextRunDue: Date?
    /// Reads the key of a separate identity, which may only read the parameter and check in: for a host whose own keys
    /// are all dead. Asked only then. Nil: none is configured. An error says what to do.
    package var rendezvousKey: (@Sendable () throws -> AccessKey)?
    package var targets: [any KeyTarget]
    /// Nil: none are run.
    package var hooks: Hooks?
    package var services: any KeyServices
    package var clock: AWSClock

    package init(
        user: UserName, parameter: String, expectedPrincipal: Principal?, host: HostDescription, adoptAfter: Duration,
        replacesUnknownKeys: Bool, nextRunDue: Date? = nil,
        rendezvousKey: (@Sendable () throws -> AccessKey)? = nil, targets: [any KeyTarget], hooks: Hooks? = nil,
        services: any KeyServices, clock: AWSClock
    ) {
        self.user = user
        self.parameter = parameter
        self.expectedPrincipal = expectedPrincipal
        self.host = host
        self.adoptAfter = adoptAfter
        self.replacesUnknownKeys = replacesUnknownKeys
        self.nextRunDue = nextRunDue
        self.rendezvousKey = rendezvousKey
        self.targets = targets
        self.hooks = hooks
        self.services = services
        self.clock = clock
    }

    /// - Parameters:
    ///   - owed: the hooks that earlier runs left.
    ///   - remember: keeps durably what is owed from now on. Called before the first target is changed; when it throws then,
    ///     none is.
    package func execute(
        owed: HookDebt = HookDebt(), remember: (HookDebt) throws -> Void = { _ in }
    ) async -> RefreshOutcome {
        var outcome = RefreshOutcome(user: user, parameter: parameter, startedAt: clock.now())
        let before = targets.map(look)
        let publication = await readPublication(with: before)
        outcome.parameterVersion = publication.version
        outcome.publishedKeyID = publication.keys?.new.id
        outcome.problems = publication.problems
        if publication.reader?.isRendezvous == true {
            outcome.warnings.append("\(user): no key here works, so the rendezvous profile was used")
        }
        var targetProblems = [CheckIn.Problem?](repeating: nil, count: targets.count)
        var remembered = owed
        if let keys = publication.keys, let reader = publication.reader {
            do throws(RefreshFailure) {
                let plan = try await plan(before, keys, publication, reader)
                targetProblems = plan.problems
                if plan.stale.isEmpty {
                    outcome.principal = await ownerToRemember(keys.new, before)
                } else {
                    if let date = plan.installNotBefore { await waitUntil(date) }
                    outcome.principal = try await prove(
                        keys.new, reader, replacing: plan.stale.compactMap { before[$0].content?.key })
                    let debt = debt(owed, changing: plan.stale, before)
                    do {
                        if debt != remembered { try remember(debt) }
                        remembered = debt
                    } catch {
                        throw RefreshFailure(problem: .hooksNotRemembered(error))
                    }
                    install(keys.new, plan.stale, before, &targetProblems, &outcome)
                }
            } catch {
                outcome.problems.append(error.problem)
            }
        }
        // Read back: what the files hold now is what counts, whoever wrote it.
        let after = targets.map(look)
        outcome.targets = report(after, publication.keys, targetProblems, isRefreshed: outcome.problems.isEmpty)
        outcome.problems += outcome.targets.compactMap(\.problem)
        let changed = targets.indices.filter { before[$0].content != after[$0].content }
        let rest = runHooks(
            debt(owed, changing: changed, before), after, hiding: secrets(before, after, publication), &outcome)
        do {
            if rest != remembered { try remember(rest) }
        } catch {
            outcome.warnings.append("\(user): the next run may run the same hooks again: \(error)")
        }
        await checkIn(after, publication, &outcome)
        outcome.finishedAt = clock.now()
        return outcome
    }

    /// What is to be done with each target.
    struct Plan {
        let problems: [CheckIn.Problem?]
        /// Those that do not hold NEW, and may.
        let stale: [Int]
        let installNotBefore: Date?
    }

    func plan(
        _ before: [TargetLook], _ keys: PublishedKeys, _ publication: Publication, _ reader: Reader
    ) async throws(RefreshFailure) -> Plan {
        let states = before.map { state(of: $0) }
        let decision = RefreshDecision(
            targets: states, published: keys.ids,
            earlier: try await earlierKeys(among: states, keys.ids, publication, reader),
            publishedAt: publication.publishedAt, adoptAfter: adoptAfter, replacesUnknownKeys: replacesUnknownKeys)
        let stale = before.indices.filter { index in
            switch decision.steps[index] {
            case .install: true
            // The id of NEW, with another secret or a left-over session token: no program can use that.
            case .keep: before[index].content != .key(keys.new)
            case .leave: false
            }
        }
        return Plan(
            problems: decision.steps.map { if case .leave(let problem) = $0 { problem } else { nil } }, stale: stale,
            installNotBefore: decision.installNotBefore)
    }

    private func install(
        _ new: AccessKey, _ stale: [Int], _ before: [TargetLook], _ problems: inout [CheckIn.Problem?],
        _ outcome: inout RefreshOutcome
    ) {
        for index in stale {
            do {
                let installation = try targets[index].install(new, replacing: before[index].content ?? .empty)
                if installation.changed { outcome.rewritten.append(targets[index].path) }
                outcome.warnings += installation.warnings.map { "\(targets[index].path): \($0)" }
            } catch {
                problems[index] = CheckIn.Problem(.targetUnwritable, "\(error)")
            }
        }
    }

    private func secrets(_ before: [TargetLook], _ after: [TargetLook], _ publication: Publication) -> [Secret] {
        let keys =
            (before + after).compactMap(\.content?.key)
            + [publication.keys?.new, publication.keys?.old].compactMap(\.self)
        return Array(Set((keys + [publication.reader?.key].compactMap(\.self)).map(\.secret)))
    }

    /// A publication lies in the past, so that no clock makes this longer than `adoptAfter`.
    private func waitUntil(_ date: Date) async {
        let now = clock.now() + (services.clockSkew ?? .zero) / .seconds(1)
        let rest = min(.seconds(date.timeIntervalSince(now)), adoptAfter)
        if rest > .zero { try? await clock.sleep(rest) }
    }

    private func report(
        _ after: [TargetLook], _ keys: PublishedKeys?, _ problems: [CheckIn.Problem?], isRefreshed: Bool
    ) -> [CheckIn.Target] {
        targets.indices.map { index in
            var problem = problems[index] ?? after[index].problem
            if isRefreshed, problem == nil, after[index].content != keys.map({ .key($0.new) }) {
                problem = CheckIn.Problem(
                    .targetUnwritable,
                    "\(targets[index].path): another program changed it during the run; find that program, and run again"
                )
            }
            return CheckIn.Target(
                path: targets[index].path, profile: targets[index].profile, format: targets[index].format,
                keyID: after[index].content?.key?.id, problem: problem)
        }
    }
}

/// Ends the refreshing, not the run: the host still checks in.
struct RefreshFailure: Error {
    let problem: CheckIn.Problem
}
