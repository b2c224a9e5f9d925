import Console
import FoundationEssentials
import Handover
import Rotation
import RotationServices
import Synchronization
import Testing

@testable import RotatorCommands

/// One run over many users, with the real planner, pass and driver.
struct SweepTests {
    /// Every third user without a key, the others due by so many days as their number says.
    private func estate(_ count: Int) async throws -> (Estate, [ManagedUser]) {
        let estate = Estate()
        var users: [ManagedUser] = []
        for number in 0..<count {
            let name = try #require(UserName("user-\(number)"))
            if number % 3 == 0 { await estate.add(name) } else { try await estate.add(name, age: .days(30 + number)) }
            users.append(
                ManagedUser(
                    name: name, parameter: "/keybaton/\(name)", parameterKind: .secureString, countsLegacyAcks: false,
                    policy: Policy(), destinations: []))
        }
        return (estate, users)
    }

    private func sweep(
        _ estate: Estate, limit: Int, isStopping: @escaping @Sendable () -> Bool = { false },
        finished: @escaping @Sendable (PassOutcome) async -> Void = { _ in }
    ) -> Sweep {
        Sweep(
            limit: limit, isStopping: isStopping,
            pass: { user, mayBegin in
                let driver = Driver(user: user.name, ports: await estate.ports(of: user.name))
                let pass = Pass(
                    user: user.name, owner: "test", nonce: "n", policy: user.policy, mayBegin: mayBegin)
                let (end, actions) = await driver.run(pass, isStopping: isStopping)
                return PassOutcome(
                    user, end: end, actions: actions, error: await driver.error, look: await driver.lastLook,
                    mayBegin: mayBegin)
            },
            finished: finished)
    }

    @Test func `The end is the same in any order, whoever is fast`() async throws {
        var ends: [[UserName: Estate.State]] = []
        var creations: [Set<UserName>] = []
        for order in 0..<6 {
            let (estate, users) = try await estate(30)
            let shuffled = order == 0 ? users : order == 1 ? users.reversed() : users.shuffled()
            let outcomes = await sweep(estate, limit: 7).run(shuffled)
            #expect(outcomes.map(\.user.name) == shuffled.map(\.name))
            ends.append(await estate.states)
            creations.append(Set(await estate.created))
        }
        #expect(ends.allSatisfy { $0 == ends[0] } && creations.allSatisfy { $0 == creations[0] })
        #expect(creations[0].count == 7)
    }

    @Test func `No more than the limit begin: those without a key first, then the longest due`() async throws {
        let (estate, users) = try await estate(9)
        let outcomes = await sweep(estate, limit: 5).run(users)
        // 0, 3 and 6 have no key; of the others 8 and 7 are the oldest.
        #expect(Set(await estate.created.map(\.description)) == ["user-0", "user-3", "user-6", "user-7", "user-8"])
        let waiting = outcomes.filter { $0.withheldSince != nil }.map(\.user.name.description)
        #expect(waiting == ["user-1", "user-2", "user-4", "user-5"])
        #expect(outcomes.count { $0.actions.contains(.create) } == 5)
        _ = await sweep(estate, limit: 5).run(users)
        #expect(await estate.created.count == 9)
    }

    @Test func `With two keys the deletion that makes room is withheld with the creation`() async throws {
        let (estate, users) = try await estate(2)
        let user = users[1]
        _ = await sweep(estate, limit: 2).run([user])
        let keys = try #require(await estate.states[user.name]?.keys)
        #expect(keys.count == 2)
        var twoKeys = user
        twoKeys.policy = Policy(retirement: .nextRotation, rotateAfter: .zero)
        let held = await sweep(estate, limit: 2).pass(twoKeys, false)
        #expect(held.withheldSince != nil && !held.actions.contains(where: \.changesKeys))
        guard case .decided(.act(.delete, _)) = held.end else { throw Estate.Failure() }
        #expect(await estate.states[user.name]?.keys == keys)
    }

    @Test func `Every user is heard of once, and one that fails stops nobody`() async throws {
        let (estate, users) = try await estate(12)
        await estate.fail(users[4].name)
        let heard = Mutex<[UserName]>([])
        let outcomes = await sweep(
            estate, limit: 3, finished: { outcome in heard.withLock { $0.append(outcome.user.name) } }
        )
        .run(users)
        #expect(heard.withLock { $0.sorted() } == users.map(\.name).sorted())
        #expect(outcomes.count == 12 && outcomes[4].error is Estate.Failure)
        #expect(await estate.created.count == 3)
    }

    @Test func `Without more users than the limit each has one pass`() async throws {
        let (estate, users) = try await estate(5)
        let outcomes = await sweep(estate, limit: 5).run(users)
        #expect(await estate.created.count == 5)
        #expect(outcomes.allSatisfy { $0.withheldSince == nil && $0.actions.contains(.create) })
    }

    @Test func `Whom a stop keeps from beginning is not said to wait for the limit`() async throws {
        let (estate, users) = try await estate(6)
        let passes = Atomic<Int>(0)
        var sweep = sweep(estate, limit: 5)
        let pass = sweep.pass
        sweep = Sweep(
            limit: 5, isStopping: { passes.load(ordering: .relaxed) >= 6 },
            pass: { user, mayBegin in
                let outcome = await pass(user, mayBegin)
                passes.add(1, ordering: .relaxed)
                return outcome
            })
        let outcomes = await sweep.run(users)
        #expect(outcomes.count == 6 && outcomes.count { $0.withheldSince != nil } == 1)
        #expect(await estate.created.isEmpty)
    }

    @Test func `A stop leaves out who is not begun, and what is begun ends between two actions`() async throws {
        let (estate, users) = try await estate(40)
        let done = Atomic<Int>(0)
        let outcomes = await sweep(
            estate, limit: 40, isStopping: { done.load(ordering: .relaxed) >= 3 },
            finished: { _ in done.add(1, ordering: .relaxed) }
        ).run(users)
        #expect(outcomes.count >= 3 && outcomes.count < 40)
        for outcome in outcomes where outcome.error != nil {
            #expect(
                outcome.error as? DriverError == .stopped && CommandFailure(DriverError.stopped).status == .temporary)
        }
        // Nothing is in flight: no journal names a lease, and the next run goes on from there.
        for (user, state) in await estate.states {
            let journal = try state.journal.map { try Journal(decoding: $0, user: user) }
            #expect(journal?.lease == nil)
        }
        _ = await sweep(estate, limit: 40).run(users)
        #expect(await estate.created.sorted() == users.map(\.name).sorted())
    }
}
