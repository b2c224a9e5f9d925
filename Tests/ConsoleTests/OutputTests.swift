import Console
import FoundationEssentials
import Synchronization
import Testing

@Suite struct OutputTests {
    private final class Sink: Sendable {
        let text = Mutex("")
        func context(_ environment: [String: String], isTerminal: Bool = false) -> CommandContext {
            let output = Output(isTerminal: isTerminal, environment: environment) { text in
                self.text.withLock { $0 += text }
            }
            return CommandContext(
                environment: environment, output: output, messages: output, now: { Date(timeIntervalSince1970: 0) })
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

    @Test("under systemd a line carries its priority, elsewhere it is plain")
    func priorities() {
        let journal = Sink()
        journal.context(["JOURNAL_STREAM": "8:1"]).log(.warning, "late")
        #expect(journal.written == "<4>late\n")
        let plain = Sink()
        plain.context([:]).log(.error, "late")
        #expect(plain.written == "late\n")
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
