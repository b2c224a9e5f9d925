import FoundationEssentials
import Handover
import Rotation
import Testing

@Suite("What happens by itself next") struct ForecastTests {
    private func steps(_ situation: Situation) -> [Forecast] {
        Forecast.steps(situation.observation, from: situation.snapshot, policy: situation.policy)
    }

    private func expect(
        _ situation: Situation, _ expected: [(Forecast.Step, Duration)], _ location: SourceLocation = #_sourceLocation
    ) {
        let told = steps(situation).map { "\($0.step) \($0.at)" }
        #expect(told == expected.map { "\($0.0) \(Example.now + $0.1)" }, sourceLocation: location)
    }

    @Test func steadyRotates() throws {
        let situation = try Situation.steady()
        expect(situation, [(.rotate, .days(20))])
        let step = try #require(steps(situation).first)
        #expect(step.keyID == (try Example.id("A")))
        #expect(!step.isNear(at: Example.now, situation.policy))
        #expect(step.isNear(at: Example.now + .days(13), situation.policy))
    }

    @Test("acknowledged: nothing goes by itself while hosts are missing") func acknowledged() throws {
        expect(try Situation.distributing(), [])
        var situation = try Situation.settling()
        expect(situation, [(.deactivate, .zero)])
        situation.observation.keys[try Example.id("A")]?.lastUse = nil
        expect(situation, [(.deactivate, .days(3))])
        situation.journal?.reactivatedAt = Example.now
        expect(situation, [])
        expect(try Situation.observing(), [(.delete, .days(5))])
    }

    @Test("scheduled: both dates, with the hosts that lose access") func scheduled() throws {
        var situation = try Situation.distributing()
        situation.policy = Policy(retirement: .scheduled)
        situation.observation.keys[try Example.id("A")]?.lastUse = .init(at: Example.now, service: "s3", region: "")
        expect(situation, [(.deactivate, .days(8)), (.delete, .days(18))])
        situation.policy.quietPeriod = .zero
        expect(situation, [(.deactivate, .days(5)), (.delete, .days(15))])
        #expect(
            steps(situation).map(\.losing)
                == Array(repeating: [try Example.host("nas"), try Example.host("pi")], count: 2))
        var later = try Situation.observing()
        later.policy = situation.policy
        expect(later, [(.delete, .days(8))])
    }

    @Test("next-rotation: OLD goes when the rotation begins") func succession() throws {
        var situation = try Situation.distributing()
        situation.policy = Policy(retirement: .nextRotation)
        expect(situation, [(.delete, .days(25)), (.rotate, .days(25))])
    }

    @Test("nothing, while a person or a destination is needed first") func nothing() throws {
        var situation = try Situation.steady()
        situation.observation.keys[try Example.id("X")] = .init(status: .active, createdAt: Example.now)
        expect(situation, [])
        situation = try Situation.steady()
        situation.observation.destinations = ["d": .failing("")]
        expect(situation, [])
        situation = try Situation.steady()
        situation.journal?.revocation = .init(keys: [], reason: "", by: "")
        expect(situation, [])
        situation = try Situation.steady()
        situation.journal = nil
        expect(situation, [])
    }
}
