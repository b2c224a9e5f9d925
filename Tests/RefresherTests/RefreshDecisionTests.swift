import Secrets
import FoundationEssentials
import Handover
import Refresher
import Testing

@Suite("What the agent does with a target") struct RefreshDecisionTests {
    private static let published = Date(timeIntervalSince1970: 1_800_000_000)
    private static let problem = CheckIn.Problem(code: "unreadable", message: "permission denied")

    private func id(_ letter: Character) throws -> AccessKeyID {
        try #require(AccessKeyID("AKIAEXAMPLEKEY00000\(letter)"))
    }

    /// B is NEW, A is OLD, E was published earlier; U never was.
    private func decide(
        _ targets: [TargetState], adopting: Bool = false, hasOld: Bool = true, publishedAt: Date? = published
    ) throws -> RefreshDecision {
        RefreshDecision(
            targets: targets, published: PublishedIDs(new: try id("B"), old: hasOld ? try id("A") : nil),
            earlier: [try id("E"), try id("A")], publishedAt: publishedAt, adoptAfter: .seconds(60),
            replacesUnknownKeys: adopting)
    }

    @Test("NEW is kept") func new() throws {
        let decision = try decide([.key(id("B"))])
        #expect(decision.steps == [.keep])
        #expect(decision.installNotBefore == nil)
    }

    @Test("OLD, and every key that was published earlier, is replaced", arguments: ["A", "E"] as [Character])
    func published(_ letter: Character) throws {
        #expect(try decide([.key(id(letter))]).steps == [.install])
        #expect(try decide([.key(id(letter))], hasOld: false).steps == [.install])
    }

    @Test("a target without a key gets NEW") func none() throws {
        #expect(try decide([.none]).steps == [.install])
    }

    @Test("a key that was never published is left alone, unless the operator allowed it") func unknown() throws {
        guard case .leave(let problem) = try decide([.key(id("U"))]).steps[0] else {
            Issue.record("an unknown key is replaced")
            return
        }
        #expect(problem.code == "unknown-key")
        #expect(problem.message.contains("AKIAEXAMPLEKEY00000U"))
        #expect(problem.message.contains("--adopt"))
        #expect(try decide([.key(id("U"))]).installNotBefore == nil)
        #expect(try decide([.key(id("U"))], adopting: true).steps == [.install])
    }

    @Test("a target that cannot be read is left alone, whatever the operator allowed") func unreadable() throws {
        for adopting in [false, true] {
            #expect(try decide([.unreadable(Self.problem)], adopting: adopting).steps == [.leave(Self.problem)])
        }
    }

    @Test("one target's trouble does not stop the others, and the order stays") func several() throws {
        let decision = try decide([.unreadable(Self.problem), .key(id("B")), .key(id("A")), .key(id("U")), .none])
        #expect(
            decision.steps == [
                .leave(Self.problem), .keep, .install, .leave(.unknownKey(try id("U"))), .install,
            ])
        #expect(try decide([]).steps.isEmpty)
    }

    @Test("NEW is not installed before it is old enough; without a date it may be") func adoptAfter() throws {
        #expect(try decide([.key(id("B")), .key(id("A"))]).installNotBefore == Self.published.addingTimeInterval(60))
        let undated = try #require(try decide([.none], publishedAt: nil).installNotBefore)
        #expect(undated < Self.published)
    }

    @Test("a host checks in under its worst key")
    func worst() throws {
        let (new, old, unknown) = (
            try TargetState.key(id("B")), try TargetState.key(id("A")), try TargetState.key(id("U"))
        )
        let table: [([TargetState], Character?)] = [
            ([], nil), ([.none], nil), ([.unreadable(Self.problem)], nil), ([new], "B"), ([new, new], "B"),
            ([new, old], "A"), ([old, new], "A"), ([old, new, unknown], "U"), ([unknown, old], "U"),
            ([.none, new], "B"), ([.unreadable(Self.problem), new], "B"), ([new, .none, old], "A"),
        ]
        let published = PublishedIDs(new: try id("B"), old: try id("A"))
        for (targets, letter) in table {
            let expected = try letter.map { try id($0) }
            #expect(RefreshDecision.worst(of: targets, published: published) == expected, "\(targets)")
        }
        let first = PublishedIDs(new: try id("B"), old: nil)
        #expect(RefreshDecision.worst(of: [new, old], published: first) == (try id("A")))
    }
}
