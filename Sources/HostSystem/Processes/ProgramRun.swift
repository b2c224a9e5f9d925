import CHostSystem
import Glibc

/// How a program ended that was run to its end.
package struct ProgramRun: Sendable, Equatable {
    package enum Ending: Sendable, Equatable {
        case exited(Int32)
        case killed(signal: Int32)
        /// It was stopped, with all that it had started.
        case outOfTime
        /// It hangs in the kernel, or somebody else has waited for it.
        case unknown
    }

    package let ending: Ending
    /// The last whole lines of what it wrote to standard output and standard error.
    package let output: [UInt8]

    private static let outputLimit = 16_384
    /// Between being asked to end and being killed.
    private static let mercy = Duration.seconds(2)

    /// Runs a program without a shell, in a process group of its own and in `/`.
    ///
    /// What it leaves running when it ends by itself goes on, as a daemon may.
    /// - Parameters:
    ///   - arguments: without the program's name.
    ///   - environment: all of it.
    ///   - input: what it may read from its standard input, 4096 bytes at most.
    package init(
        _ executable: String, arguments: [String], environment: [String: String],
        input: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0), timeLimit: Duration
    ) throws(SystemCallError) {
        let input = try readable(input)
        var ends: [Int32] = [0, 0]
        try systemCall("pipe2", "") { pipe2(&ends, O_CLOEXEC) }
        var tail = OutputTail(descriptor: FileDescriptor(owning: ends[0]), limit: Self.outputLimit)
        let child: Int32
        do {
            let writing = FileDescriptor(owning: ends[1])
            // Only our end: the child's may be passed on to programs that expect it to block.
            try systemCall("fcntl", "") { fcntl(tail.descriptor.rawValue, F_SETFL, O_NONBLOCK) }
            child = try spawn(
                executable, [executable] + arguments, environment.sorted { $0.key < $1.key }.map { "\($0)=\($1)" },
                input: input, output: writing, errors: writing, leadsGroup: true)
        }
        if wait(for: child, atMost: timeLimit, reading: &tail) {
            ending = reap(child)
        } else {
            _ = kill(-child, SIGTERM)
            _ = wait(for: child, atMost: Self.mercy, reading: &tail)
            // As long as the leader is not reaped, its number is that of no other group.
            _ = kill(-child, SIGKILL)
            _ = wait(for: child, atMost: Self.mercy, reading: &tail)
            _ = awaitEnd(of: child, atMost: .zero)
            ending = .outOfTime
        }
        tail.drain()
        output = tail.wholeLines
    }
}

/// A descriptor to read these bytes from, and then the end.
///
/// As many as fit into any pipe, and written before there is a reader: so nobody waits for one that reads slowly, and a
/// program that does not read its input ends as it likes.
private func readable(_ bytes: UnsafeRawBufferPointer) throws(SystemCallError) -> FileDescriptor {
    guard !bytes.isEmpty else {
        return FileDescriptor(
            owning: try systemCall("open", "/dev/null") { open("/dev/null", O_RDONLY | O_CLOEXEC) })
    }
    guard bytes.count <= Int(PIPE_BUF) else { throw SystemCallError(call: "write", path: "", code: EFBIG) }
    var ends: [Int32] = [0, 0]
    try systemCall("pipe2", "") { pipe2(&ends, O_CLOEXEC | O_NONBLOCK) }
    let reading = FileDescriptor(owning: ends[0])
    let writing = FileDescriptor(owning: ends[1])
    try systemCall("write", "") { write(writing.rawValue, bytes.baseAddress, bytes.count) }
    // Only our end: the program expects its own to block.
    try systemCall("fcntl", "") { fcntl(reading.rawValue, F_SETFL, 0) }
    return reading
}

/// Reads what the child writes until it has ended, without reaping it; false when the time is over before.
private func wait(for child: Int32, atMost limit: Duration, reading tail: inout OutputTail) -> Bool {
    let deadline = ContinuousClock.now + limit
    while true {
        var info = siginfo_t()
        // The number stays 0 as long as there is nothing to tell.
        let code = waitid(P_PID, id_t(child), &info, WEXITED | WNOHANG | WNOWAIT)
        if code < 0 && errno == ECHILD || code == 0 && info.si_signo != 0 { return true }
        guard ContinuousClock.now < deadline else { return false }
        // An end that something else keeps open does not tell of the child's end, so there is nothing else to wait for.
        var descriptor = pollfd(fd: tail.isOpen ? tail.descriptor.rawValue : -1, events: Int16(POLLIN), revents: 0)
        if poll(&descriptor, 1, 5) > 0 { tail.drain() }
    }
}

private func reap(_ child: Int32) -> ProgramRun.Ending {
    var status: Int32 = 0
    guard waitpid(child, &status, WNOHANG) == child else { return .unknown }
    let signal = status & 0x7F
    return signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal: signal)
}
