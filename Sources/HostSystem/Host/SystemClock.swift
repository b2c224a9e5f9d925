import Glibc

/// The system's clocks.
package enum SystemClock {
    /// Time since the machine was started, including the time it slept; never jumps.
    package static func sinceBoot() -> Duration { read(CLOCK_BOOTTIME) }

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        precondition(clock_gettime(clock, &time) == 0, "the kernel lacks a clock that Linux has had since 2.6.39")
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
