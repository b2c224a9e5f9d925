import FoundationEssentials
import Handover
import Rotation
import Secrets
import Testing

@testable import RotatorCommands

/// What `wait` takes for the end.
struct WaitTests {
    private func report(_ phase: Phase, _ states: [StatusReport.Host.State]) throws -> StatusReport.User {
        let (new, old) = (try key("NEW"), try key("OLD"))
        let hosts = try states.enumerated().map { index, state in
            StatusReport.Host(
                host: try #require(HostID("pi-\(index)")), expected: true, state: state,
                keyID: state == .current ? new : old)
        }
        var user = StatusReport.User(
            user: try #require(UserName("backup")), phase: phase, hosts: hosts,
            decision: .init(kind: .wait, action: nil, reason: "NEW is young", until: nil))
        user.new = .init(id: new, version: 2, publishedAt: .distantPast, createdAt: nil)
        return user
    }

    private func key(_ word: String) throws -> AccessKeyID { try #require(AccessKeyID("AKIA\(word)EXAMPLE000042")) }

    @Test(arguments: [Phase.steady, .observing])
    func `A host without the new key is waited for, whether there is an old one or not`(phase: Phase) throws {
        let acknowledged = WaitCommand.Goal.acknowledged
        #expect(try acknowledged.isReached(by: report(phase, [.current, .waived])))
        #expect(try !acknowledged.isReached(by: report(phase, [.current, .behind])))
        #expect(try !acknowledged.isReached(by: report(phase, [.problem])))
        #expect(try !acknowledged.isReached(by: report(phase, [.silent])))
    }

    @Test func `Between publication and settling nothing is reached`() throws {
        for goal in WaitCommand.Goal.allCases {
            #expect(try !goal.isReached(by: report(.publishing, [.current])))
            // Seen, and not proved yet.
            #expect(try !goal.isReached(by: report(.distributing, [.current])))
        }
        #expect(try WaitCommand.Goal.acknowledged.isReached(by: report(.settling, [.current])))
        #expect(try !WaitCommand.Goal.retired.isReached(by: report(.observing, [.current])))
        #expect(try WaitCommand.Goal.retired.isReached(by: report(.steady, [.behind])))
    }

    @Test func `While a leaked key is on its way out, nothing is reached`() throws {
        var user = try report(.steady, [.current])
        user.revocation = .init(
            keys: [.init(id: try key("NEW"), state: .deactivated, since: .distantPast)], reason: "leaked", by: "ann")
        for goal in WaitCommand.Goal.allCases { #expect(!goal.isReached(by: user)) }
    }
}
