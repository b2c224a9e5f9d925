import Dashboard
import FoundationEssentials
import Rotation
import Synchronization
import Testing

/// One reading for all who ask, and none while nobody does.
@Suite struct SnapshotSourceTests {
    /// A clock and a bucket that a test moves by hand.
    final class World: Sendable {
        private struct State {
            var now = PageSamples.now
            var readings = 0
            var isStuck = false
            var stuck: [CheckedContinuation<Void, Never>] = []
        }

        private let state = Mutex(State())

        var now: Date { state.withLock(\.now) }
        var readings: Int { state.withLock(\.readings) }

        func pass(_ seconds: Double) { state.withLock { $0.now += .init(seconds) } }

        func setStuck(_ isStuck: Bool) {
            for continuation in state.withLock({ state in
                state.isStuck = isStuck
                defer { state.stuck = [] }
                return state.stuck
            }) { continuation.resume() }
        }

        func read() async -> Snapshot {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    state.readings += 1
                    if state.isStuck { state.stuck.append(continuation) }
                    return state.isStuck
                }
                if !waits { continuation.resume() }
            }
            return Snapshot(
                report: StatusReport(generatedAt: now, users: []), freshness: Freshness(asOf: now, readAt: now))
        }

        func source(patience: Duration = .seconds(60)) -> SnapshotSource {
            SnapshotSource(refresh: .seconds(60), patience: patience, now: { self.now }, read: { await self.read() })
        }
    }

    let world = World()

    @Test func aHundredViewersCostOneReading() async {
        let source = world.source()
        await withDiscardingTaskGroup { group in
            for _ in 0..<100 { group.addTask { _ = await source.current() } }
        }
        #expect(world.readings == 1)
        world.pass(59)
        #expect(await source.current().number == 1)
        world.pass(1)
        #expect(await source.current().number == 2)
        #expect(world.readings == 2)
    }

    @Test func nobodyLooksNothingIsRead() async {
        let source = world.source()
        #expect(world.readings == 0)
        _ = await source.current()
        world.pass(86_400)
        #expect(world.readings == 1)
    }

    @Test func aBucketThatDoesNotAnswerKeepsNobodyWaitingForEver() async {
        let source = world.source(patience: .milliseconds(1))
        world.setStuck(true)
        let first = await source.current()
        #expect(first.snapshot.freshness.problem != nil && !first.snapshot.freshness.isFresh)
        // The patience with this reading is over: nobody waits for it any more, and nobody begins another one.
        for _ in 0..<10 { #expect(await source.current().number == first.number) }
        #expect(world.readings == 1)
        world.setStuck(false)
        while await source.current().number == first.number { await Task.yield() }
        #expect(await source.current().snapshot.freshness.isFresh)
        #expect(world.readings == 1)
    }

    @Test func whatIsShownInsteadOfAReadingThatHangsIsToldAsOld() async {
        let source = world.source(patience: .milliseconds(1))
        let yesterday = world.now
        while await !source.current().snapshot.freshness.isFresh { await Task.yield() }
        var number = await source.current().number
        world.setStuck(true)
        // Each time with another number, because answers are kept by it; meanwhile nobody waits again.
        for _ in 0..<3 {
            world.pass(86_400)
            let old = await source.current()
            #expect(old.number > number)
            number = old.number
            #expect(old.snapshot.freshness.asOf == world.now && old.snapshot.freshness.readAt == yesterday)
            #expect(old.snapshot.freshness.problem == "the bucket has not answered yet")
            #expect(!old.snapshot.freshness.isFresh)
            #expect(await source.current().number == number)
        }
        #expect(world.readings == 2)
        world.setStuck(false)
        while await source.current().number == number { await Task.yield() }
        #expect(await source.current().snapshot.freshness.isFresh)
        #expect(world.readings == 2)
    }

    @Test func aClockThatWasSetBackMakesASnapshotOld() async {
        let source = world.source()
        _ = await source.current()
        world.pass(-3600)
        #expect(await source.current().number == 2)
    }
}
