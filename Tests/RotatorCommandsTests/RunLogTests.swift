import Console
import FoundationEssentials
import Synchronization
import Testing

@testable import RotatorCommands

/// What a run over many users writes to standard error.
struct RunLogTests {
    private final class Screen: Sendable {
        let text = Mutex("")

        func context(isTerminal: Bool) -> CommandContext {
            let write = { @Sendable (text: String) in self.text.withLock { $0 += text } }
            let output = Output(isTerminal: isTerminal, environment: [:], write: write)
            return CommandContext(
                environment: [:], output: output, messages: output, now: { Date(timeIntervalSince1970: 0) })
        }
    }

    @Test func `On a terminal a count is drawn below the lines, and no part of it is left`() {
        let screen = Screen()
        let log = RunLog(screen.context(isTerminal: true), users: 500)
        log.advance()
        log.say(.notice, "backup: create a key and publish it")
        log.advance()
        log.end()
        let erase = "\r\u{1B}[K"
        #expect(
            screen.text.withLock { $0 }
                == "1 of 500 users\(erase)backup: create a key and publish it\n1 of 500 users\(erase)2 of 500 users\(erase)"
        )
    }

    @Test(arguments: [(false, 500), (true, 3)])
    func `On a pipe, and for a few users, there are lines and nothing else`(_ isTerminal: Bool, _ users: Int) {
        let screen = Screen()
        let log = RunLog(screen.context(isTerminal: isTerminal), users: users)
        log.advance()
        log.say(.info, "a line")
        log.end()
        #expect(screen.text.withLock { $0 } == "a line\n")
    }

    @Test func `A quiet run tells what needs a person`() {
        let screen = Screen()
        let log = RunLog(screen.context(isTerminal: false), isQuiet: true)
        log.say(.notice, "done")
        log.say(.warning, "hold")
        #expect(screen.text.withLock { $0 } == "hold\n")
    }
}
