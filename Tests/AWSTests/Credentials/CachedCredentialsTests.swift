import AWS
import FoundationEssentials
import Secrets
import Synchronization
import Testing

@Suite struct CachedCredentialsTests {
    /// Hands out `key1`, `key2`, … that expire an hour after they were made; fails on demand.
    private final class Source: CredentialsProvider {
        struct State {
            var now = Date(timeIntervalSince1970: 1_000_000)
            var calls = 0
            var fails = false
        }
        let state = Mutex(State())
        let lifetime: TimeInterval?

        init(lifetime: TimeInterval? = 3600) { self.lifetime = lifetime }

        var now: Date { state.withLock { $0.now } }
        var calls: Int { state.withLock { $0.calls } }
        func advance(_ seconds: TimeInterval) { state.withLock { $0.now += seconds } }

        func credentials() async throws -> AWSCredentials {
            await Task.yield()
            return try state.withLock { state in
                state.calls += 1
                if state.fails { throw CredentialsError(.unavailable, "asleep") }
                return AWSCredentials(
                    accessKeyID: "key\(state.calls)", secretAccessKey: Secret("s"),
                    expiration: lifetime.map { state.now.addingTimeInterval($0) }, source: "test")
            }
        }

        func cached() -> CachedCredentialsProvider {
            var context = CredentialsContext.scripted()
            context.now = { self.now }
            return CachedCredentialsProvider(self, context: context)
        }
    }

    @Test func credentialsAreRenewedFiveMinutesBeforeTheyExpire() async throws {
        let source = Source()
        let cached = source.cached()
        #expect(try await cached.credentials().accessKeyID == "key1")
        source.advance(3299)
        #expect(try await cached.credentials().accessKeyID == "key1")
        source.advance(1)
        #expect(try await cached.credentials().accessKeyID == "key2")
    }

    @Test func longLivedKeysAreAskedForOnce() async throws {
        let source = Source(lifetime: nil)
        let cached = source.cached()
        for _ in 0..<3 {
            _ = try await cached.credentials()
            source.advance(1_000_000)
        }
        #expect(source.calls == 1)
    }

    @Test func manyCallersShareOneRenewal() async throws {
        let source = Source()
        let cached = source.cached()
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await cached.credentials().accessKeyID } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids == ["key1"] && source.calls == 1)
    }

    @Test func aFailedRenewalKeepsWhatIsStillValid() async throws {
        let source = Source()
        let cached = source.cached()
        _ = try await cached.credentials()
        source.state.withLock { $0.fails = true }
        source.advance(3500)
        #expect(try await cached.credentials().accessKeyID == "key1")
        source.advance(100)
        await #expect(throws: CredentialsError.self) { try await cached.credentials() }
        source.state.withLock { $0.fails = false }
        #expect(try await cached.credentials().accessKeyID == "key4")
    }
}
