import CHostSystem
import Glibc

/// The system's log: syslog(3), under the name of the program and with its process id.
package enum SystemLog {
    /// Writes one line. Nothing happens where there is no such log, as in most containers.
    ///
    /// As a daemon's, not as cron's: so the lines stand where systemd puts those of the same program.
    /// - Parameter severity: 0 to 7, as in syslog.h.
    package static func write(_ line: String, severity: Int) {
        _ = isOpen
        keybaton_syslog(LOG_DAEMON | Int32(severity & 7), line)
    }

    /// Without a name of its own glibc takes the program's.
    private static let isOpen: Void = openlog(nil, LOG_PID, LOG_DAEMON)
}
