import CHostSystem
import Glibc

/// A child of this process that is talked to by its standard input and output.
///
/// It ends when this value goes away: it is told so by the end of its input, and killed when it does not listen.
package struct ChildProcess: ~Copyable {
    package let processID: Int32
    /// Ours of two connected sockets; the other one is the child's standard input and output. Not two pipes: writing to
    /// a pipe that nobody reads sends a signal that would end us.
    let channel: FileDescriptor
    var standardError: OutputTail
    private var ending: Ending?

    /// - Parameters:
    ///   - arguments: the first is the name that the program is told to have.
    ///   - environment: all of it, as in `NAME=value`.
    package init(_ executable: String, arguments: [String], environment: [String] = []) throws(SystemCallError) {
        var sockets: [Int32] = [0, 0]
        try systemCall("socketpair", "") {
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &sockets)
        }
        let ours = FileDescriptor(owning: sockets[0])
        let theirs = FileDescriptor(owning: sockets[1])
        var pipe: [Int32] = [0, 0]
        try systemCall("pipe2", "") { pipe2(&pipe, O_CLOEXEC | O_NONBLOCK) }
        let errors = OutputTail(descriptor: FileDescriptor(owning: pipe[0]), limit: 2048)
        let theirErrors = FileDescriptor(owning: pipe[1])
        processID = try spawn(executable, arguments, environment, input: theirs, output: theirs, errors: theirErrors)
        channel = ours
        standardError = errors
    }

    deinit {
        guard ending == nil else { return }
        _ = shutdown(channel.rawValue, Int32(SHUT_RDWR))
        if awaitEnd(of: processID, atMost: .seconds(2)) == nil {
            // What does not end by that either hangs in the kernel, as on a file system whose server is away.
            _ = kill(processID, SIGKILL)
            _ = awaitEnd(of: processID, atMost: .seconds(1))
        }
    }

    /// Ends it, if it has not ended by itself, and says how it ended; nil when it hangs in the kernel.
    package mutating func finish() -> Ending? {
        if let ending { return ending }
        var status = awaitEnd(of: processID, atMost: .milliseconds(100))
        if status == nil {
            _ = kill(processID, SIGKILL)
            status = awaitEnd(of: processID, atMost: .seconds(1))
        }
        standardError.drain()
        ending = status.map { Ending(status: $0, lastWords: standardError.lastWords) }
        return ending
    }

    /// How a process ended.
    package struct Ending: Sendable, Equatable, CustomStringConvertible {
        /// As waitpid(2) has it.
        let status: Int32
        /// The end of what it wrote to standard error.
        package let lastWords: String

        package var description: String {
            let signal = status & 0x7F
            let end = signal == 0 ? "exit code \((status >> 8) & 0xFF)" : "signal \(signal)"
            return lastWords.isEmpty ? end : "\(end): \(lastWords)"
        }
    }
}
