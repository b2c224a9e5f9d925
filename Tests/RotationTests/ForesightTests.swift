import Handover
import Rotation
import Testing

/// A rehearsal says what the run then does, up to the first step whose outcome it cannot know.
@Suite struct ForesightTests {
    private func foreseen(_ relay: Relay, _ request: Request = .proceed) async throws -> [Decision] {
        let (snapshot, observation) = try await relay.driver().look()
        return Planner.foresee(observation, from: snapshot, policy: relay.policy, request: request, user: relay.user)
    }

    private func actions(_ decisions: [Decision]) -> [Action] {
        decisions.compactMap { if case .act(let action, _) = $0 { action } else { nil } }
    }

    @Test func theFirstRunIsForeseenToItsEnd() async throws {
        let relay = try await Relay.steady()
        let decisions = try await foreseen(relay)
        let (end, done) = await relay.run()
        #expect(done.count == 2 && actions(decisions) == done)
        #expect(decisions.last.map { .decided($0) } == end)
    }

    @Test func theKeyThatARotationMakesIsForeseenBehindItsBookkeeping() async throws {
        let relay = try Relay()
        let decisions = try await foreseen(relay)
        #expect(actions(decisions).last == .create && decisions.count == 3)
        let (_, done) = await relay.run()
        #expect(Array(done.prefix(3)) == actions(decisions))
    }

    @Test func whatWasAskedForIsTheLastThatIsForeseen() async throws {
        let relay = try await Relay.steady()
        await relay.run()
        await relay.run(.rotate)
        let nas = try Example.host("nas")
        let decisions = try await foreseen(relay, .waive(.host(nas), reason: "sold", by: "test"))
        #expect(actions(decisions) == [.waive(.host(nas), reason: "sold", by: "test")] && decisions.count == 1)
    }

    @Test func whatIsRefusedIsForeseenAsRefused() async throws {
        let relay = try await Relay.steady()
        await relay.run()
        let decisions = try await foreseen(relay, .rollback)
        let (end, done) = await relay.run(.rollback)
        #expect(decisions.map { .decided($0) } == [end] && done.isEmpty)
    }
}
