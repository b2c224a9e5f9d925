import Glibc

/// The system's clocks.
package enum SystemClock {
    /// Time since 1970-01-01 00:00 UTC; jumps when somebody sets the clock.
    package static func sinceEpoch() -> Duration { read(CLOCK_REALTIME) }

    /// Time since the machine was started, including the time it slept; never jumps.
    package static func sinceBoot() -> Duration { read(CLOCK_BOOTTIME) }

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        precondition(clock_gettime(clock, &time) == 0, "the kernel lacks a clock that Linux has had since 2.6.39")
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
