import Console
import Logging

/// What libraries have to say, in the program's own log.
struct ConsoleLogHandler: LogHandler {
    let context: CommandContext
    var metadata: Logger.Metadata = [:]
    /// Libraries tell every start and end at a lower one.
    var logLevel: Logger.Level = .warning

    init(context: CommandContext) {
        self.context = context
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let severity: Severity =
            switch event.level {
            case .error, .critical: .error
            case .warning: .warning
            case .notice: .notice
            case .trace, .debug, .info: .info
            }
        let cause = event.error.map { ": \($0)" } ?? ""
        context.log(severity, "keybaton-dashboard: \(event.message)\(cause)")
    }
}
