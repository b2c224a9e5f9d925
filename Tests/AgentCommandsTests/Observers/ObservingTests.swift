import Console
import FoundationEssentials
import Refresher
import Synchronization
import Testing

@testable import AgentCommands

/// Those who are told of a run change nothing of it.
struct ObservingTests {
    private final class Journal: Sendable {
        let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var context: CommandContext {
            let output = Output(isTerminal: false, environment: [:]) { self.add($0) }
            return CommandContext(
                environment: [:], output: output, messages: output, now: { Date(timeIntervalSince1970: 0) })
        }
    }

    private struct Broken: Error {}

    private struct Witness: RunObserver {
        let journal: Journal
        var isBroken = false

        func runWillStart() async throws {
            journal.add("start")
            if isBroken { throw Broken() }
        }

        func runDidEnd(_ summary: RunSummary) async throws {
            journal.add("end \(summary.status.rawValue) \(summary.lines.count)")
            if isBroken { throw Broken() }
        }
    }

    @Test func `An observer's failure is a warning, and the next one is told all the same`() async throws {
        let journal = Journal()
        let observers: [any RunObserver] = [Witness(journal: journal, isBroken: true), Witness(journal: journal)]
        let outcomes = try await observers.observing(journal.context) { [try .example("backup")] }
        #expect(outcomes.count == 1)
        #expect(
            journal.lines.withLock { $0 } == [
                "start", "Broken()\n", "start", "end 0 1", "Broken()\n", "end 0 1",
            ])
    }

    @Test func `A run that could not begin is told, and its error goes on`() async {
        let journal = Journal()
        let observers: [any RunObserver] = [Witness(journal: journal)]
        let failure = await #expect(throws: CommandFailure.self) {
            _ = try await observers.observing(journal.context) {
                throw CommandFailure(.temporary, "another run is at work")
            }
        }
        #expect(failure?.status == .temporary)
        #expect(journal.lines.withLock { $0 } == ["start", "end 75 1"])
    }

    @Test func `Why a run could not begin is what is said of it`() {
        let summary = RunSummary.example(CommandFailure(.temporary, "another run is at work"))
        #expect(summary.lines == ["another run is at work"])
        #expect(summary.status == .temporary)
    }
}
