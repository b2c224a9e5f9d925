import FoundationEssentials
import Handover
import Rotation
import Secrets
import Testing

/// Every state of the journal beside every state of IAM, under every strategy: whatever the strategy was before, changing
/// it in the middle of a rotation leads nowhere else.
@Suite("Whatever stands in the journal and in IAM") struct PlannerPropertyTests {
    private static let ages: [Duration] = [.seconds(300), .days(5), .days(100)]

    private static func previousStates() -> [Journal.Previous.State] {
        [.active, .deactivating, .deleted] + ages.map { .inactive(since: Example.now - $0) }
    }

    private struct Case {
        var situation: Situation
        var request: Request
        var hasStranger: Bool
        var isSafe: Bool
    }

    /// What differs between destinations: what is seen, and whether OLD may go beside it.
    private func destinations() throws -> [([String: Observation.Destination], isSafe: Bool)] {
        [
            ([:], true), (["d": .holds(try Example.id("B"))], true), (["d": .failing("503: renew its token")], false),
            (["d": .cannotTell], false),
        ]
    }

    private func cases(_ retirement: Retirement) throws -> [Case] {
        let (a, b, x) = (try Example.id("A"), try Example.id("B"), try Example.id("X"))
        var cases: [Case] = []
        for age in Self.ages {
            for holders in [[], ["pi"], ["nas", "pi"]] {
                for state in Self.previousStates() {
                    for oldStatus in [.active, .inactive, .other("Odd"), nil] as [Observation.KeyStatus?] {
                        for newStatus in [.active, .inactive, nil] as [Observation.KeyStatus?] {
                            for (destinations, isSafe) in try destinations() {
                                var situation = try Situation.distributing()
                                situation.policy = Policy(retirement: retirement)
                                situation.journal?.current?.publishedAt = Example.now - age
                                situation.journal?.previous?.state = state
                                situation.journal?.fed = ["d": b]
                                situation.observation.destinations = destinations
                                situation.observation.keys = [:]
                                if let newStatus {
                                    situation.observation.keys[b] = .init(
                                        status: newStatus, createdAt: Example.now - age)
                                }
                                if let oldStatus {
                                    situation.observation.keys[a] = .init(
                                        status: oldStatus, createdAt: Example.now - .days(200))
                                }
                                for host in ["nas", "pi"] {
                                    let key: Character = holders.contains(host) ? "A" : "B"
                                    try situation.checkIn(host, key, version: 2, at: Example.now)
                                }
                                for request in [.proceed, .rotate] as [Request] {
                                    cases.append(
                                        Case(situation: situation, request: request, hasStranger: false, isSafe: isSafe)
                                    )
                                }
                                situation.observation.keys[x] = .init(status: .active, createdAt: Example.now)
                                cases.append(
                                    Case(situation: situation, request: .proceed, hasStranger: true, isSafe: isSafe))
                            }
                        }
                    }
                }
            }
        }
        return cases
    }

    @Test("no key goes before its time, and none is made beside two", arguments: Retirement.allCases)
    func everyState(_ retirement: Retirement) throws {
        var actions = Set<String>()
        for example in try cases(retirement) {
            let situation = example.situation
            let decision = situation.decide(example.request)
            let place = Comment(rawValue: "\(example.request) \(situation) => \(decision)")
            switch decision {
            case .act(let action, _):
                actions.insert("\(action)")
                try expectSound(action, example, place)
            case .wait(_, let until):
                if let until { #expect(until > situation.now, place) }
            case .hold: expectHold(decision)
            }
        }
        #expect(
            actions.contains { $0.hasPrefix("create") } && actions.contains { $0.hasPrefix("delete") }, "\(actions)")
        #expect(actions.contains { $0.hasPrefix("deactivate") } == (retirement != .nextRotation))
    }

    private func expectSound(_ action: Action, _ example: Case, _ place: Comment) throws {
        let situation = example.situation
        let old = try Example.id("A")
        let keys = situation.observation.keys
        switch action {
        case .create:
            #expect(keys[old] == nil && !example.hasStranger, place)
            #expect(example.isSafe || situation.observation.destinations["d"] == .cannotTell || keys.isEmpty, place)
        case .deactivate(let id), .delete(let id):
            #expect(id == old && !example.hasStranger && example.isSafe, place)
            #expect(keys[try Example.id("B")]?.status == .active, place)
            try expectTimely(action, example, place)
        case .feed, .recordDeactivation, .recordReactivation: break
        default: Issue.record(place)
        }
    }

    private func expectTimely(_ action: Action, _ example: Case, _ place: Comment) throws {
        let situation = example.situation
        let policy = situation.policy
        let old = try Example.id("A")
        let published = try #require(situation.journal?.current?.publishedAt)
        let isHeld = situation.observation.checkIns.values.contains { $0.keyID == old }
        let isDeletion = action == .delete(old)
        if policy.retirement == .nextRotation {
            #expect(isDeletion, place)
            #expect(situation.now >= published + policy.rotateAfter || example.request == .rotate && !isHeld, place)
            return
        }
        if isDeletion {
            guard case .inactive(let since) = situation.journal?.previous?.state else {
                Issue.record(place)
                return
            }
            #expect(
                situation.observation.keys[old]?.status == .inactive && situation.now >= since + policy.grace, place)
        }
        switch policy.retirement {
        case .acknowledged: #expect(!isHeld, place)
        case .scheduled: #expect(isDeletion || situation.now >= published + policy.deactivateAfter, place)
        case .nextRotation: break
        }
    }
}
