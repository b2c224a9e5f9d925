import Dashboard
import Handover
import Testing

/// What is copied from the page into a shell must be one command, whatever the names.
@Suite struct CommandLineTests {
    @Test(arguments: [
        ("backup", "keybaton waive backup --host nas --reason ''"),
        ("a.b_c@d,e+f", "keybaton waive a.b_c@d,e+f --host nas --reason ''"),
        ("=ls", "keybaton waive '=ls' --host nas --reason ''"),
        ("-x", "keybaton waive --host nas --reason '' -- -x"),
    ])
    func namesAreWords(name: String, command: String) throws {
        let user = try #require(UserName(name))
        let line = CommandLine("waive", user, options: ["--host", "nas"], ["--reason", ""])
        #expect(line.description == command)
    }

    @Test func nothingElseEndsAWord() {
        #expect(CommandLine("log", "it's; rm -rf $HOME").description == #"keybaton log 'it'\''s; rm -rf $HOME'"#)
    }
}
