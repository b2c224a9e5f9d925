import Dashboard
import FoundationEssentials
import Handover
import Rotation
import Synchronization
import Testing

/// What is served, to people and to machines, and what is said when the bucket fails.
@Suite(.serialized) struct ServerTests {
    @Test func aPageThatHasNotChangedIsNotSentAgain() async throws {
        try await Served.run(try .prepared()) { served in
            for path in ["/", "/users/backup", "/api/v1/status", "/badge.svg", "/\(Asset.script.path)"] {
                let first = await served.wire.get(path)
                let etag = try #require(first.header("ETag"))
                #expect(first.status == 200 && !first.body.isEmpty)
                #expect(first.header("Content-Length") == "\(first.body.utf8.count)")
                for condition in [etag, "W/\(etag)", "\"x\", \(etag)", "*"] {
                    let again = await served.wire.get(path, ["If-None-Match: \(condition)"])
                    #expect(again.status == 304 && again.body.isEmpty && again.header("ETag") == etag)
                }
                #expect(await served.wire.get(path, ["If-None-Match: \"x\""]).status == 200)
            }
        }
    }

    @Test func aHeadIsTheSameWithoutTheBody() async throws {
        try await Served.run(try .prepared()) { served in
            for path in ["/", "/api/v1/status", "/healthz", "/nobody"] {
                let get = await served.wire.get(path)
                let head = await served.wire.get(path, method: "HEAD")
                #expect(head.status == get.status && head.body.isEmpty)
                for name in ["Content-Length", "Content-Type", "ETag"] {
                    #expect(head.header(name) == get.header(name))
                }
            }
        }
    }

    @Test func whatIsNamedByItsContentIsKeptForEverAndPagesAreAskedForAgain() async throws {
        try await Served.run(try .prepared()) { served in
            let style = await served.wire.get("/\(Asset.style.path)")
            #expect(style.header("Cache-Control") == "public, max-age=31536000, immutable")
            #expect(style.header("Content-Type") == "text/css; charset=utf-8")
            #expect(await served.wire.get("/").header("Cache-Control") == "private, no-cache")
            #expect(await served.wire.get("/metrics").header("Cache-Control") == "no-store")
        }
    }

    @Test func theStatusIsThatOfTheCommandWithASummary() async throws {
        try await Served.run(try .prepared()) { served in
            let body = Data(await served.wire.get("/api/v1/status").body.utf8)
            let decoder = JSONDecoder()
            decoder.dateDecodingStrategy = .iso8601
            let report = try decoder.decode(StatusReport.self, from: body)
            #expect(report.schema == 1 && report.users.map(\.user.description) == ["backup"])
            struct Document: Decodable {
                struct Summary: Decodable {
                    let fresh: Bool
                    let hosts, current, behind, users, holds: Int
                }
                let summary: Summary
            }
            let summary = try decoder.decode(Document.self, from: body).summary
            #expect(summary.fresh && summary.users == 1 && summary.holds == 0)
            #expect(summary.hosts == 2 && summary.current == 1 && summary.behind == 1)
        }
    }

    @Test func whenTheBucketFailsTheLastKnownStateIsShownWithItsAge() async throws {
        let clock = Mutex(PageSamples.now)
        try await Served.run(try .prepared(), now: { clock.withLock { $0 } }) { served in
            #expect(await served.wire.get("/healthz").status == 200)
            served.bucket.fail(below: "")
            clock.withLock { $0 += .init(120) }
            for path in ["/", "/users/backup"] {
                let page = await served.wire.get(path)
                #expect(page.status == 200 && page.body.contains("last that is known"))
                #expect(page.body.contains("backup"))
            }
            let health = await served.wire.get("/healthz")
            #expect(health.status == 503 && health.body.contains("stale"))
            #expect(await served.wire.get("/metrics").body.contains("keybaton_fresh 0\n"))
            #expect(await served.wire.get("/badge.svg").body.contains("out of date"))
            served.bucket.fail(below: nil)
            clock.withLock { $0 += .init(60) }
            #expect(await served.wire.get("/healthz").status == 200)
        }
    }

    @Test func aBucketThatNeverAnsweredIsSaidSo() async throws {
        let bucket = FakeBucket()
        bucket.fail(below: "")
        try await Served.run(bucket) { served in
            let page = await served.wire.get("/")
            #expect(page.status == 200 && page.body.contains("cannot be read"))
            #expect(page.body.contains("Nothing is known so far") && !page.body.contains("No user is managed"))
            #expect(await served.wire.get("/healthz").body.contains("not be read so far"))
        }
    }

    @Test func manyViewersCostOneReading() async throws {
        try await Served.run(try .prepared()) { served in
            await withDiscardingTaskGroup { group in
                for _ in 0..<50 { group.addTask { _ = await served.wire.get("/users/backup") } }
            }
            #expect(served.bucket.lists.sorted() == ["acks/backup/", "view/"])
        }
    }

    @Test func tenThousandHostsAreServedInPages() async throws {
        let bucket = FakeBucket()
        let hosts = try (0..<10_000).map { try PageSamples.host("host-\($0)", $0 % 100 == 0 ? .behind : .current) }
        try bucket.putView(try PageSamples.user("backup", .distributing, hosts: hosts), at: PageSamples.ago(1))
        try await Served.run(bucket) { served in
            let page = await served.wire.get("/users/backup")
            #expect(page.status == 200 && page.body.utf8.count < 512 << 10)
            let last = await served.wire.get("/users/backup?page=100&sort=name")
            #expect(last.status == 200 && last.body.contains("host-9999"))
            #expect(await served.wire.get("/").body.utf8.count < 128 << 10)
        }
    }
}
