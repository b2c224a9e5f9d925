import FoundationEssentials
import Handover
import Rotation
import Secrets
import Testing

/// The product's driver over the cloud in memory, with a policy of whole days.
struct Relay {
    let cloud: InMemoryCloud
    let user: UserName
    let boot = BootClock()
    var policy = Policy()
    var destinations: [any Destination] = []

    init() throws {
        user = try Example.user()
        cloud = InMemoryCloud(now: Example.now, keysToMake: try "ABCDE".map { try Example.key($0) })
        policy.hosts = [try Example.host("nas"), try Example.host("pi")]
    }

    /// A is published, and both hosts hold it.
    static func steady() async throws -> Relay {
        let relay = try Relay()
        let first = try await relay.cloud.makeKey()
        await relay.cloud.put(try #require(PublishedKeys(new: first, old: nil)))
        await relay.cloud.use(first.id)
        try await relay.checkIn("nas", "pi")
        return relay
    }

    func driver() -> Driver { Driver(user: user, ports: ports) }

    var ports: Ports {
        Ports(
            journals: cloud, issuer: cloud, publication: cloud, destinations: destinations, checkIns: cloud,
            bootTime: { [boot] in boot.now }, sleep: { [cloud] in await cloud.advance(by: $0) })
    }

    @discardableResult
    func run(_ request: Request = .proceed) async -> (end: Pass.End, actions: [Action]) {
        await driver().run(pass(request))
    }

    func pass(_ request: Request = .proceed) -> Pass {
        Pass(
            user: user, owner: "test", nonce: randomBytes(8).hexadecimal, policy: policy, request: request)
    }

    func checkIn(_ hosts: String...) async throws {
        for host in hosts { try await cloud.checkIn(try Example.host(host), user: user) }
    }

    func journal() async throws -> Journal {
        let object = try #require(await cloud.journal)
        return try Journal(decoding: object.bytes, user: user)
    }

    func status(_ letter: Character) async throws -> Observation.KeyStatus? {
        let id = try Example.id(letter)
        return await cloud.keys[id]?.status
    }
}
