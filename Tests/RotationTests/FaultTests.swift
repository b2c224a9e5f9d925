import Secrets
import FoundationEssentials
import Handover
import Rotation
import Testing

/// Each fault at each call of the rotator, on each day of a rotation: nobody is locked out, and it comes to its end.
@Suite("Faults at every call") struct FaultTests {
    static let operations: [InMemoryCloud.Operation] = [
        .readJournal, .writeJournal, .listKeys, .createKey, .setStatus, .deleteKey, .readParameter, .publish,
        .listCheckIns, .readCheckIns,
    ]

    @Test(
        "nobody is locked out, and the rotation ends", arguments: operations,
        [.refused, .answerLost] as [InMemoryCloud.Fault])
    func everyDay(_ operation: InMemoryCloud.Operation, _ fault: InMemoryCloud.Fault) async throws {
        for faultyRun in 0..<8 {
            let relay = try await Relay.steady()
            await relay.run()
            await relay.cloud.advance(by: .days(30))
            var runs = 0
            for day in 0..<60 where try await !isOver(relay) {
                if runs >= faultyRun, runs < faultyRun + 2 { await relay.cloud.fail(operation, fault) }
                await relay.run()
                runs += 1
                for host in ["nas", "pi"] {
                    let held = try #require(await relay.cloud.held(by: try Example.host(host)))
                    #expect(await relay.cloud.keys[held]?.status == .active, "day \(day), run \(faultyRun)")
                }
                await relay.cloud.advance(by: .seconds(3600))
                try await relay.checkIn("nas", "pi")
                await relay.cloud.advance(by: .days(1) - .seconds(3600))
            }
            let end = await relay.run().end
            #expect(try await isOver(relay), "run \(faultyRun): \(end)")
            #expect(await relay.cloud.keys.count == 1)
        }
    }

    private func isOver(_ relay: Relay) async throws -> Bool {
        let first = try Example.id("A")
        guard let journal = await relay.cloud.journal else { return false }
        let read = try Journal(decoding: journal.bytes, user: relay.user)
        return await relay.cloud.keys[first] == nil && read.lease == nil && read.unresolved == nil
            && read.previous?.state == .deleted
    }

    @Test("a rotator that was stopped for longer than its lease changes nothing") func paused() async throws {
        let relay = try await Relay.steady()
        await relay.run()
        var pass = relay.pass(.rotate)
        while let effect = pass.effect {
            switch effect {
            case .readJournal: pass.resume(with: .journal(try await relay.cloud.read(of: relay.user)))
            case .observe(let snapshot):
                let observer = Observer(user: relay.user, ports: relay.ports)
                pass.resume(with: .observed(try await observer.observe(snapshot).0))
            case .writeJournal(let journal, let etag):
                let receipt = try await relay.cloud.write(journal, replacing: etag)
                pass.resume(with: receipt.map { .written(etag: $0.etag, at: $0.at) } ?? .notWritten)
            case .createKey(let signedAt):
                await relay.cloud.advance(by: leaseDuration)
                await relay.run()
                let error = await #expect(throws: EffectError.self) {
                    try await relay.cloud.createKey(for: relay.user, signedAt: signedAt)
                }
                guard case .refused = error else { return }
                pass.resume(with: .refused("the signature has expired"))
            default:
                Issue.record("\(effect)")
                return
            }
        }
        #expect(pass.end == .superseded, "the other rotator has taken over")
        #expect(await relay.cloud.keys.count == 1)
    }

    @Test("two rotators at once make one key") func twoAtOnce() async throws {
        let relay = try await Relay.steady()
        await relay.run()
        async let first = relay.run(.rotate)
        async let second = relay.run(.rotate)
        _ = await (first, second)
        #expect(await relay.cloud.keys.count == 2)
        #expect(await relay.cloud.calls.count { $0.operation == .createKey } == 1)
        #expect(await relay.cloud.versions.count == 2)
    }
}

extension InMemoryCloud {
    /// The key of the host's newest check-in: it installs NEW whenever it checks in.
    func held(by host: HostID) -> AccessKeyID? {
        checkIns[host]?.max { $0.value.at < $1.value.at }?.key
    }
}
