import Console
import Monitoring

extension Ping: RunObserver {
    func runWillStart() async throws { try await start() }

    func runDidEnd(_ summary: RunSummary) async throws {
        try await end(
            MonitoredRun(
                startedAt: summary.startedAt, finishedAt: summary.finishedAt, exitCode: summary.status.rawValue,
                lines: summary.lines))
    }
}
