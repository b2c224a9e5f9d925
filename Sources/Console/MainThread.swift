import Glibc
import Synchronization

/// Runs a program's asynchronous code on the thread that the program began on.
///
/// Swift's own main queue on Linux is libdispatch's, which ends the main thread and starts four others, for a program that
/// waits for one thing at a time. That queue is not served here, so nothing may be isolated to `MainActor`. Tasks without
/// this executor and the timer of `Task.sleep` go on using libdispatch, which starts its threads when they come.
package final class MainThread: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    /// Counts what waits in `jobs`. It needs an address that does not change, and lives as long as the process.
    nonisolated(unsafe) private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    private init() {
        sem_init(semaphore, 0, 0)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        sem_post(semaphore)
    }

    /// Runs `program` and ends the process with the exit code that it returns. To be called on the main thread.
    package static func run(_ program: @escaping @Sendable () async -> Int32) -> Never {
        // Its threads ask for a priority that only root with all its rights may have, and it writes into the system's log that
        // they did not get it. What it cannot survive still ends the process.
        setenv("LIBDISPATCH_LOG", "NO", 0)
        let thread = MainThread()
        Task(executorPreference: thread) { exit(await program()) }
        while true {
            // It ends early for a signal only.
            while sem_wait(thread.semaphore) != 0 {}
            let job = thread.jobs.withLock { $0.removeFirst() }
            job.runSynchronously(on: thread.asUnownedTaskExecutor())
        }
    }
}
