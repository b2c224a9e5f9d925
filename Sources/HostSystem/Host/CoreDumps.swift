import CHostSystem
import Glibc

/// Keeps the memory of this process, where secrets are, out of core files and from other processes of the same user.
///
/// Both means, because each has a hole: a core handler that is a pipe ignores the limit, and the flag is set anew by exec.
package func disableCoreDumps() throws(SystemCallError) {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    try systemCall("setrlimit", "") { setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) }
    try systemCall("prctl", "") { keybaton_set_dumpable(0) }
}

/// Whether a core file of this process could be made.
package var coreDumpsAreDisabled: Bool { keybaton_is_dumpable() == 0 }
