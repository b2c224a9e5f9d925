import FoundationEssentials
import Handover
import Rotation
import Testing

@testable import Dashboard

/// What machines read: numbers with names that Prometheus takes, and a badge.
@Suite struct MachineTests {
    private func snapshot(_ users: [StatusReport.User], readAt: Date? = PageSamples.now, problem: String? = nil)
        -> Snapshot
    {
        Snapshot(
            report: StatusReport(generatedAt: PageSamples.now, users: users),
            freshness: Freshness(asOf: PageSamples.now, readAt: readAt, problem: problem))
    }

    @Test func metricsKeepToPrometheussFormatAndToBoundedLabels() throws {
        let hosts = [try PageSamples.host("nas", .behind), try PageSamples.host("pi", .current)]
        let users = try (0..<1500).map { try PageSamples.user("u\($0)", .distributing, hosts: hosts) }
        let text = Metrics(snapshot(users)).text
        var named: Set<Substring> = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        where !line.contains("{user=") || line.contains("{user=\"u7\"") {
            if line.hasPrefix("# HELP ") || line.hasPrefix("# TYPE ") {
                named.insert(line.split(separator: " ")[2])
                continue
            }
            let sample = try #require(
                line.wholeMatch(of: /([a-z_:][a-z0-9_:]*)(\{([a-z]+="[A-Za-z0-9+=,.@_-]*",?)+\})? [0-9]+/))
            #expect(named.contains(sample.1))
        }
        #expect(text.hasSuffix("\n") && text.contains("keybaton_users 1500\n"))
        #expect(text.contains("keybaton_hosts{user=\"u0\",state=\"behind\"} 1\n"))
        #expect(text.contains("{user=\"u999\"") && !text.contains("{user=\"u1000\""))
        #expect(!text.contains("nas") && !text.contains("AKIA"))
    }

    @Test func aBadgeSaysTheWorstFirst() throws {
        let good = try PageSamples.user("backup", .steady, hosts: [try PageSamples.host("nas", .current)])
        let rotating = try PageSamples.user("dns", .distributing, hosts: [try PageSamples.host("pi", .behind)])
        let hold = try PageSamples.user(
            "ci", .steady, decision: .init(kind: .hold, action: nil, reason: "x", until: nil))
        #expect(Badge(snapshot([good])).message == "1 of 1 hosts")
        #expect(Badge(snapshot([good, rotating])).message == "1 rotating")
        #expect(Badge(snapshot([good, rotating, hold])).message == "1 of 3 need attention")
        #expect(Badge(snapshot([good], readAt: nil)).message == "out of date")
        #expect(Badge(rotating, isFresh: true).message == "0 of 1 hosts")
        #expect(Badge(hold, isFresh: true).message == "hold")
        let locked = try PageSamples.user("cut", .steady, hosts: [try PageSamples.host("nas", .behind)])
        #expect(Badge(locked, isFresh: true).tone == .bad)
        #expect(Badge(snapshot([good, locked])).message == "1 of 2 need attention")
        var leaked = good
        leaked.revocation = try PageSamples.revocation(of: "NEW", .dead)
        #expect(Badge(leaked, isFresh: true).message == "key revoked")
        #expect(Badge(snapshot([good, leaked])).tone == .bad)
    }

    @Test func healthIsFreshOnlyWhenAllOfItIs() throws {
        let backup = try #require(UserName("backup"))
        var freshness = Freshness(asOf: PageSamples.now, readAt: PageSamples.now)
        freshness.users[backup] = .init(viewedAt: PageSamples.ago(1), listedAt: PageSamples.now)
        #expect(Health(freshness).status == .fresh)
        freshness.users[backup]?.viewedAt = PageSamples.ago(27)
        #expect(Health(freshness).status == .stale)
        freshness.users[backup] = .init(viewedAt: PageSamples.ago(1), listedAt: nil, problem: "x")
        #expect(Health(freshness).status == .stale)
    }

    @Test(arguments: [
        ("127.0.0.1:8080", "http://127.0.0.1:8080", true), ("localhost:1", "http://127.0.0.1:1", true),
        ("[::1]:8080", "http://[::1]:8080", true), ("0.0.0.0:80", "http://0.0.0.0:80", false),
        ("[::]:80", "http://[::]:80", false), ("unix:/run/x.sock", "unix:/run/x.sock", true),
    ])
    func anAddressSaysWhoCanReachIt(text: String, description: String, isLocal: Bool) throws {
        let address = try #require(ListenAddress(text))
        #expect(address.description == description && address.isLocal == isLocal)
    }

    @Test(arguments: [
        "", ":8080", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "nas:8080", "::1:8080", "[127.0.0.1]:80",
        "unix:", "unix:relative", "unix:/" + String(repeating: "a", count: 120), "127.1:80", "http://127.0.0.1:80",
    ])
    func whatIsNoAddressIsRefused(text: String) {
        #expect(ListenAddress(text) == nil)
    }
}
