import FoundationEssentials
import Glibc
import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

extension Tag {
    /// Needs the AWS sandbox.
    @Tag static var sandbox: Self
}

/// One managed user in a sandbox, with the real rotator and a host that does what an agent does, at once.
///
/// Time is AWS's: the sandbox's clock is moved instead of waiting, and the rotator corrects its skew.
final class RotatorWorld {
    static let bucket = "123456789012-accesskey-update"
    static let user = "backup"

    let sandbox: Sandbox
    let scratch = ScratchDirectory()
    private(set) var held: AccessKey
    /// Every secret that must not be seen anywhere.
    private(set) var secrets: [String]
    private var clockOffset = 0
    /// Of the sandbox's clock, past every lease.
    static let leaseIsOver = 1300

    init(_ sandbox: Sandbox) async throws {
        self.sandbox = sandbox
        try await sandbox.reset()
        try await sandbox.call(
            "s3", "create_bucket",
            [
                "Bucket": .text(Self.bucket),
                "CreateBucketConfiguration": ["LocationConstraint": .text(sandbox.region)],
            ])
        held = try await sandbox.makeUser(Self.user).key
        secrets = [held.secret.reveal()]
        scratch.write(
            "rotator.toml",
            """
            region = "\(sandbox.region)"
            bucket = "\(Self.bucket)"
            [policy]
            quiet_period = "0s"
            grace = "1s"
            [[user]]
            name = "\(Self.user)"
            hosts = ["nas"]
            """)
        scratch.write(
            "credentials",
            "[default]\naws_access_key_id = \(held.id)\naws_secret_access_key = \(held.secret.reveal())\n")
    }

    /// The user is managed, and the host has checked in.
    func adopt() async throws {
        let adopted = keybaton(
            "init", "--adopt", "--profile", "default", "--credentials-file", scratch.path("credentials"))
        try #require(adopted.status == 0, "\(adopted.output)")
        try await runHost()
        let enrolled = keybaton("run")
        try #require(enrolled.status == 0, "\(enrolled.output)")
        try await advance(30)
    }

    // MARK: The rotator

    /// - Parameter attempts: of each request; one, so that a single fault is felt.
    func keybaton(_ arguments: String..., attempts: Int = 1) -> Command.Result {
        start(arguments, attempts: attempts).finish()
    }

    func start(_ arguments: [String], attempts: Int = 1) -> Command {
        var environment = sandbox.environment
        environment["HOME"] = scratch.path
        environment["AWS_SHARED_CREDENTIALS_FILE"] = sandbox.adminCredentials
        environment["AWS_MAX_ATTEMPTS"] = "\(attempts)"
        return Command(
            [Self.program] + arguments + ["--config", scratch.path("rotator.toml")], environment: environment)
    }

    /// The program, built beside the tests.
    private static let program: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let own = String(decoding: buffer[..<max(count, 0)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return own.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/keybaton"
    }()

    // MARK: The host

    /// What an agent's run comes to: it moves to the parameter's NEW while its key works, and checks in with it.
    func runHost(_ name: String = "nas") async throws {
        guard try await keys()[held.id] == "Active", let (published, version) = try await published() else { return }
        if published.new.id != held.id, try await keys()[published.new.id] == "Active" { held = published.new }
        secrets.append(held.secret.reveal())
        let host = try #require(HostID(name))
        let user = try #require(UserName(Self.user))
        let now = Date()
        let checkIn = CheckIn(
            host: host, hostName: name, user: user, parameter: "/keybaton/backup", parameterVersion: version,
            keyID: held.id, problem: nil, startedAt: now, finishedAt: now, targets: [], agentVersion: "test",
            operatingSystem: "test", architecture: "test", clockSkew: nil, nextRunDue: nil)
        let signed = try SignedCheckIn(checkIn, heldSecret: held.secret)
        try await put(
            ObjectName.checkIn(of: host, user: user, key: held.id), signed.body, proof: signed.proof)
    }

    // MARK: AWS

    func put(_ name: String, _ body: [UInt8], proof: String) async throws {
        try await sandbox.call(
            "s3", "put_object",
            [
                "Bucket": .text(Self.bucket), "Key": .text(name), "Body": .text(String(decoding: body, as: UTF8.self)),
                "Metadata": [SignedCheckIn.proofMetadata: .text(proof)],
            ])
    }

    func object(_ name: String) async throws -> String? {
        try? await sandbox.call("s3", "get_object", ["Bucket": .text(Self.bucket), "Key": .text(name)])["Body"]?.text
    }

    func keys() async throws -> [AccessKeyID: String] {
        let listed = try await sandbox.call("iam", "list_access_keys", ["UserName": .text(Self.user)])
        var keys: [AccessKeyID: String] = [:]
        for key in listed["AccessKeyMetadata"]?.elements ?? [] {
            keys[try #require(key["AccessKeyId"]?.text.flatMap { AccessKeyID($0) })] = key["Status"]?.text
        }
        return keys
    }

    func published() async throws -> (keys: PublishedKeys, version: Int)? {
        let answer = try? await sandbox.call(
            "ssm", "get_parameter", ["Name": "/keybaton/backup", "WithDecryption": true])["Parameter"]
        guard let text = answer?["Value"]?.text, let version = answer?["Version"]?.number else { return nil }
        return (try PublishedKeys(parsing: Secret(text)), Int(version))
    }

    /// Lets AWS's clock, and with it every duration, go on.
    func advance(_ seconds: Int) async throws {
        clockOffset += seconds
        try await sandbox.change(["clock_offset": .number(Double(clockOffset))])
    }

    /// One rotation is over: one key, which the host holds, and nothing left to resolve.
    func isOver(since first: AccessKeyID) async throws -> Bool {
        let keys = try await keys()
        guard keys.count == 1, keys[held.id] == "Active", held.id != first else { return false }
        let status = keybaton("status", "--json")
        return status.status == 0 && status.output.contains("\"phase\":\"steady\"")
    }
}
