/// How important a log line is, by syslog's numbers.
package enum Severity: Int, Sendable {
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6
}

extension CommandContext {
    /// One line to the log. Under systemd the line carries its priority, so that `journalctl -p warning` finds it.
    ///
    /// https://www.freedesktop.org/software/systemd/man/latest/sd-daemon.html
    package func log(_ severity: Severity, _ line: String) {
        let isJournal = !environment["JOURNAL_STREAM", default: ""].isEmpty
        messages.line((isJournal ? "<\(severity.rawValue)>" : "") + line.printable)
    }
}
