import AWS
import FoundationEssentials
import Handover
import Refresher
import Secrets
import Synchronization
import Testing

/// The user `backup` with OLD held and NEW published as version 2, and a clock that only sleeping moves.
struct Scene {
    static let arn = "arn:aws:iam::123456789012:user/backup"
    static let epoch = Date(timeIntervalSince1970: 1_790_000_000)

    let old = key("OLD")
    let new = key("NEW")
    let services = FakeServices()
    let slept = Slept()

    final class Slept: Sendable {
        private let durations = Mutex<[Duration]>([])
        var all: [Duration] { durations.withLock { $0 } }
        var total: Duration { all.reduce(.zero, +) }
        func add(_ duration: Duration) { durations.withLock { $0.append(duration) } }
    }

    init() {
        services.state.withLock {
            $0.owners = [old: Self.arn, new: Self.arn]
            $0.versions = [Self.text(old, nil), Self.text(new, old)]
            $0.writtenAt = Self.epoch - 3600
        }
    }

    static func key(_ name: String) -> AccessKey {
        let id = "AKIA" + name + String(repeating: "7", count: 16 - name.utf8.count)
        guard let id = AccessKeyID(id),
            let key = AccessKey(
                id: id, secret: Secret("secret/of+\(name)=" + String(repeating: "x", count: 24)))
        else { preconditionFailure("not a key: \(name)") }
        return key
    }

    static func text(_ new: AccessKey, _ old: AccessKey?) -> Secret {
        guard let keys = PublishedKeys(new: new, old: old) else { preconditionFailure("one id twice") }
        return keys.text
    }

    static func name<Name>(_ make: (String) -> Name?, _ text: String) -> Name {
        guard let name = make(text) else { preconditionFailure("not a name: \(text)") }
        return name
    }

    let user = name(UserName.init, "backup")
    let host = name(HostID.init, "nas")

    func run(
        _ targets: any KeyTarget..., adopt: Bool = false, adoptAfter: Duration = .seconds(60),
        expected: Principal? = nil, rendezvous: AccessKey? = nil
    ) async -> RefreshOutcome {
        var run = makeRun(targets)
        run.replacesUnknownKeys = adopt
        run.adoptAfter = adoptAfter
        run.expectedPrincipal = expected
        if let rendezvous { run.rendezvousKey = { rendezvous } }
        return await run.execute()
    }

    func makeRun(_ targets: [any KeyTarget]) -> RefreshRun {
        let slept = slept
        return RefreshRun(
            user: user, parameter: "/keybaton/backup", expectedPrincipal: nil,
            host: HostDescription(
                id: host, name: "nas", operatingSystem: "Debian", architecture: "x86_64", agentVersion: "1"),
            adoptAfter: .seconds(60), replacesUnknownKeys: false, targets: targets, services: services,
            clock: AWSClock(
                now: { Self.epoch + slept.total / .seconds(1) }, sleep: { slept.add($0) }, random: { 0.5 }))
    }

    /// The check-in under this key, if there is one and its proof verifies.
    func checkIn(under key: AccessKey) throws -> CheckIn? {
        let name = ObjectName.checkIn(of: host, user: user, key: key.id)
        return try services.state.withLock { $0.checkIns[name] }?.verified(user: user, key: key, host: host)
    }
}
