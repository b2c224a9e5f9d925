import Console
import FoundationEssentials
import Handover
import Refresher
import Secrets
import Synchronization
import Testing

@testable import AgentCommands
@testable import CredentialsFile

/// What doctor finds out about one managed user, against AWS and files in memory.
struct KeyExaminationTests {
    let old: AccessKey
    let new: AccessKey
    let user: UserName
    let services = Services()
    let target: Target
    static let arn = "arn:aws:iam::123456789012:user/backup"

    init() throws {
        user = try #require(UserName("backup"))
        old = try Self.key("AKIAOLD7777777777777", "o")
        new = try Self.key("AKIANEW7777777777777", "n")
        target = Target(.key(old))
        let published = try #require(PublishedKeys(new: new, old: old)).text
        services.state.withLock { [old, new] state in
            state.versions = [published]
            state.owners = [old: Self.arn, new: Self.arn]
        }
    }

    private static func key(_ id: String, _ letter: Character) throws -> AccessKey {
        let id = try #require(AccessKeyID(id))
        return try #require(AccessKey(id: id, secret: Secret(String(repeating: letter, count: 40))))
    }

    private func examine(rendezvous: AccessKey? = nil, expected: Principal? = nil) async -> [Finding] {
        await KeyExamination(
            user: user, parameter: "/keybaton/backup", expectedPrincipal: expected, region: "eu-west-1", bucket: "b",
            host: HostID("nas").map {
                HostDescription(
                    id: $0, name: "nas", operatingSystem: "Debian", architecture: "x86_64", agentVersion: "0")
            }, targets: [target], rendezvous: rendezvous.map { key in KeyExamination.Rendezvous(place: "/r") { key } },
            services: services,
            now: { Date(timeIntervalSince1970: 1_790_000_000) }
        ).execute().findings
    }

    private func problems(_ findings: [Finding]) -> [Finding.Check: Console.ExitStatus] {
        Dictionary(
            findings.filter { $0.verdict == .problem }.map { ($0.check, $0.status) }, uniquingKeysWith: { $1 })
    }

    @Test func `A host in order has no problem, and the check-in that is made acknowledges nothing`() async throws {
        let findings = await examine()
        #expect(findings.allSatisfy { $0.verdict == .ok }, "\(findings)")
        let host = try #require(HostID("nas"))
        let name = ObjectName.checkIn(of: host, user: user, key: old.id)
        let made = services.state.withLock { $0.checkIns }
        #expect(Array(made.keys) == [name])
        let written = try #require(made[name])
        let checkIn = try written.verified(user: user, key: old, host: host)
        #expect(checkIn.problem?.code == "not-run-yet")
        #expect(target.state.withLock { $0.installed } == 0)
    }

    @Test func `A check-in that is there is never replaced`() async throws {
        let host = try #require(HostID("nas"))
        let name = ObjectName.checkIn(of: host, user: user, key: old.id)
        services.state.withLock { $0.checkIns[name] = SignedCheckIn(body: [1], proof: "x") }
        #expect(problems(await examine()).isEmpty)
        #expect(services.state.withLock { $0.checkIns[name] } == SignedCheckIn(body: [1], proof: "x"))
    }

    @Test func `What the files hold is told against what is published`() async throws {
        func told(_ content: TargetContent) async -> Finding? {
            target.state.withLock { $0.content = content }
            return await examine().first { $0.check == .target }
        }
        let other = try Self.key("AKIAXYZ7777777777777", "x")
        services.state.withLock { $0.owners[other] = Self.arn }
        #expect(await told(.key(new))?.message.contains("holds NEW") == true)
        #expect(await told(.key(old))?.message.contains("holds OLD") == true)
        #expect(await told(.keyWithSessionToken(new))?.verdict == .warning)
        #expect(await told(.empty)?.verdict == .ok)
        #expect(await told(.foreign(description: "a MinIO key"))?.status == .unknownKey)
        #expect(await told(.key(other))?.status == .unknownKey)
        // An earlier publication's is no stranger.
        let earlier = try #require(PublishedKeys(new: other, old: nil)).text
        services.state.withLock { $0.versions.insert(earlier, at: 0) }
        #expect(await told(.key(other))?.verdict == .ok)
    }

    @Test func `A key is not called a stranger when the earlier versions could not be read`() async throws {
        let other = try Self.key("AKIAXYZ7777777777777", "x")
        let earlier = try #require(PublishedKeys(new: other, old: nil)).text
        services.state.withLock {
            $0.owners[other] = Self.arn
            $0.versions.insert(earlier, at: 0)
            $0.failures[.earlierVersion] = .unavailable
        }
        target.state.withLock { $0.content = .key(other) }
        let findings = await examine()
        #expect(problems(findings) == [.parameter: .unavailable])
        #expect(!findings.contains { $0.mend?.contains("--adopt") == true })
    }

    @Test func `A file that could not be written is a problem, though its key is used to look further`() async {
        target.state.withLock { $0.isWritable = false }
        let findings = await examine()
        #expect(problems(findings) == [.target: .badData])
        #expect(findings.contains { $0.check == .checkIn && $0.verdict == .ok })
        target.state.withLock { $0.isReadable = false }
        #expect(problems(await examine()) == [.target: .badData])
    }

    @Test(
        arguments: [
            (.keyNotAccepted, .unknownKey), (.wrongSecret, .unknownKey), (.unavailable, .unavailable),
            (.clock, .unavailable),
        ] as [(ServiceFailure.Kind, Console.ExitStatus)])
    func `A key that does not work`(_ kind: ServiceFailure.Kind, _ status: Console.ExitStatus) async {
        services.state.withLock { $0.failures[.principal] = kind }
        let findings = await examine()
        #expect(problems(findings)[.key] == status)
        // Nothing is claimed that was not seen.
        #expect(findings.contains { $0.check == .parameter && $0.verdict == .unknown })
        #expect(findings.contains { $0.check == .checkIn && $0.verdict == .unknown })
    }

    @Test(
        arguments: [
            (.accessDenied, .permission, "arn:aws:ssm:eu-west-1:123456789012:parameter/keybaton/backup"),
            (.notFound, .configuration, "keybaton init backup"), (.refused, .configuration, "`region`"),
        ] as [(ServiceFailure.Kind, Console.ExitStatus, String)])
    func `A parameter that cannot be read`(_ kind: ServiceFailure.Kind, _ status: Console.ExitStatus, _ mend: String)
        async
    {
        services.state.withLock { $0.failures[.parameter] = kind }
        let findings = await examine()
        #expect(problems(findings) == [.parameter: status])
        #expect(findings.first { $0.check == .parameter }?.mend?.contains(mend) == true)
    }

    @Test func `A check-in that is denied names the statement that is needed`() async {
        services.state.withLock { $0.failures[.create] = .accessDenied }
        let findings = await examine()
        #expect(problems(findings) == [.checkIn: .permission])
        #expect(findings.first { $0.check == .checkIn }?.mend?.contains("arn:aws:s3:::b/acks/backup/*") == true)
    }

    @Test func `NEW must belong to the same user, and work`() async {
        services.state.withLock { [new] in $0.owners[new] = "arn:aws:iam::999999999999:user/backup" }
        #expect(problems(await examine(expected: Principal(arn: Self.arn))) == [.key: .badData])
        services.state.withLock { [new] in $0.owners[new] = nil }
        #expect(problems(await examine()) == [.key: .temporary])
    }

    @Test func `A way back must be another identity's, that may read and check in`() async throws {
        let way = try Self.key("AKIAWAY7777777777777", "w")
        services.state.withLock { $0.owners[way] = "arn:aws:iam::123456789012:user/way" }
        let findings = await examine(rendezvous: way)
        #expect(findings.last?.check == .rendezvous && findings.last?.verdict == .ok)
        #expect(await examine(rendezvous: old).last?.verdict == .warning)
        services.state.withLock { $0.owners[way] = nil }
        #expect(await examine(rendezvous: way).last?.status == .unknownKey)
    }

    @Test func `A host whose keys are dead, or are none, has no problem where there is a way back`() async throws {
        let way = try Self.key("AKIAWAY7777777777777", "w")
        services.state.withLock { [old] state in
            state.owners[way] = "arn:aws:iam::123456789012:user/way"
            state.owners[old] = nil
        }
        let dead = await examine(rendezvous: way)
        #expect(problems(dead).isEmpty, "\(dead)")
        #expect(dead.contains { $0.check == .key && $0.verdict == .warning })
        #expect(dead.contains { $0.check == .target && $0.message.contains("holds OLD") })
        target.state.withLock { $0.content = .empty }
        #expect(problems(await examine(rendezvous: way)).isEmpty)
    }

    @Test func `No finding holds a secret`() async {
        let findings = await examine()
        #expect(!"\(findings)".contains("oooo") && !"\(findings)".contains("nnnn"))
    }
}

extension KeyExaminationTests {
    /// AWS in memory.
    final class Services: ExaminedServices {
        enum Operation { case parameter, earlierVersion, principal, create }

        struct State {
            var versions: [Secret] = []
            var owners: [AccessKey: String] = [:]
            var failures: [Operation: ServiceFailure.Kind] = [:]
            var checkIns: [String: SignedCheckIn] = [:]
        }

        let state = Mutex(State())
        var clockSkew: Duration? { nil }

        func parameter(
            _ name: String, version: Int?, with key: AccessKey
        ) async throws(ServiceFailure) -> ParameterVersion {
            try enter(version == nil ? .parameter : .earlierVersion, key)
            let versions = state.withLock { $0.versions }
            let number = version ?? versions.count
            guard versions.indices.contains(number - 1) else { throw ServiceFailure(.notFound, "no version") }
            return ParameterVersion(value: versions[number - 1], number: number, writtenAt: nil)
        }

        func principal(of key: AccessKey) async throws(ServiceFailure) -> Principal {
            try enter(.principal, key)
            return Principal(arn: state.withLock { $0.owners[key] } ?? "")
        }

        func put(_ checkIn: SignedCheckIn, as name: String, with key: AccessKey) async throws(ServiceFailure) {
            Issue.record("doctor overwrites no check-in")
        }

        func create(
            _ checkIn: SignedCheckIn, as name: String, with key: AccessKey
        ) async throws(ServiceFailure) -> Bool {
            try enter(.create, key)
            return state.withLock { state in
                guard state.checkIns[name] == nil else { return false }
                state.checkIns[name] = checkIn
                return true
            }
        }

        private func enter(_ operation: Operation, _ key: AccessKey) throws(ServiceFailure) {
            let (failure, isKnown) = state.withLock { ($0.failures[operation], $0.owners[key] != nil) }
            if let kind = failure ?? (isKnown ? nil : .keyNotAccepted) { throw ServiceFailure(kind, "it failed") }
        }
    }

    /// A file in memory.
    final class Target: KeyTarget {
        struct Refusal: Error, CustomStringConvertible {
            let description: String
        }

        struct State {
            var content: TargetContent
            var isReadable = true
            var isWritable = true
            var installed = 0
        }

        let path = "/c"
        let profile = "default"
        let format = "memory"
        let state: Mutex<State>

        init(_ content: TargetContent) { state = Mutex(State(content: content)) }

        func read() throws -> TargetContent {
            let state = state.withLock { $0 }
            guard state.isReadable else { throw Refusal(description: "cannot be read") }
            return state.content
        }

        func install(_ key: AccessKey, replacing replaced: TargetContent) throws -> Installation {
            state.withLock { $0.installed += 1 }
            return Installation(changed: true, warnings: [])
        }

        func preview(_ key: AccessKey) throws -> KeyPreview { KeyPreview(changes: [], warnings: []) }

        func check() throws -> [Installation.Warning] {
            guard state.withLock({ $0.isWritable }) else { throw Refusal(description: "cannot be written") }
            return []
        }
    }
}
