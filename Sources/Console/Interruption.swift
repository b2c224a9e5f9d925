import Glibc
import Synchronization

/// Ctrl-C, and the SIGTERM of a timer's service, for a command that ends between two steps rather than in the middle of one.
package enum Interruption {
    /// From now on the first one is only noted; the second one ends the process at once. `text` goes to standard error
    /// then, because the step that is under way may take a while.
    ///
    /// The handler does nothing but `write`, `_exit` and one atomic addition, which are safe in one: signal-safety(7).
    package static func await(saying text: StaticString) {
        notedText = text
        // So that the handler finds the counter made.
        _ = isNoted
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                guard interruptions.add(1, ordering: .relaxed).oldValue == 0 else { _exit(128 + number) }
                notedText.withUTF8Buffer { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
            }
        }
    }

    package static var isNoted: Bool { interruptions.load(ordering: .relaxed) > 0 }
}

private let interruptions = Atomic<Int>(0)

/// Written before the handler is set, and never again.
nonisolated(unsafe) private var notedText: StaticString = ""
