/// How important a log line is, by syslog's numbers.
package enum Severity: Int, Sendable {
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6
}

/// Where a command's log is kept.
package enum LogDestination: Sendable {
    /// Standard error: a person reads it, or whoever started the command.
    case messages
    /// Standard error is the journal's: a line carries its priority, so that `journalctl -p warning` finds it.
    ///
    /// https://www.freedesktop.org/software/systemd/man/latest/sd-daemon.html
    case journal
    /// Standard error becomes cron's mail at best: every line goes into the system's log as well.
    case messagesAndSystem(@Sendable (Severity, String) -> Void)
}

extension CommandContext {
    /// One line to the log.
    ///
    /// - Parameter isQuiet: keeps it from standard error: cron makes a mail of what is there.
    package func log(_ severity: Severity, _ line: String, isQuiet: Bool = false) {
        let line = line.printable
        if case .messagesAndSystem(let write) = logDestination { write(severity, line) }
        guard !isQuiet else { return }
        if case .journal = logDestination {
            messages.line("<\(severity.rawValue)>" + line)
        } else {
            messages.line(line)
        }
    }
}
