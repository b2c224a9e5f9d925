import ArgumentParser
import Console
import FoundationEssentials
import Glibc
import Synchronization
import Testing

@Suite struct OutputTests {
    private final class Sink: Sendable {
        let text = Mutex("")
        func add(_ text: String) { self.text.withLock { $0 += text } }
        func context(
            _ environment: [String: String], _ log: LogDestination = .messages, isTerminal: Bool = false
        ) -> CommandContext {
            let output = Output(isTerminal: isTerminal, environment: environment) { text in
                self.text.withLock { $0 += text }
            }
            return CommandContext(
                environment: environment, output: output, messages: output, logDestination: log,
                now: { Date(timeIntervalSince1970: 0) })
        }
        var written: String { text.withLock { $0 } }
    }

    @Test func colourNeedsATerminalThatWantsIt() {
        func styled(_ environment: [String: String], _ isTerminal: Bool) -> String {
            Sink().context(environment, isTerminal: isTerminal).output.styled("x", .red)
        }
        #expect(styled(["TERM": "xterm"], true) == "\u{1B}[31mx\u{1B}[0m")
        #expect(styled(["TERM": "xterm"], false) == "x")
        #expect(styled(["TERM": "dumb"], true) == "x")
        #expect(styled(["TERM": "xterm", "NO_COLOR": "1"], true) == "x")
        #expect(styled(["TERM": "xterm", "NO_COLOR": ""], true) != "x")
    }

    @Test("in the journal a line carries its priority, elsewhere it is plain")
    func priorities() {
        let journal = Sink()
        journal.context([:], .journal).log(.warning, "late")
        #expect(journal.written == "<4>late\n")
        let plain = Sink()
        plain.context(["JOURNAL_STREAM": "8:1"], .messages).log(.error, "late")
        #expect(plain.written == "late\n")
    }

    @Test("the system's log gets every line with its priority; what is quiet stays off standard error")
    func systemLog() {
        let messages = Sink()
        let system = Sink()
        let context = messages.context([:], .messagesAndSystem { system.add("\($0.rawValue) \($1)\n") })
        context.log(.error, "bad\u{1B}")
        context.log(.info, "fine", isQuiet: true)
        #expect(messages.written == "bad\u{FFFD}\n")
        #expect(system.written == "3 bad\u{FFFD}\n6 fine\n")
        let journal = Sink()
        journal.context([:], .journal).log(.info, "fine", isQuiet: true)
        #expect(journal.written.isEmpty)
    }

    @Test("standard error is the journal's only if it is the very stream that systemd named")
    func journalStream() {
        var status = stat()
        #expect(fstat(0, &status) == 0)
        #expect(isJournal(0, "\(status.st_dev):\(status.st_ino)"))
        #expect(!isJournal(0, "\(status.st_dev):\(status.st_ino + 1)"))
        #expect(!isJournal(0, "\(status.st_dev):"))
        #expect(!isJournal(0, nil))
        #expect(!isJournal(-1, "\(status.st_dev):\(status.st_ino)"))
    }

    private struct Interactive: ContextualCommand {
        func execute(_ context: CommandContext) async throws { throw CommandFailure(.badData, "no") }
    }

    private struct Scheduled: ContextualCommand {
        static let isScheduled = true
        func execute(_ context: CommandContext) async throws { throw CommandFailure(.badData, "no") }
    }

    @Test("only what cron runs writes into the system's log")
    func scheduledCommands() async {
        let messages = Sink()
        let system = Sink()
        let context = messages.context([:], .messagesAndSystem { system.add("\($1)\n") })
        #expect(await runCommand(Interactive.self, arguments: [], context: context) == 65)
        #expect(messages.written == "interactive: no\n")
        #expect(system.written.isEmpty)
        #expect(await runCommand(Scheduled.self, arguments: [], context: context) == 65)
        #expect(system.written == "scheduled: no\n")
    }

    @Test("text that hosts chose cannot move the cursor, forge a line or hide itself")
    func controlCharactersAreReplaced() {
        let hostile = "nas\u{1B}[2J\n<0>root\u{202E}txt\u{2028}\0\u{85}"
        #expect(hostile.printable == "nas\u{FFFD}[2J\u{FFFD}<0>root\u{FFFD}txt\u{FFFD}\u{FFFD}\u{FFFD}")
        #expect("größe 東京 ✓".printable == "größe 東京 ✓")
        var table = Table("HOST", "STATE")
        table.add(hostile, "x")
        #expect(table.lines.count == 2 && !table.lines.joined().unicodeScalars.contains { $0.value < 32 })
    }

    @Test func columnsAreAsWideAsTheirWidestCell() {
        var table = Table("A", "B")
        table.add("long", "")
        table.add("x", "y")
        #expect(table.lines == ["A     B", "long", "x     y"])
    }
}
