import Dashboard
import FoundationEssentials
import Handover
import Rotation
import Secrets
import Testing

/// What the rotator saw, what hosts have said since, and what it costs to know.
@Suite struct BucketReaderTests {
    let bucket = FakeBucket()
    let now = PageSamples.now
    let new: AccessKeyID
    let old: AccessKeyID
    let backup: UserName

    init() throws {
        new = try PageSamples.key("NEW")
        old = try PageSamples.key("OLD")
        backup = try #require(UserName("backup"))
    }

    private func reader(_ limits: Limits = Limits(), after hours: Double = 0) -> BucketReader {
        BucketReader(bucket: bucket, limits: limits) { PageSamples.ago(-hours) }
    }

    /// `nas` is behind and `pi` is current, as the rotator saw it an hour ago.
    private func prepare() throws {
        let hosts = [
            try PageSamples.host("nas", .behind, key: "OLD", seen: 20),
            try PageSamples.host("pi", .current, key: "NEW", seen: 10),
        ]
        try bucket.putView(try PageSamples.user("backup", .distributing, hosts: hosts), at: PageSamples.ago(1))
        try bucket.putCheckIn(of: hosts[0].host, user: backup, key: old, at: PageSamples.ago(20))
        try bucket.putCheckIn(of: hosts[1].host, user: backup, key: new, at: PageSamples.ago(10))
    }

    private func host(_ name: String, in snapshot: Snapshot) throws -> StatusReport.Host {
        try #require(snapshot.report.users.first?.hosts.first { $0.host.description == name })
    }

    private func id(_ name: String) throws -> HostID { try #require(HostID(name)) }

    @Test func whatTheRotatorSawIsShownAsItIs() async throws {
        try prepare()
        let snapshot = await reader().read()
        #expect(snapshot.freshness.isFresh)
        #expect(snapshot.freshness.users[backup]?.viewedAt == PageSamples.ago(1))
        #expect(try host("nas", in: snapshot).state == .behind)
        let pi = try host("pi", in: snapshot)
        #expect(pi.state == .current && pi.details?.agentVersion == "0.1.0")
    }

    @Test func aLaterCheckInIsReportedAndNotVerified() async throws {
        try prepare()
        try bucket.putCheckIn(of: id("nas"), user: backup, key: new, at: PageSamples.ago(0.5))
        let snapshot = await reader().read()
        let nas = try host("nas", in: snapshot)
        #expect(nas.state == .current && nas.keyID == new && nas.lastSeen == PageSamples.ago(0.5))
        #expect(nas.verified == false && nas.details?.verified == false)
        #expect(snapshot.freshness.isNewerThanView(nas.lastSeen, of: backup))
        #expect(!snapshot.freshness.isNewerThanView(try host("pi", in: snapshot).lastSeen, of: backup))
    }

    @Test func aLaterCheckInOfAnEarlierPublicationIsBehind() async throws {
        try prepare()
        try bucket.putCheckIn(of: id("nas"), user: backup, key: new, at: PageSamples.ago(0.5)) {
            $0.parameterVersion = 6
        }
        #expect(try host("nas", in: await reader().read()).state == .behind)
    }

    @Test func aProblemThatAHostReportsIsShownAndGoesAgain() async throws {
        try prepare()
        let problem = CheckIn.Problem(code: "hook-failed", message: "exit 1")
        try bucket.putCheckIn(of: id("nas"), user: backup, key: old, at: PageSamples.ago(0.5)) {
            $0.problem = problem
        }
        let reader = reader()
        let nas = try host("nas", in: await reader.read())
        #expect(nas.state == .problem && nas.problem == problem)
        try bucket.putCheckIn(of: id("nas"), user: backup, key: new, at: PageSamples.ago(0.2))
        let later = try host("nas", in: await reader.read())
        #expect(later.state == .current && later.problem == nil)
    }

    @Test func aHostThatTheRotatorHasNotSeenIsShownAndNotExpected() async throws {
        try prepare()
        try bucket.putCheckIn(of: id("stranger"), user: backup, key: new, at: PageSamples.ago(0.1))
        let stranger = try host("stranger", in: await reader().read())
        #expect(!stranger.expected && stranger.state == .current)
    }

    @Test func aHostFallsSilentThoughNoRotatorRuns() async throws {
        try prepare()
        let snapshot = await reader(after: 80).read()
        #expect(try host("pi", in: snapshot).state == .silent)
        #expect(snapshot.freshness.abandoned == [backup])
        #expect(!snapshot.freshness.isFresh)
    }

    @Test func aWaivedHostStaysWaivedUntilItHoldsTheKey() async throws {
        let waived = try PageSamples.host("nas", .waived, key: "OLD", seen: 20)
        try bucket.putView(try PageSamples.user("backup", .distributing, hosts: [waived]), at: PageSamples.ago(1))
        try bucket.putCheckIn(of: waived.host, user: backup, key: old, at: PageSamples.ago(0.5))
        let reader = reader()
        #expect(try host("nas", in: await reader.read()).state == .waived)
        try bucket.putCheckIn(of: waived.host, user: backup, key: new, at: PageSamples.ago(0.2))
        #expect(try host("nas", in: await reader.read()).state == .current)
    }

    @Test func aHostWithoutAnyCheckInOfOursStaysAsTheRotatorSawIt() async throws {
        let script = try PageSamples.host("script", .current, key: "NEW", seen: 24 * 30)
        try bucket.putView(try PageSamples.user("backup", .steady, hosts: [script]), at: PageSamples.ago(1))
        #expect(try host("script", in: await reader().read()).state == .current)
    }

    // MARK: What it costs

    @Test func aReadingIsOneListingAUserAndNothingThatIsKnown() async throws {
        try prepare()
        try bucket.putView(try PageSamples.user("dns", .steady), at: PageSamples.ago(1))
        let reader = reader()
        _ = await reader.read()
        #expect(bucket.lists.sorted() == ["acks/backup/", "acks/dns/", "view/"])
        #expect(
            bucket.reads.sorted() == [
                "acks/backup/\(new)/pi.json", "acks/backup/\(old)/nas.json", "view/backup.json", "view/dns.json",
            ])
        bucket.forgetCounts()
        _ = await reader.read()
        #expect(bucket.lists.count == 3 && bucket.reads.isEmpty)
        try bucket.putCheckIn(of: id("nas"), user: backup, key: new, at: now)
        bucket.forgetCounts()
        _ = await reader.read()
        #expect(bucket.reads == ["acks/backup/\(new)/nas.json"])
    }

    @Test func tenThousandHostsCostTenPagesAndTheirNewsFirst() async throws {
        var hosts: [StatusReport.Host] = []
        for index in 0..<10_000 {
            let isBehind = index == 9_999
            let host = try PageSamples.host(
                "h\(String(index + 10_000).dropFirst())", isBehind ? .behind : .current, key: isBehind ? "OLD" : "NEW")
            hosts.append(host)
            let key = isBehind ? old : new
            try bucket.putCheckIn(of: host.host, user: backup, key: key, at: PageSamples.ago(3))
        }
        try bucket.putView(try PageSamples.user("backup", .distributing, hosts: hosts), at: PageSamples.ago(1))
        let reader = reader()
        let snapshot = await reader.read()
        #expect(snapshot.report.users.first?.hosts.count == 10_000)
        #expect(snapshot.report.users.first?.acknowledged.count == 9_999)
        #expect(bucket.lists.count == 2)
        let bodies = bucket.reads.filter { $0.hasPrefix("acks/") }
        #expect(bodies.count == Limits().fetched)
        #expect(try host("h9999", in: snapshot).details != nil)
        bucket.forgetCounts()
        _ = await reader.read()
        #expect(bucket.reads.count == Limits().fetched)
        #expect(Set(bucket.reads).isDisjoint(with: bodies))
    }

    @Test func whatIsRememberedIsBounded() async throws {
        var limits = Limits()
        limits.remembered = 10
        limits.fetched = 100
        let hosts = try (0..<50).map { try PageSamples.host("h\($0)", .current, key: "NEW") }
        for host in hosts { try bucket.putCheckIn(of: host.host, user: backup, key: new, at: PageSamples.ago(3)) }
        try bucket.putView(try PageSamples.user("backup", .steady, hosts: hosts), at: PageSamples.ago(1))
        let reader = reader(limits)
        let snapshot = await reader.read()
        #expect(snapshot.report.users.first?.hosts.count { $0.details != nil } == 10)
        // What has no room is not fetched, to be forgotten again.
        bucket.forgetCounts()
        #expect(await reader.read().report.users.first?.hosts.count { $0.details != nil } == 10)
        #expect(bucket.reads.isEmpty)
        // News have room: what is calm makes it.
        try bucket.putCheckIn(of: hosts[49].host, user: backup, key: old, at: PageSamples.ago(1))
        #expect(try host("h49", in: await reader.read()).details != nil)
        #expect(bucket.reads == ["acks/backup/\(old)/h49.json"])
        bucket.forgetCounts()
        _ = await reader.read()
        #expect(bucket.reads.isEmpty)
    }

    @Test func whatHostsSayIsBoundedInBytes() async throws {
        var limits = Limits()
        limits.rememberedBytes = 1 << 20
        let hosts = try (0..<100).map { try PageSamples.host("h\($0)", .current, key: "NEW") }
        for host in hosts {
            try bucket.putCheckIn(of: host.host, user: backup, key: new, at: PageSamples.ago(3)) { checkIn in
                checkIn.targets = (0..<60).map { number in
                    .init(
                        path: "/\(number)/" + String(repeating: "p", count: 400), profile: "x", format: "y", keyID: nil,
                        problem: .init(code: "c", message: String(repeating: "m", count: 400)))
                }
            }
        }
        try bucket.putView(try PageSamples.user("backup", .steady, hosts: hosts), at: PageSamples.ago(1))
        let reader = reader(limits)
        var told = 0
        for _ in 0..<30 {
            let shown = try #require(await reader.read().report.users.first).hosts.compactMap(\.details)
            #expect(shown.count >= told)
            told = shown.count
            let bytes = shown.reduce(0) { bytes, details in
                bytes + details.targets.reduce(0) { $0 + $1.path.utf8.count + ($1.problem?.message.utf8.count ?? 0) }
            }
            #expect(bytes <= limits.rememberedBytes)
        }
        #expect(told > 40 && told < 100)
        bucket.forgetCounts()
        _ = await reader.read()
        #expect(bucket.reads.isEmpty)
    }

    @Test func oneLetterWithManyMarksIsNoLongText() async throws {
        try prepare()
        try bucket.putCheckIn(of: id("nas"), user: backup, key: old, at: PageSamples.ago(0.5)) {
            $0.problem = .init(code: "x", message: "e" + String(repeating: "\u{301}", count: 20_000))
        }
        let message = try #require(try host("nas", in: await reader().read()).problem?.message)
        #expect(message.unicodeScalars.count == Limits().text + 1)
    }

    @Test func aFloodOfCheckInsIsCutAndSaidSo() async throws {
        var limits = Limits()
        limits.checkIns = 1000
        limits.hosts = 100
        try prepare()
        for index in 0..<3000 {
            bucket.put("acks/backup/\(new)/x\(index).json", [], at: PageSamples.ago(2))
        }
        let snapshot = await reader(limits).read()
        #expect(snapshot.report.users.first?.hosts.count == 100)
        #expect(snapshot.freshness.users[backup]?.problem?.contains("acks/backup/") == true)
        #expect(try host("nas", in: snapshot).state == .behind)
    }

    // MARK: What fails

    @Test func theLastKnownStateStaysWhenTheBucketFails() async throws {
        try prepare()
        let (reader, failing) = (reader(), "")
        let good = await reader.read()
        bucket.fail(below: failing)
        let bad = await reader.read()
        #expect(bad.report.users == good.report.users)
        #expect(bad.freshness.problem?.contains("the bucket does not answer") == true)
        #expect(bad.freshness.readAt == good.freshness.readAt && !bad.freshness.isFresh)
        bucket.fail(below: nil)
        #expect(await reader.read().freshness.isFresh)
    }

    @Test func oneUsersFailureIsItsOwn() async throws {
        try prepare()
        try bucket.putView(try PageSamples.user("dns", .steady), at: PageSamples.ago(1))
        let reader = reader()
        _ = await reader.read()
        bucket.fail(below: "acks/backup/")
        let snapshot = await reader.read()
        #expect(snapshot.report.users.count == 2)
        #expect(snapshot.freshness.problem == nil)
        #expect(snapshot.freshness.users[backup]?.problem != nil)
        #expect(snapshot.freshness.users[try #require(UserName("dns"))]?.problem == nil)
        #expect(try host("pi", in: snapshot).state == .current)
    }

    @Test func aCheckInThatCannotBeReadIsSaidSoAndTriedAgain() async throws {
        try prepare()
        bucket.fail(below: "acks/backup/\(old)/nas")
        let reader = reader()
        let snapshot = await reader.read()
        #expect(snapshot.freshness.users[backup]?.problem?.contains("nas") == true && !snapshot.freshness.isFresh)
        #expect(try host("nas", in: snapshot).state == .behind)
        bucket.fail(below: nil)
        let later = await reader.read()
        #expect(later.freshness.isFresh)
        #expect(try host("nas", in: later).details != nil)
    }

    @Test func aUserWhoIsNotManagedAnyMoreGoes() async throws {
        try prepare()
        let reader = reader()
        _ = await reader.read()
        bucket.remove("view/backup.json")
        #expect(await reader.read().report.users.isEmpty)
    }

    @Test(arguments: [
        "", "null", "[]", "{}", #"{"schema":1}"#, #"{"schema":2,"users":[]}"#,
        #"{"schema":1,"generated_at":"2026-01-01T00:00:00Z","users":[]}"#,
        #"{"schema":1,"generated_at":"x","users":[{"user":"backup"}]}"#, "\u{0}\u{1}",
    ])
    func aViewThatNoRotatorWroteIsRefusedAndTheLastOneStays(body: String) async throws {
        try prepare()
        let reader = reader()
        _ = await reader.read()
        bucket.put("view/backup.json", Array(body.utf8), at: now)
        let snapshot = await reader.read()
        #expect(try host("pi", in: snapshot).state == .current)
        #expect(snapshot.freshness.users[backup]?.problem?.contains("view") == true)
        #expect(!snapshot.freshness.isFresh)
    }

    @Test(arguments: [
        ("acks/backup/%/nas.json", "{}"),
        ("acks/backup/%/nas.json", String(repeating: "x", count: CheckIn.maximumSize + 1)),
    ])
    func aCheckInThatNoAgentWroteIsAProblemOfThatHost(name: String, body: String) async throws {
        try prepare()
        bucket.put(name.replacing("%", with: "\(new)"), Array(body.utf8), at: PageSamples.ago(0.5))
        let nas = try host("nas", in: await reader().read())
        #expect(nas.state == .problem && nas.problem?.code == "check-in-refused" && nas.details == nil)
    }

    @Test func aCheckInThatSpeaksOfAnotherHostDoesNotCount() async throws {
        try prepare()
        try bucket.putCheckIn(of: id("nas"), user: backup, key: new, at: PageSamples.ago(0.5)) { checkIn in
            HostID("pi").map { checkIn.host = $0 }
        }
        #expect(try host("nas", in: await reader().read()).problem?.code == "check-in-refused")
    }

    @Test(arguments: [
        "acks/backup/AKIA/nas.json", "acks/backup/../backup/nas.json", "acks/backup/%/.json", "acks/backup/%/-rf.json",
        "acks/backup/%/a b.json", "acks/backup/%/nas.txt", "acks/backup/%/x/nas.json", "acks/backup/%/<b>.json",
    ])
    func namesThatNoAgentWritesAreIgnored(name: String) async throws {
        try prepare()
        bucket.put(name.replacing("%", with: "\(new)"), Array("{}".utf8), at: now)
        let snapshot = await reader().read()
        #expect(snapshot.report.users.first?.hosts.count == 2 && snapshot.freshness.isFresh)
    }

    @Test func textsLoseWhatCouldMisleadAndWhatNobodyReads() async throws {
        try prepare()
        try bucket.putCheckIn(of: id("nas"), user: backup, key: old, at: PageSamples.ago(0.5)) {
            $0.problem = .init(code: "x\u{202E}y\n", message: String(repeating: "m", count: 60_000))
            $0.agentVersion = "\u{1B}[31m1.0"
            $0.clockSkew = 1e300
        }
        let nas = try host("nas", in: await reader().read())
        #expect(nas.problem?.code == "x\u{FFFD}y\u{FFFD}")
        #expect(nas.problem?.message.count == Limits().text + 1)
        #expect(nas.details?.agentVersion == "\u{FFFD}[31m1.0")
    }
}
