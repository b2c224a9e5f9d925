import Glibc

/// Says loudly that a test does not run, and why; with KEYBATON_REQUIRE_ALL=1 the test runs, and fails.
package func isAvailable(_ isThere: Bool, _ what: String, for test: String) -> Bool {
    if isThere || getenv("KEYBATON_REQUIRE_ALL") != nil { return true }
    let line = Array("SKIPPED: \(test): needs \(what)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    return false
}

/// Whether this machine has a command.
package func hasCommand(_ name: String) -> Bool {
    Command.run(["sh", "-c", "command -v \(name)"]).status == 0
}
