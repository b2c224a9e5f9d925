import Glibc
import HostTestSupport
import Testing

@testable import CredentialsFile

/// Other programs that write the same file, which take no lock. strace holds the edit at a chosen call meanwhile.
@Suite struct RaceTests {
    let scratch = ScratchDirectory()
    let oldText = "[default]\naws_access_key_id = \(oldID)\naws_secret_access_key = \(oldSecret)\n"
    let newText = "[default]\naws_access_key_id = \(newID)\naws_secret_access_key = \(newSecret)\n"

    /// Starts an edit that enters the given fsync two seconds late, and returns when it is waiting there.
    private func editHeld(at fsync: Int, until isThere: () -> Bool) -> Command {
        let edit = Command(
            [
                "strace", "-f", "-o", "/dev/null", "-e", "inject=fsync:delay_enter=2000000:when=\(fsync)",
                Probe.path, scratch.path("credentials"), "default", newID,
            ], input: newSecret)
        for _ in 0..<3000 {
            if isThere() { break }
            usleep(1000)
        }
        return edit
    }

    private func canTrace(_ test: String) -> Bool {
        isAvailable(Command.run(["strace", "-o", "/dev/null", "true"]).status == 0, "strace", for: test)
    }

    @Test("what another program writes before the rename is not lost: the edit starts again from it", .tags(.slow))
    func writtenBefore() {
        guard canTrace("writtenBefore") else { return }
        scratch.write("credentials", oldText)
        let edit = editHeld(at: 1) { scratch.names.contains { $0.hasPrefix(".keybaton-") } }
        scratch.write("credentials", "[theirs]\nk = 1\n" + oldText)
        #expect(edit.finish().status == 0)
        #expect(scratch.text("credentials") == "[theirs]\nk = 1\n" + newText && scratch.names == ["credentials"])
    }

    @Test("a program that puts the old key back at once is reported, not overwritten for ever", .tags(.slow))
    func writtenAfter() {
        guard canTrace("writtenAfter") else { return }
        scratch.write("credentials", oldText)
        let edit = editHeld(at: 2) { scratch.text("credentials") == newText }
        scratch.write("credentials", oldText)
        let result = edit.finish()
        #expect(result.status == 1 && result.output.contains("another program overwrote the new key"), "\(result)")
        #expect(scratch.text("credentials") == oldText && scratch.names == ["credentials"])
    }

    @Test("two runs at one time exclude each other: both keys are in, none is lost", .tags(.slow))
    func twoRuns() {
        guard canTrace("twoRuns") else { return }
        scratch.write("credentials", oldText)
        let edit = editHeld(at: 1) { scratch.names.contains { $0.hasPrefix(".keybaton-") } }
        let second = Command.run([Probe.path, scratch.path("credentials"), "other", oldID], input: oldSecret)
        #expect(second.status == 0, "\(second)")
        #expect(edit.finish().status == 0)
        let other = "[other]\naws_access_key_id = \(oldID)\naws_secret_access_key = \(oldSecret)\n"
        #expect(scratch.text("credentials") == newText + other && scratch.names == ["credentials"])
    }
}
