import FoundationEssentials
import Glibc
import HostSystem

extension CommandContext {
    /// This process: its standard streams and its clock.
    package static func process(_ environment: [String: String]) -> CommandContext {
        let output = Output.descriptor(STDOUT_FILENO, environment)
        let messages = Output.descriptor(STDERR_FILENO, environment)
        let logDestination: LogDestination
        if isJournal(STDERR_FILENO, environment["JOURNAL_STREAM"]) {
            logDestination = .journal
        } else if output.isTerminal || messages.isTerminal {
            logDestination = .messages
        } else {
            logDestination = .messagesAndSystem { severity, line in SystemLog.write(line, severity: severity.rawValue) }
        }
        return CommandContext(
            environment: environment, input: .standard, output: output, messages: messages,
            logDestination: logDestination,
            now: { Date() })
    }
}

/// Whether the descriptor is the connection to the journal that systemd made for this program.
///
/// What a service starts inherits the variable, but its streams may be others: systemd.exec(5), "JOURNAL_STREAM".
package func isJournal(_ descriptor: Int32, _ variable: String?) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && variable == "\(status.st_dev):\(status.st_ino)"
}

extension Output {
    fileprivate static func descriptor(_ descriptor: Int32, _ environment: [String: String]) -> Output {
        Output(isTerminal: isatty(descriptor) == 1, environment: environment) { text in
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty {
                let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
                let code = errno
                guard count > 0 || code == EINTR else { throw SystemCallError(call: "write", path: "", code: code) }
                bytes = bytes.dropFirst(max(count, 0))
            }
        }
    }
}

/// Ends a command that only looks at Ctrl-C, with a word on standard error instead of a torn line.
///
/// The handler does nothing but `write` and `_exit`, which are safe in one: signal-safety(7).
package func sayOnInterrupt(_ text: StaticString) {
    interruptText = text
    signal(SIGINT) { _ in
        interruptText.withUTF8Buffer { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
        _exit(130)
    }
}

/// Written before the handler is set, and never again.
nonisolated(unsafe) private var interruptText: StaticString = ""
