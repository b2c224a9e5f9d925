import Secrets
import FoundationEssentials
import Handover
import Testing

@Suite("The ledger of check-ins") struct AckLedgerTests {
    private static let problem = CheckIn.Problem(code: "unwritable", message: "read-only file system")

    private func report(
        _ key: String, at seconds: Double, _ evidence: ReportedCheckIn.Evidence
    ) throws -> ReportedCheckIn {
        ReportedCheckIn(
            keyID: try Example.keyID(key), lastModified: Date(timeIntervalSince1970: seconds), etag: "e",
            evidence: evidence)
    }

    private func newest(_ reports: ReportedCheckIn...) throws -> ReportedCheckIn? {
        var ledger = AckLedger()
        for report in reports { ledger.record(report, of: try Example.host()) }
        var backwards = AckLedger()
        for report in reports.reversed() { backwards.record(report, of: try Example.host()) }
        let newest = ledger.newest(of: try Example.host())
        #expect(try backwards.newest(of: Example.host()) == newest, "the order of a listing does not matter")
        return newest
    }

    @Test func anUnknownHostHasNone() throws {
        #expect(try AckLedger().newest(of: Example.host()) == nil)
        #expect(AckLedger().hosts.isEmpty)
    }

    @Test("of two proved ones the higher version is newer, even if it arrived earlier") func versionsOrderProofs()
        throws
    {
        let late = try report(Example.oldID, at: 200, .proved(version: 1, problem: nil))
        let early = try report(Example.newID, at: 100, .proved(version: 2, problem: nil))
        #expect(try newest(late, early) == early)
    }

    @Test func ofOneVersionTheLaterIsNewer() throws {
        let first = try report(Example.newID, at: 100, .proved(version: 2, problem: nil))
        let second = try report(Example.oldID, at: 101, .proved(version: 2, problem: Self.problem))
        #expect(try newest(first, second) == second)
    }

    @Test(
        "an unproved one hides a proof only when it is later",
        arguments: [.listed, .legacy, .refused(.proofDoesNotVerify)] as [ReportedCheckIn.Evidence])
    func unproved(_ evidence: ReportedCheckIn.Evidence) throws {
        let proof = try report(Example.newID, at: 100, .proved(version: 9, problem: nil))
        let earlier = try report(Example.oldID, at: 99, evidence)
        let same = try report(Example.oldID, at: 100, evidence)
        let later = try report(Example.oldID, at: 101, evidence)
        #expect(try newest(proof, earlier) == proof)
        #expect(try newest(proof, same) == proof)
        #expect(try newest(proof, later) == later)
        #expect(try newest(earlier) == earlier)
    }

    @Test("one object a host and key: the last record stands") func replacing() throws {
        let listed = try report(Example.newID, at: 100, .listed)
        let read = try report(Example.newID, at: 100, .proved(version: 3, problem: nil))
        #expect(try newest(listed, listed) == listed)
        var ledger = AckLedger()
        ledger.record(listed, of: try Example.host())
        ledger.record(read, of: try Example.host())
        #expect(try ledger.checkIn(of: Example.host(), under: read.keyID) == read)
        #expect(ledger.hosts.count == 1)
    }

    @Test("only listed check-ins under published keys are worth reading") func unread() throws {
        var ledger = AckLedger()
        let host = try Example.host()
        ledger.record(try report(Example.newID, at: 1, .listed), of: host)
        ledger.record(try report(Example.oldID, at: 2, .listed), of: host)
        ledger.record(try report("AKIAEXAMPLEEARLIER01", at: 3, .listed), of: host)
        let published = try PublishedIDs(new: Example.new().id, old: Example.old().id)
        #expect(
            ledger.unread(of: host, published: published).map(\.keyID.description) == [Example.newID, Example.oldID])
        let first = try PublishedIDs(new: Example.new().id, old: nil)
        #expect(ledger.unread(of: host, published: first).map(\.keyID.description) == [Example.newID])
        ledger.record(try report(Example.newID, at: 1, .proved(version: 1, problem: nil)), of: host)
        ledger.record(try report(Example.oldID, at: 1, .refused(.malformed)), of: host)
        #expect(ledger.unread(of: host, published: published).isEmpty)
        #expect(ledger.unread(of: try Example.host("pi"), published: published).isEmpty)
    }

    @Test func onlyAProofHasAVersion() throws {
        #expect(try report(Example.newID, at: 1, .proved(version: 4, problem: nil)).version == 4)
        for evidence in [.listed, .legacy, .refused(.tooLarge)] as [ReportedCheckIn.Evidence] {
            #expect(try report(Example.newID, at: 1, evidence).version == nil)
        }
    }
}
