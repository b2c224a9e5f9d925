import Glibc

/// A child process of a test.
package struct Command: Sendable {
    package struct Result: Sendable {
        /// The exit code; 128 and the signal's number for one that was killed.
        package let status: Int32
        /// Standard output and standard error.
        package let output: String
    }

    private let child: pid_t
    private let outputPath: String

    /// Starts a program, found by PATH.
    package init(_ arguments: [String], input: String = "", environment: [String: String] = [:]) {
        let inputFile = temporaryFile(Array(input.utf8))
        let outputFile = temporaryFile([])
        outputPath = outputFile
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, inputFile, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outputFile, O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)

        // The threads that run tests block signals, which a child inherits: no shell could wait for its own children.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

        var variables: [String] = []
        var entry = environ
        while let text = entry.pointee {
            let variable = String(cString: text)
            if !environment.keys.contains(where: { variable.hasPrefix("\($0)=") }) { variables.append(variable) }
            entry += 1
        }
        variables += environment.map { "\($0)=\($1)" }

        var child: pid_t = 0
        let argv = arguments.map { strdup($0) } + [nil]
        let envp = variables.map { strdup($0) } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        let code = posix_spawnp(&child, arguments[0], &actions, &attributes, argv, envp)
        unlink(inputFile)
        // As a shell has it: not found. The reader of the result must not need a second way to learn this.
        self.child = code == 0 ? child : -1
    }

    package func signal(_ number: Int32) {
        if child > 0 { kill(child, number) }
    }

    package var isRunning: Bool {
        guard child > 0 else { return false }
        var info = siginfo_t()
        // Without reaping it: `finish` does. The number stays 0 as long as there is nothing to tell.
        return waitid(P_PID, id_t(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_signo == 0
    }

    /// What anybody on the machine may read of it while it runs; nil before it has begun and once it has ended.
    package var commandLine: String? {
        contents("/proc/\(child)/cmdline").flatMap { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) }
    }

    /// Waits for the end.
    package func finish() -> Result {
        defer { unlink(outputPath) }
        guard child > 0 else { return Result(status: 127, output: "not found") }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        let output = String(decoding: contents(outputPath) ?? [], as: UTF8.self)
        return Result(status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: output)
    }

    package static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) -> Result {
        Command(arguments, input: input, environment: environment).finish()
    }
}

/// A program of this package, built beside the tests.
package func builtProgram(_ name: String) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let own = String(decoding: buffer[..<max(count, 0)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return own.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/\(name)"
}

private func temporaryFile(_ bytes: [UInt8]) -> String {
    var template = Array("/tmp/keybaton-test-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    precondition(descriptor >= 0 && write(descriptor, bytes, bytes.count) == bytes.count, "errno \(errno)")
    close(descriptor)
    return String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
