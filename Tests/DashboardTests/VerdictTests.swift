import Dashboard
import Handover
import Rotation
import Testing

/// One sentence says how it stands.
@Suite struct VerdictTests {
    @Test func aRotationThatWaitsNamesWhomItWaitsFor() throws {
        let verdict = Verdict([try PageSamples.distributing()])
        #expect(verdict.tone == .working)
        #expect(verdict.sentence == "3 of 4 hosts hold the new key; the old one stays until nas-2 reports.")
    }

    @Test func manyMissingHostsAreCounted() throws {
        let hosts = try (1...9).map { try PageSamples.host("pi-\($0)", $0 < 3 ? .current : .behind) }
        let user = try PageSamples.user("backup", .distributing, hosts: hosts)
        #expect(
            Verdict(user).sentence
                == "2 of 9 hosts hold the new key; the old one stays until pi-3, pi-4 and 5 more report.")
    }

    @Test func aHoldComesBeforeEverythingElse() throws {
        let verdict = Verdict(try PageSamples.all())
        #expect(verdict.tone == .attention)
        #expect(verdict.sentence == "photos is on hold: a person must decide.")
    }

    @Test func waivedHostsAreNotWaitedFor() throws {
        #expect(
            Verdict(try PageSamples.held()).sentence
                == "On hold: a person must decide. 1 of 3 hosts hold the new key (and 1 is waived); the old one stays until "
                + "attic-pi and old-nas report.")
    }

    @Test func aHostThatFellSilentAfterItMovedHoldsTheNewKey() throws {
        let hosts = [try PageSamples.host("nas", .silent, key: "NEW", seen: 100), try PageSamples.host("pi", .current)]
        let verdict = Verdict(try PageSamples.user("backup", .steady, hosts: hosts))
        #expect(verdict.sentence == "All 2 hosts hold the current key.")
        #expect(verdict.tone == .attention)
    }

    @Test func allIsWell() throws {
        let one = try PageSamples.user("media", .steady, hosts: [PageSamples.host("tv", .current)])
        let two = try PageSamples.user("music", .steady, hosts: [PageSamples.host("hifi", .current)])
        #expect(Verdict([one]) == Verdict(.good, "The only host holds the current key."))
        #expect(Verdict([one, two]) == Verdict(.good, "All 2 hosts of 2 users hold their current keys."))
    }

    @Test func hostsThatARevocationLeftWithoutAKeyAreNoGoodNews() throws {
        let hosts = try (1...4).map { try PageSamples.host("pi-\($0)", .behind) }
        let user = try PageSamples.user("backup", .steady, hosts: hosts)
        #expect(user.needsAttention)
        #expect(
            Verdict(user)
                == Verdict(.attention, "0 of 4 hosts hold the current key; no old one is kept for the others."))
        let well = try PageSamples.user("media", .steady, hosts: [PageSamples.host("tv", .current)])
        #expect(Verdict([user, well]).tone == .attention)
        #expect(Verdict([user, user]).sentence == "2 of 2 users need a look; hosts may have lost access.")
        #expect(Attention.all(in: [user]).map(\.count) == [4])
    }

    @Test(arguments: [
        (Journal.Revocation.State.named, "is being switched off: whoever holds it loses access."),
        (.deactivated, "is switched off: whoever holds it has no access, and another one is not published yet."),
        (.dead, "is switched off: whoever holds it has no access, and another one is not published yet."),
    ])
    func aLeakedCurrentKeyIsNoGoodNewsThoughEveryHostHoldsIt(state: Journal.Revocation.State, words: String) throws {
        var user = try PageSamples.user("backup", .steady, hosts: [PageSamples.host("nas", .current)])
        user.revocation = try PageSamples.revocation(of: "NEW", state)
        #expect(Verdict(user) == Verdict(.attention, "The current key has leaked and \(words)"))
    }

    @Test func aLeakedOldKeyCannotBeBroughtBack() throws {
        var user = try PageSamples.user(
            "backup", .observing, hosts: [PageSamples.host("nas", .current), PageSamples.host("pi", .behind)])
        user.revocation = try PageSamples.revocation(of: "OLD", .deactivated)
        #expect(
            Verdict(user)
                == Verdict(
                    .attention,
                    "A leaked key is on the way out: whoever holds one loses access. 1 of 2 hosts hold the current key."
                ))
    }

    @Test(arguments: [
        (
            Phase.settling,
            "The only host holds the new key; the old one stays until nobody has used it for long enough."
        ),
        (
            .observing,
            "The only host holds the new key; the old one is switched off, and can still be brought back."
        ),
        (.publishing, "The new key is on its way to where hosts read it; the old one works everywhere."),
    ])
    func everyPhaseHasItsSentence(phase: Phase, sentence: String) throws {
        let user = try PageSamples.user("backup", phase, hosts: [PageSamples.host("nas", .current)])
        #expect(Verdict(user) == Verdict(.working, sentence))
    }

    @Test(arguments: [
        (
            "scheduled",
            "0 of 1 hosts hold the new key; the old one is switched off on 2026-09-23, whoever holds it then."
        ),
        ("next-rotation", "0 of 1 hosts hold the new key; the old one works until the next rotation."),
    ])
    func aStrategyWithoutAcknowledgementsDoesNotPromiseToWait(retirement: String, sentence: String) throws {
        var user = try PageSamples.user("backup", .distributing, hosts: [PageSamples.host("nas", .behind)])
        user.retirement = retirement
        user.upcoming = [.init(step: "deactivate", at: PageSamples.ago(-48))]
        #expect(Verdict(user).sentence == sentence)
    }

    @Test func nobodyIsManagedYet() {
        #expect(Verdict([StatusReport.User]()).sentence == "No user is managed yet.")
    }
}
