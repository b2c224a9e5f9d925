import Console
import Synchronization

/// What a run over many users says: whole lines, whichever pass says them, and on a terminal how many users are done.
final class RunLog: Sendable {
    private struct State {
        var done = 0
        var isDrawn = false
    }

    private let context: CommandContext
    private let isQuiet: Bool
    private let total: Int
    private let state = Mutex(State())

    /// Few users need no count of them.
    private static let fewestCounted = 10

    /// - Parameter isQuiet: whether to tell only what needs a person.
    init(_ context: CommandContext, isQuiet: Bool = false, users total: Int = 1) {
        self.context = context
        self.isQuiet = isQuiet
        self.total = total
    }

    func say(_ severity: Severity, _ line: String) {
        guard !isQuiet || severity.rawValue <= Severity.warning.rawValue else { return }
        state.withLock { state in
            erase(&state)
            context.log(severity, line)
            draw(&state)
        }
    }

    /// One user more is done.
    func advance() {
        state.withLock { state in
            state.done += 1
            erase(&state)
            draw(&state)
        }
    }

    /// Leaves a clean line behind.
    func end() { state.withLock { erase(&$0) } }

    private func draw(_ state: inout State) {
        guard context.messages.isTerminal, total >= Self.fewestCounted, state.done < total else { return }
        context.messages.raw("\(state.done) of \(total) users")
        state.isDrawn = true
    }

    private func erase(_ state: inout State) {
        guard state.isDrawn else { return }
        context.messages.raw("\r\u{1B}[K")
        state.isDrawn = false
    }
}
