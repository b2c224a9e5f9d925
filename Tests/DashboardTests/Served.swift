import Console
import Dashboard
import FoundationEssentials
import Handover
import Rotation
import Secrets
import Synchronization

/// A dashboard that listens on a port of its own for as long as a test uses it.
struct Served: Sendable {
    let wire: Wire
    let bucket: FakeBucket
    let log: Log

    final class Log: Sendable {
        private let text = Mutex("")
        var lines: String { text.withLock { $0 } }
        func add(_ line: String) { text.withLock { $0 += line } }
    }

    static func run(
        _ bucket: FakeBucket = FakeBucket(), token: String? = nil, hosts: [String] = [],
        limits: DashboardServer.Limits = DashboardServer.Limits(),
        now: @escaping @Sendable () -> Date = { PageSamples.now },
        _ test: @Sendable @escaping (Served) async throws -> Void
    ) async throws {
        let log = Log()
        let output = Output(isTerminal: false, environment: [:]) { log.add($0) }
        let context = CommandContext(environment: [:], output: output, messages: output, now: now)
        let reader = BucketReader(bucket: bucket, now: now)
        let listen = ListenAddress.tcp(host: "127.0.0.1", port: 0)
        let server = DashboardServer(
            listen: listen,
            source: SnapshotSource(refresh: .seconds(60), patience: .seconds(60), now: now) { await reader.read() },
            access: Access(token: token.map { Secret($0) }, listen: listen, hosts: hosts), limits: limits,
            context: context)
        let (addresses, continuation) = AsyncStream.makeStream(of: ListenAddress.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { continuation.finish() }
                try await server.run { continuation.yield($0) }
            }
            for await case .tcp(_, let port) in addresses {
                try await test(Served(wire: Wire(port: port), bucket: bucket, log: log))
                break
            }
            group.cancelAll()
        }
    }
}

extension FakeBucket {
    /// One user with two hosts.
    static func prepared() throws -> FakeBucket {
        let bucket = FakeBucket()
        let hosts = [
            try PageSamples.host("nas", .behind, key: "OLD", seen: 20),
            try PageSamples.host("pi", .current, key: "NEW", seen: 10),
        ]
        let user = try PageSamples.user("backup", .distributing, hosts: hosts)
        try bucket.putView(user, at: PageSamples.ago(1))
        return bucket
    }
}
