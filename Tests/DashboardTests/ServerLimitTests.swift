import Dashboard
import FoundationEssentials
import Rotation
import Testing

/// Clients that are slow, large or many take no more than they are given.
@Suite(.serialized) struct ServerLimitTests {
    private var short: DashboardServer.Limits {
        var limits = DashboardServer.Limits()
        limits.idle = .milliseconds(300)
        limits.exchange = .milliseconds(600)
        return limits
    }

    @Test func hugeHeadersAreRefused() async throws {
        try await Served.run(try .prepared()) { served in
            let one = await served.wire.get("/", ["X: " + String(repeating: "a", count: 9 << 10)])
            #expect(one.status == 400 && one.isClosed)
            let many = await served.wire.get("/", (0..<70).map { "X-\($0): a" })
            #expect(many.status == 400 && many.isClosed)
            let total = await served.wire.get("/", (0..<20).map { "X-\($0): " + String(repeating: "a", count: 1000) })
            #expect(total.status == 400 && total.isClosed)
            let line = await served.wire.get("/?" + String(repeating: "a", count: 1 << 20))
            #expect(line.status == 400 && line.isClosed)
            #expect(await served.wire.get("/").status == 200)
        }
    }

    @Test func whatIsNoRequestIsRefused() async throws {
        try await Served.run(try .prepared()) { served in
            for text in [
                "\u{16}\u{3}\u{1}\u{2}\u{0}\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
            ] {
                let answer = await served.wire.exchange([text])
                #expect(answer.status == 400 && answer.isClosed)
            }
        }
    }

    @Test func aConnectionThatSaysNothingIsClosed() async throws {
        try await Served.run(try .prepared(), limits: short) { served in
            let answer = await served.wire.exchange([])
            #expect(answer.isClosed && answer.text.isEmpty)
        }
    }

    @Test func headersThatComeInDropsAreNotWaitedFor() async throws {
        try await Served.run(try .prepared(), limits: short) { served in
            let drops = ["GET / HTTP/1.1\r\nHost: localhost\r\n"] + (0..<20).map { "X-\($0): a\r\n" }
            let answer = await served.wire.exchange(drops, pauses: 50)
            #expect(answer.isClosed && answer.status == nil)
        }
    }

    @Test func aBodyThatComesInDropsIsNotWaitedFor() async throws {
        try await Served.run(try .prepared(), limits: short) { served in
            let head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
            let answer = await served.wire.exchange([head] + Array(repeating: "a", count: 20), pauses: 50)
            #expect(answer.isClosed && (answer.status == 405 || answer.status == nil))
        }
    }

    @Test func aLargeBodyIsNotTakenIn() async throws {
        try await Served.run(try .prepared()) { served in
            let head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n"
            let answer = await served.wire.exchange([head, String(repeating: "a", count: 1 << 20)])
            #expect(answer.isClosed && (answer.status == 405 || answer.status == nil))
        }
    }

    @Test func aClientThatDoesNotReadIsNotWaitedFor() async throws {
        let bucket = FakeBucket()
        let hosts = try (0..<10_000).map { try PageSamples.host("host-\($0)", .current) }
        try bucket.putView(try PageSamples.user("backup", .steady, hosts: hosts), at: PageSamples.ago(1))
        var limits = DashboardServer.Limits()
        // Long enough to make the answer on a busy machine, short enough to wait for.
        limits.exchange = .seconds(4)
        try await Served.run(bucket, limits: limits) { served in
            let whole = await served.wire.get("/api/v1/status")
            let length = try #require(whole.header("Content-Length").flatMap { Int($0) })
            #expect(length > 1 << 20 && whole.body.utf8.count == length)
            // More of them than a socket's buffers hold.
            let request = "GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n"
            let cut = await served.wire.exchange(Array(repeating: request, count: 8), readsAfter: 6000)
            #expect(cut.isClosed && cut.text.utf8.count < 8 * length)
        }
    }

    @Test func moreConnectionsThanAllowedWaitUntilOneEnds() async throws {
        var limits = DashboardServer.Limits()
        limits.connections = 4
        limits.idle = .seconds(60)
        try await Served.run(try .prepared(), limits: limits) { served in
            var impatient = served.wire
            impatient.patience = 1
            let refused = await served.wire.holding(32) { await impatient.get("/") }
            #expect(refused.status == nil && !refused.isClosed)
            #expect(await served.wire.get("/").status == 200)
        }
    }

    /// NIO ends the process over a connection that it has accepted and nobody has served.
    @Test func connectionsThatNobodyServesAnyMoreAreClosedWithTheServer() async throws {
        for _ in 1...20 {
            try await Served.run(try .prepared()) { served in await served.wire.holding(64) {} }
        }
    }

    @Test func requestsOfOneConnectionAreAnsweredInTheirOrder() async throws {
        try await Served.run(try .prepared()) { served in
            let get = { (path: String, more: String) in "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(more)\r\n" }
            let answer = await served.wire.exchange([
                get("/healthz", ""), get("/nobody", "") + get("/", "Connection: close\r\n"),
            ])
            let statuses = answer.text.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
            #expect(statuses == ["200", "404", "200"] && answer.isClosed)
        }
    }
}
