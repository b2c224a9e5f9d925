import Console
import FoundationEssentials
import HTTPTransport
import Monitoring
import Refresher

/// Somebody outside who is told of runs. What these throw is logged and fails nothing.
protocol RunObserver: Sendable {
    /// Before anything is done.
    func runWillStart() async throws
    func runDidEnd(_ summary: RunSummary) async throws
}

/// How a run ended, for whoever watches from outside. Holds no secret.
struct RunSummary: Sendable {
    let startedAt: Date
    let finishedAt: Date
    let status: ExitStatus
    /// One for each key; none when the run could not begin.
    let outcomes: [RefreshOutcome]
    /// Why it could not begin.
    let failure: String?

    /// What the log says of it.
    var lines: [String] {
        (outcomes.map(\.line) + outcomes.flatMap(\.warnings) + [failure].compactMap { $0 }).map(\.printable)
    }
}

extension [any RunObserver] {
    /// Does the run while the observers are told of its start, and returns when they have been told of its end.
    ///
    /// Throws what the run throws, and nothing else.
    func observing(
        _ context: CommandContext, _ run: () async throws -> [RefreshOutcome]
    ) async throws -> [RefreshOutcome] {
        let startedAt = context.now()
        // A monitor that does not answer must not keep the host from its key.
        async let started: Void = tell(context) { try await $0.runWillStart() }
        let result: Result<[RefreshOutcome], any Error>
        do {
            result = .success(try await run())
        } catch {
            result = .failure(error)
        }
        // In this order, or a monitor takes the run for one that still goes on.
        await started
        let summary = RunSummary(result, startedAt: startedAt, finishedAt: context.now())
        await tell(context) { try await $0.runDidEnd(summary) }
        return try result.get()
    }

    private func tell(_ context: CommandContext, _ event: @Sendable (any RunObserver) async throws -> Void) async {
        for observer in self {
            do {
                try await event(observer)
            } catch {
                context.log(.warning, "\(error)")
            }
        }
    }
}

extension RunSummary {
    init(_ result: Result<[RefreshOutcome], any Error>, startedAt: Date, finishedAt: Date) {
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        switch result {
        case .success(let outcomes):
            self.outcomes = outcomes
            status = .worst(of: outcomes)
            failure = nil
        case .failure(let error):
            outcomes = []
            status = (error as? CommandFailure)?.status ?? .unexpected
            failure = "\(error)"
        }
    }
}

extension AgentConfiguration {
    /// Whom this configuration wants to be told; one that cannot be is left out, with a warning.
    func observers(_ context: CommandContext) -> [any RunObserver] {
        var observers: [any RunObserver] = []
        if let textfile { observers.append(MetricsFile(path: textfile)) }
        if let ping {
            do {
                observers.append(try Ping(Monitor(ping, program: "keybaton-agent"), environment: context.environment))
            } catch {
                context.log(.warning, "the monitor at \(ping.host) will not be told: \(error)")
            }
        }
        return observers
    }
}
