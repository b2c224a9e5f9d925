package import FoundationEssentials
import Rotation

/// The snapshot that everybody is shown: read again when somebody asks and it is older than `refresh`, once for all who ask.
///
/// While nobody looks, nothing is asked of AWS: a timer's listings would cost more than all the rest of Keybaton.
package actor SnapshotSource {
    /// A snapshot and its number: equal numbers, equal snapshots.
    package typealias Numbered = (number: Int, snapshot: Snapshot)

    private let refresh: Duration
    private let patience: Duration
    private let now: @Sendable () -> Date
    private let read: @Sendable () async -> Snapshot
    private var latest: Numbered
    /// When that was taken over; nil: nothing was so far. Later than its `asOf`, which is when its reading began.
    private var takenAt: Date?
    private var isReading = false
    /// Ends the waiting of those who wait for the reading under way; nil once it has.
    private var patienceTimer: Task<Void, any Error>?
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - patience: how long viewers wait for a reading before they are shown what there is, and told that it is old.
    package init(
        refresh: Duration, patience: Duration = .seconds(2), now: @escaping @Sendable () -> Date,
        read: @escaping @Sendable () async -> Snapshot
    ) {
        self.refresh = refresh
        self.patience = patience
        self.now = now
        self.read = read
        let freshness = Freshness(asOf: now(), readAt: nil, problem: Self.unanswered)
        latest = (0, Snapshot(report: StatusReport(generatedAt: freshness.asOf, users: []), freshness: freshness))
    }

    /// The present one: no older than `refresh`, unless the bucket takes longer than a viewer's patience.
    package func current() async -> Numbered {
        guard isOld else { return latest }
        begin()
        if patienceTimer != nil { await withCheckedContinuation { waiting.append($0) } }
        if isOld { take(overdue) }
        return latest
    }

    private static let unanswered = "the bucket has not answered yet"

    private var isOld: Bool {
        guard let takenAt else { return true }
        let age = now().timeIntervalSince(takenAt)
        // A clock that was set back makes it old, too.
        return age < 0 || age >= refresh / .seconds(1)
    }

    /// What is known, told as old: yesterday's page must not say that it was read just now.
    private var overdue: Snapshot {
        var snapshot = latest.snapshot
        snapshot.freshness.asOf = now()
        snapshot.freshness.problem = Self.unanswered
        snapshot.report.generatedAt = snapshot.freshness.asOf
        return snapshot
    }

    private func take(_ snapshot: Snapshot) {
        latest = (latest.number + 1, snapshot)
        takenAt = now()
    }

    private func begin() {
        guard !isReading else { return }
        isReading = true
        patienceTimer = Task { [patience] in
            try await Task.sleep(for: patience)
            release()
        }
        Task {
            take(await read())
            isReading = false
            release()
        }
    }

    private func release() {
        patienceTimer?.cancel()
        patienceTimer = nil
        for viewer in waiting { viewer.resume() }
        waiting = []
    }
}
