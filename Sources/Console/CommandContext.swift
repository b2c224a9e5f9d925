package import FoundationEssentials

/// What a command may touch of its process: passed in, so that a test sees everything and nothing leaks.
package struct CommandContext: Sendable {
    package var environment: [String: String]
    package var input: Input
    package var output: Output
    /// Messages and logs; results go to `output`.
    package var messages: Output
    package var logDestination: LogDestination
    package var now: @Sendable () -> Date

    package init(
        environment: [String: String], input: Input = .none, output: Output, messages: Output,
        logDestination: LogDestination = .messages,
        now: @escaping @Sendable () -> Date
    ) {
        self.environment = environment
        self.input = input
        self.output = output
        self.messages = messages
        self.logDestination = logDestination
        self.now = now
    }
}

/// A stream of text, and whether a person looks at it.
package struct Output: Sendable {
    private let write: @Sendable (String) throws -> Void
    package let isTerminal: Bool
    /// Off when the stream is not a terminal, when `NO_COLOR` is set and not empty, and for `TERM=dumb`.
    package let usesColour: Bool

    package init(isTerminal: Bool, environment: [String: String], write: @escaping @Sendable (String) throws -> Void) {
        self.isTerminal = isTerminal
        self.write = write
        usesColour = isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    }

    /// Of a failure nobody is left to be told: nobody reads.
    package func line(_ text: String = "") { try? write(text + "\n") }

    /// Writes without ending the line: for a line that is to be written over.
    package func raw(_ text: String) { try? write(text) }

    /// Writes what must not be lost. Throws what the system says when it is not all written.
    package func handOver(_ text: String) throws { try write(text) }

    package func styled(_ text: String, _ style: Style) -> String {
        usesColour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    package enum Style: Int, Sendable {
        case bold = 1
        case red = 31
    }
}

extension String {
    /// Fit for a terminal or a log: control characters, which a host's text may carry, are replaced.
    package var printable: String {
        String(String.UnicodeScalarView(unicodeScalars.map { $0.isHarmless ? $0 : "\u{FFFD}" }))
    }
}

extension Unicode.Scalar {
    fileprivate var isHarmless: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
