package import AWS
import CredentialsFile
package import FoundationEssentials
package import Handover
import Secrets

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
    package var targets: [any KeyTarget]
    package var services: any KeyServices
    package var clock: AWSClock

    package init(
        user: UserName, parameter: String, expectedPrincipal: Principal?, host: HostDescription, adoptAfter: Duration,
        replacesUnknownKeys: Bool, nextRunDue: Date? = nil, targets: [any KeyTarget], services: any KeyServices,
        clock: AWSClock
    ) {
        self.user = user
        self.parameter = parameter
        self.expectedPrincipal = expectedPrincipal
        self.host = host
        self.adoptAfter = adoptAfter
        self.replacesUnknownKeys = replacesUnknownKeys
        self.nextRunDue = nextRunDue
        self.targets = targets
        self.services = services
        self.clock = clock
    }

    package func execute() async -> RefreshOutcome {
        var outcome = RefreshOutcome(user: user, parameter: parameter, startedAt: clock.now())
        let before = targets.map(look)
        let publication = await readPublication(with: before.compactMap(\.content?.key))
        outcome.parameterVersion = publication.version
        outcome.publishedKeyID = publication.keys?.new.id
        outcome.problems = publication.problems
        var targetProblems = [CheckIn.Problem?](repeating: nil, count: targets.count)
        if let keys = publication.keys, let reader = publication.reader {
            do throws(RefreshFailure) {
                targetProblems = try await refresh(before, keys, publication, reader, &outcome)
            } catch {
                outcome.problems.append(error.problem)
            }
        }
        // Read back: what the files hold now is what counts, whoever wrote it.
        let after = targets.map(look)
        outcome.targets = report(after, publication.keys, targetProblems, isRefreshed: outcome.problems.isEmpty)
        outcome.problems += outcome.targets.compactMap(\.problem)
        await checkIn(after, publication, &outcome)
        outcome.finishedAt = clock.now()
        return outcome
    }

    /// Installs NEW where the decision says so; returns what is wrong with each target.
    private func refresh(
        _ before: [TargetLook], _ keys: PublishedKeys, _ publication: Publication, _ reader: AccessKey,
        _ outcome: inout RefreshOutcome
    ) async throws(RefreshFailure) -> [CheckIn.Problem?] {
        let states = before.map { state(of: $0) }
        let decision = RefreshDecision(
            targets: states, published: keys.ids,
            earlier: try await earlierKeys(among: states, keys.ids, publication, reader),
            publishedAt: publication.publishedAt, adoptAfter: adoptAfter, replacesUnknownKeys: replacesUnknownKeys)
        var problems: [CheckIn.Problem?] = decision.steps.map {
            if case .leave(let problem) = $0 { problem } else { nil }
        }
        let stale = before.indices.filter { index in
            switch decision.steps[index] {
            case .install: true
            // The id of NEW, with another secret or a left-over session token: no program can use that.
            case .keep: before[index].content != .key(keys.new)
            case .leave: false
            }
        }
        guard !stale.isEmpty else { return problems }
        if let date = decision.installNotBefore { await waitUntil(date) }
        outcome.principal = try await prove(keys.new, reader: reader)
        for index in stale {
            do {
                let installation = try targets[index].install(keys.new, replacing: before[index].content ?? .empty)
                if installation.changed { outcome.rewritten.append(targets[index].path) }
                outcome.warnings += installation.warnings.map { "\(targets[index].path): \($0)" }
            } catch {
                problems[index] = CheckIn.Problem(.targetUnwritable, "\(error)")
            }
        }
        return problems
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
