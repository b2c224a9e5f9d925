import FoundationEssentials
import Handover
import Rotation
import Secrets
import Testing

/// Counts listings and bodies. Every check-in that is read verifies.
private actor CountingCheckIns: CheckInSource {
    private let ledger: AckLedger
    private let version: @Sendable (AccessKeyID) -> Int
    private(set) var listings = 0
    private(set) var bodies = 0

    init(_ ledger: AckLedger, version: @escaping @Sendable (AccessKeyID) -> Int) {
        self.ledger = ledger
        self.version = version
    }

    func list(of user: UserName) -> AckLedger {
        listings += 1
        return ledger
    }

    func read(
        _ checkIns: [(host: HostID, checkIn: ReportedCheckIn)], of user: UserName, published: PublishedKeys
    ) -> [(host: HostID, checkIn: ReportedCheckIn)] {
        bodies += checkIns.count
        return checkIns.map { host, checkIn in
            var checkIn = checkIn
            checkIn.evidence = .proved(version: version(checkIn.keyID), problem: nil)
            return (host, checkIn)
        }
    }

    func remove(under keys: Set<AccessKeyID>, of user: UserName) {}
}

@Suite("The observer") struct ObserverTests {
    /// A is OLD and B is NEW, version 2.
    private func relay() async throws -> Relay {
        let relay = try Relay()
        let (a, b) = (try await relay.cloud.makeKey(), try await relay.cloud.makeKey())
        await relay.cloud.put(try #require(PublishedKeys(new: a, old: nil)))
        await relay.cloud.put(try #require(PublishedKeys(new: b, old: a)))
        return relay
    }

    private func listed(_ letter: Character, _ second: Double = 0) throws -> ReportedCheckIn {
        ReportedCheckIn(
            keyID: try Example.id(letter), lastModified: Example.now + .seconds(second), etag: "", evidence: .listed)
    }

    private func observe(
        _ relay: Relay, _ source: CountingCheckIns, _ journal: Journal?, explaining: Int = 0
    ) async throws -> Observation {
        var ports = relay.ports
        ports.checkIns = source
        let observer = Observer(user: relay.user, ports: ports, explainedHosts: explaining)
        return try await observer.observe(
            JournalSnapshot(journal: journal, etag: nil, lastModified: nil, now: Example.now)
        ).0
    }

    private func journal(_ hosts: [HostID]) throws -> Journal {
        var journal = try #require(try Situation.distributing().journal)
        journal.hosts = Dictionary(uniqueKeysWithValues: hosts.map { ($0, .seen) })
        return journal
    }

    @Test("with ten thousand hosts no body is read while somebody is missing, and all are when nobody is")
    func manyHosts() async throws {
        let relay = try await relay()
        let hosts = try (0..<Journal.hostLimit).map { try Example.host("h\($0)") }
        let (a, b) = (try Example.id("A"), try Example.id("B"))
        var ledger = AckLedger()
        for host in hosts { ledger.record(try listed("A"), of: host) }
        for host in hosts.dropFirst() { ledger.record(try listed("B", 1), of: host) }
        var source = CountingCheckIns(ledger) { $0 == b ? 2 : 1 }
        let observation = try await observe(relay, source, try journal(hosts))
        #expect(await source.listings == 1)
        #expect(await source.bodies == 0)
        #expect(observation.checkIns.count == hosts.count)
        #expect(observation.checkIns[hosts[0]]?.keyID == a)

        ledger.record(try listed("B", 1), of: hosts[0])
        source = CountingCheckIns(ledger) { $0 == b ? 2 : 1 }
        let complete = try await observe(relay, source, try journal(hosts))
        #expect(await source.listings == 1)
        #expect(await source.bodies == 2 * hosts.count)
        #expect(complete.checkIns.values.allSatisfy { $0.evidence == .proved(version: 2, problem: nil) })
    }

    @Test("of a retired host only what it wrote since then is read") func retired() async throws {
        let relay = try await relay()
        let pi = try Example.host("pi")
        var journal = try journal([try Example.host("nas")])
        journal.retiredHosts[pi] = Example.now
        for (second, bodies) in [(-1.0, 0), (0, 0), (1, 1)] {
            var ledger = AckLedger()
            ledger.record(try listed("A", second), of: pi)
            let source = CountingCheckIns(ledger) { _ in 1 }
            _ = try await observe(relay, source, journal)
            #expect(await source.bodies == bodies, "\(second)")
        }
    }

    @Test("many destinations are looked at, each once, and those that are known not again") func destinations()
        async throws
    {
        var relay = try await relay()
        let b = try Example.key("B")
        let all = (0..<20).map { InMemoryDestination(name: "d\($0)", tells: $0 > 0) }
        for destination in all { try await destination.feed(b) }
        relay.destinations = all
        let observer = Observer(user: relay.user, ports: relay.ports)
        let snapshot = JournalSnapshot(journal: nil, etag: nil, lastModified: nil, now: Example.now)
        let seen = try await observer.observe(snapshot, known: ["d7": .needsFeeding]).0.destinations
        #expect(seen.count == 20)
        #expect(seen["d0"] == .cannotTell && seen["d7"] == .needsFeeding)
        #expect(seen.filter { $0.value == .holds(b.id) }.count == 18)
    }

    @Test("some of those that are behind are read, to explain them") func explaining() async throws {
        let relay = try await relay()
        let hosts = try (10..<30).map { try Example.host("h\($0)") }
        var ledger = AckLedger()
        for host in hosts { ledger.record(try listed("A"), of: host) }
        let source = CountingCheckIns(ledger) { _ in 1 }
        let observation = try await observe(relay, source, try journal(hosts), explaining: 5)
        #expect(await source.bodies == 5)
        for host in hosts.prefix(5) { #expect(observation.checkIns[host]?.version == 1) }
    }

    @Test("a waived host is not waited for") func waived() async throws {
        let relay = try await relay()
        let hosts = try ["nas", "pi"].map { try Example.host($0) }
        var ledger = AckLedger()
        ledger.record(try listed("B"), of: hosts[0])
        var journal = try journal(hosts)
        var source = CountingCheckIns(ledger) { _ in 2 }
        _ = try await observe(relay, source, journal)
        #expect(await source.bodies == 0)
        journal.waivers = [.init(subject: .host(hosts[1]), version: 2, reason: "", by: "", at: Example.now)]
        source = CountingCheckIns(ledger) { _ in 2 }
        _ = try await observe(relay, source, journal)
        #expect(await source.bodies == 1)
    }

    @Test("hosts that are seen for the first time are read, strangers' keys are not") func discovery() async throws {
        let relay = try await relay()
        var ledger = AckLedger()
        ledger.record(try listed("A"), of: try Example.host("new"))
        ledger.record(try listed("X"), of: try Example.host("unknown"))
        ledger.record(try listed("A"), of: try Example.host("declared"))
        var journal = try journal([])
        journal.hosts[try Example.host("declared")] = .declared
        let source = CountingCheckIns(ledger) { _ in 1 }
        let observation = try await observe(relay, source, journal)
        #expect(await source.bodies == 2)
        #expect(observation.checkIns[try Example.host("unknown")]?.evidence == .listed)
    }

    @Test("nothing is read in a steady state") func steady() async throws {
        let relay = try await relay()
        let hosts = try ["nas", "pi"].map { try Example.host($0) }
        var ledger = AckLedger()
        for host in hosts { ledger.record(try listed("B"), of: host) }
        var journal = try journal(hosts)
        journal.previous = .init(id: try Example.id("X"), state: .deleted)
        let source = CountingCheckIns(ledger) { _ in 2 }
        _ = try await observe(relay, source, journal)
        #expect(await source.bodies == 0)
    }

    @Test("a proof of a version that does not exist does not hide what the host says now") func versionsToCome()
        async throws
    {
        // The parameter was deleted and made anew, so versions restarted; or the host lies.
        let relay = try await relay()
        let (a, nas) = (try Example.id("A"), try Example.host("nas"))
        var ledger = AckLedger()
        ledger.record(try listed("A", -5), of: nas)
        ledger.record(try listed("B"), of: nas)
        let source = CountingCheckIns(ledger) { $0 == a ? 57 : 2 }
        let observation = try await observe(relay, source, try journal([nas]))
        #expect(observation.checkIns[nas]?.evidence == .proved(version: 2, problem: nil))
        var lone = AckLedger()
        lone.record(try listed("B"), of: nas)
        let liar = CountingCheckIns(lone) { _ in 57 }
        let doubted = try await observe(relay, liar, try journal([nas]))
        #expect(doubted.checkIns[nas]?.evidence == .refused(.unknownVersion(57)))
    }
}
