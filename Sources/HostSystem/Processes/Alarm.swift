import Glibc

/// Lets the kernel end this process when this time has passed before the next call; nil: never.
///
/// Works where a thread hangs, and for whoever may not send it a signal: a parent needs CAP_KILL for another user's child.
package func endThisProcess(after limit: Duration?) {
    guard let limit else {
        alarm(0)
        return
    }
    // Zero would be never.
    alarm(UInt32(clamping: max(limit.components.seconds, 0) + 1))
}
