import FoundationEssentials
import Handover
import Testing

@testable import Rotation

@Suite("Expected hosts") struct ExpectedHostsTests {
    private func hosts(_ names: [String: Journal.Membership]) throws -> [HostID: Journal.Membership] {
        var hosts: [HostID: Journal.Membership] = [:]
        for (name, membership) in names { hosts[try Example.host(name)] = membership }
        return hosts
    }

    private func seen(_ evidence: ReportedCheckIn.Evidence = .proved(version: 1, problem: nil)) throws
        -> ReportedCheckIn
    {
        ReportedCheckIn(keyID: try Example.id("A"), lastModified: Example.now, etag: "", evidence: evidence)
    }

    @Test("a declared name is replaced by whoever meets it, and by nobody else") func declaredNames() throws {
        let all = ExpectedHosts.all(
            in: try hosts([
                "nas": .declared, "nas-1a2b3c4d": .seen, "pi": .declared, "pi-other": .seen, "web": .seen,
                "web-00000000": .seen, "x": .declared, "x-00000000": .declared,
            ]))
        let names = ["nas-1a2b3c4d", "pi", "pi-other", "web", "web-00000000", "x", "x-00000000"]
        #expect(try all == Set(names.map(Example.host)))
    }

    @Test("what the journal lacks is enrolled, whoever is met not") func enrolment() throws {
        let missing = ExpectedHosts.enrolments(
            known: try hosts(["web-00000000": .seen, "old": .declared]),
            declared: Set(try ["web", "nas", "pi", "old"].map(Example.host)),
            checkIns: [try Example.host("nas-1a2b3c4d"): try seen(), try Example.host("old"): try seen()])
        #expect(missing == (try hosts(["nas-1a2b3c4d": .seen, "pi": .declared, "old": .seen])))
    }

    @Test(
        "only a proof or a script's object makes a host expected",
        arguments: [
            (.proved(version: 1, problem: nil), true),
            (.proved(version: 0, problem: .init(code: "c", message: "m")), true),
            (.legacy, true), (.listed, false), (.refused(.proofDoesNotVerify), false),
        ] as [(ReportedCheckIn.Evidence, Bool)])
    func evidence(_ evidence: ReportedCheckIn.Evidence, _ counts: Bool) throws {
        let missing = ExpectedHosts.enrolments(
            known: [:], declared: [], checkIns: [try Example.host("nas"): try seen(evidence)])
        #expect(missing.isEmpty == !counts)
    }

    @Test("strangers are taken in up to the limit, declared hosts always") func limits() throws {
        var known: [HostID: Journal.Membership] = [:]
        for number in 0..<Journal.hostLimit - 1 { known[try Example.host("h\(number)")] = .seen }
        let strangers = [try Example.host("s1"): try seen(), try Example.host("s2"): try seen()]
        let declared = Set(try ["d1", "d2"].map(Example.host))
        let some = ExpectedHosts.enrolments(known: known, declared: [], checkIns: strangers)
        #expect(some == (try hosts(["s1": .seen])))
        known[try Example.host("last")] = .seen
        #expect(ExpectedHosts.enrolments(known: known, declared: [], checkIns: strangers).isEmpty)
        let full = ExpectedHosts.enrolments(known: known, declared: declared, checkIns: strangers)
        #expect(full == (try hosts(["d1": .declared, "d2": .declared])))
    }

    @Test("a declared host becomes a seen one even in a full journal") func fullJournal() throws {
        var known: [HostID: Journal.Membership] = [:]
        for number in 0..<Journal.hostLimit { known[try Example.host("h\(number)")] = .declared }
        let missing = ExpectedHosts.enrolments(
            known: known, declared: [], checkIns: [try Example.host("h7"): try seen()])
        #expect(missing == (try hosts(["h7": .seen])))
    }

    @Test("ten thousand declared and ten thousand seen hosts are matched without comparing each with each")
    func manyHosts() throws {
        var known: [HostID: Journal.Membership] = [:]
        for number in 0..<5000 {
            known[try Example.host("h\(number)")] = .declared
            known[try Example.host("h\(number)-0000abcd")] = .seen
        }
        #expect(ExpectedHosts.all(in: known).count == 5000)
    }
}
