import Glibc
import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// The real agent on a host that wakes up when all its keys are gone.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "the way back after a long sleep")))
struct RendezvousRunTests {
    static let sandbox = Result { try Sandbox() }

    let sandbox: Sandbox
    let trusted = TrustedDirectory()

    init() async throws {
        sandbox = try Self.sandbox.get()
        try await sandbox.reset()
    }

    /// What `keybaton policy rendezvous` would give: the managed user's name where others have their own.
    private func makeRendezvous(for relay: Relay) async throws -> AccessKey {
        let policy: JSON = [
            "Version": "2012-10-17",
            "Statement": [
                [
                    "Effect": "Allow", "Action": "ssm:GetParameter",
                    "Resource": .text(
                        "arn:aws:ssm:\(sandbox.region):\(sandbox.account):parameter/keybaton/\(relay.user)"),
                ],
                [
                    "Effect": "Allow", "Action": "s3:PutObject",
                    "Resource": .text("arn:aws:s3:::\(Relay.bucket)/acks/\(relay.user)/*"),
                ],
            ],
        ]
        let key = try await sandbox.makeUser("rendezvous", policy: policy).key
        trusted.write(file: "credentials", Relay.credentials(key).replacingProfile("default", "keybaton"))
        return key
    }

    private var setting: String {
        "rendezvous_profile = \"keybaton\"\nrendezvous_file = \"\(trusted.path("credentials"))\""
    }

    /// Two rotations, each to its end, while the host sleeps.
    private func sleepThroughTwo(_ relay: Relay) async throws -> AccessKey {
        let second = try await sandbox.makeKey(for: "backup")
        try await relay.publish(second, old: relay.first)
        try await delete(relay.first)
        let third = try await sandbox.makeKey(for: "backup")
        try await relay.publish(third, old: second)
        try await delete(second)
        return third
    }

    private func delete(_ key: AccessKey) async throws {
        try await sandbox.call(
            "iam", "delete_access_key", ["UserName": "backup", "AccessKeyId": .text(key.id.description)])
    }

    @Test func `With a rendezvous profile a host that slept through two rotations comes back by itself`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        let rendezvous = try await makeRendezvous(for: relay)
        relay.configure(key: setting)
        #expect(relay.run("run").status == 0)
        let third = try await sleepThroughTwo(relay)
        let result = relay.run("run")
        #expect(result.status == 0, "\(result.output)")
        #expect(relay.credentials == Relay.credentials(third))
        #expect(try await relay.checkIn(under: third)?.problem == nil)
        #expect(try await sandbox.requests().last?.key_id == third.id.description)
        let before = try await sandbox.requests().last?.number ?? 0
        #expect(relay.run("run").status == 0)
        #expect(try await sandbox.requests(after: before).allSatisfy { $0.key_id != rendezvous.id.description })
    }

    @Test func `A host that never had a key gets its first one by it`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        _ = try await makeRendezvous(for: relay)
        relay.configure(key: setting)
        unlink(relay.home.path(".aws/credentials"))
        let result = relay.run("run")
        #expect(result.status == 0, "\(result.output)")
        #expect(relay.credentials?.contains(relay.first.secret.reveal()) == true)
        #expect(try await relay.checkIn(under: relay.first)?.problem == nil)
    }

    @Test func `Without one it is told exactly what to do, and doing it brings it back`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        #expect(relay.run("run").status == 0)
        let third = try await sleepThroughTwo(relay)
        let result = relay.run("run")
        #expect(result.status == 10)
        #expect(result.output.contains("aws ssm get-parameter --with-decryption --name \(relay.parameter)"))
        #expect(
            result.output.contains(
                "AWS_SHARED_CREDENTIALS_FILE=\(relay.home.path(".aws/credentials")) aws configure --profile default"))
        #expect(result.output.contains("rendezvous_profile"))
        #expect(relay.credentials == Relay.credentials(relay.first))
        relay.hold(third)
        #expect(relay.run("run").status == 0)
        #expect(try await relay.checkIn(under: third)?.problem == nil)
    }

    @Test func `A rendezvous identity of the account does not make another user's key acceptable`() async throws {
        let relay = try await Relay("backup", in: sandbox)
        _ = try await makeRendezvous(for: relay)
        relay.configure(key: setting)
        let stranger = try await sandbox.makeUser("mallory", policy: Relay.policy(sandbox))
        try await relay.publish(stranger.key, old: nil)
        unlink(relay.home.path(".aws/credentials"))
        let result = relay.run("run")
        #expect(result.status == 65, "\(result.output)")
        #expect(result.output.contains("foreign-key"))
        #expect(relay.credentials == nil)
    }

    @Test func `As root, a rendezvous file that others can replace is not read`() async throws {
        guard isAvailable(getuid() == 0, "root", for: "a rendezvous file that others can replace") else { return }
        let relay = try await Relay("backup", in: sandbox)
        let key = try await makeRendezvous(for: relay)
        let home = ScratchDirectory()
        home.write("way-back", Relay.credentials(key))
        #expect(chown(home.path, 65_534, 65_534) == 0)
        relay.configure(key: "rendezvous_profile = \"default\"\nrendezvous_file = \"\(home.path("way-back"))\"")
        try await sandbox.setStatus("Inactive", of: relay.first.id, of: "backup")
        let result = relay.run("run")
        #expect(result.status == 10, "\(result.output)")
        #expect(result.output.contains("could replace it"))
        #expect(try await sandbox.requests().allSatisfy { $0.key_id != key.id.description })
    }
}

extension String {
    fileprivate func replacingProfile(_ name: String, _ other: String) -> String {
        split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0 == "[\(name)]" ? "[\(other)]" : String($0) }.joined(separator: "\n")
    }
}
