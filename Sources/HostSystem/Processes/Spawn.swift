import CHostSystem
import Glibc

/// Starts a program; the child has these streams and no other descriptor of ours, however it was opened.
///
/// - Parameter leadsGroup: whether it gets a process group of its own, in `/`: to be ended with all that it starts.
func spawn(
    _ executable: String, _ arguments: [String], _ environment: [String], input: borrowing FileDescriptor,
    output: borrowing FileDescriptor, errors: borrowing FileDescriptor, leadsGroup: Bool = false
) throws(SystemCallError) -> Int32 {
    // Below 3 one of them would be overwritten before it is copied.
    guard min(input.rawValue, output.rawValue, errors.rawValue) > 2 else {
        throw SystemCallError(call: "posix_spawn", path: "standard streams are closed", code: EBADF)
    }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input.rawValue, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output.rawValue, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, errors.rawValue, STDERR_FILENO)
    // Ours are all closed on exec; a library's, or one that we were started with, may not be.
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    if leadsGroup {
        flags |= POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawn_file_actions_addchdir_np(&actions, "/")
    }
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var child: pid_t = 0
    let argv = arguments.map { strdup($0) } + [nil]
    let envp = environment.map { strdup($0) } + [nil]
    defer { (argv + envp).forEach { free($0) } }
    let code = posix_spawn(&child, executable, &actions, &attributes, argv, envp)
    guard code == 0 else { throw SystemCallError(call: "posix_spawn", path: executable, code: code) }
    return child
}

/// Waits for the child's end and takes it off the system's table; nil when it is still there after this time.
func awaitEnd(of child: Int32, atMost patience: Duration) -> Int32? {
    let deadline = ContinuousClock.now + patience
    while true {
        var status: Int32 = 0
        switch waitpid(child, &status, WNOHANG) {
        case child: return status
        // Somebody else has waited for it: it is gone, and its number may be another's.
        case -1 where errno == ECHILD: return 0
        default: break
        }
        if ContinuousClock.now >= deadline { return nil }
        // Asking again rather than a handler of SIGCHLD: signals belong to the program, not to a library.
        usleep(2_000)
    }
}
