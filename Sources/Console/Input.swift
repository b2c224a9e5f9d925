import Glibc

/// Where answers come from, and whether a person gives them.
package struct Input: Sendable {
    package let isTerminal: Bool
    private let read: @Sendable () -> String?

    package init(isTerminal: Bool, read: @escaping @Sendable () -> String?) {
        self.isTerminal = isTerminal
        self.read = read
    }

    /// Nobody answers.
    package static let none = Input(isTerminal: false) { nil }

    package static let standard = Input(isTerminal: isatty(STDIN_FILENO) == 1) { readLine() }

    /// The next line, without its end; nil when there is none any more.
    package func line() -> String? { read() }
}
