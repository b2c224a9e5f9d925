import FoundationEssentials
import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

extension Tag {
    /// Needs the AWS sandbox.
    @Tag static var sandbox: Self
}

/// One managed user in a sandbox, its hosts and its rotator: real programs, least-privilege policies.
///
/// AWS's clock is moved instead of waiting: the programs read their dates from its answers.
final class Relay {
    static let bucket = "123456789012-accesskey-update"
    static let user = "backup"
    static let parameter = "/keybaton/backup"
    /// Longer than a lease.
    static let afterLease = 1300

    let sandbox: Sandbox
    /// The key that the hosts hold at first.
    let first: AccessKey
    let hosts: [Host]
    private let home = ScratchDirectory()
    /// The rotator's own.
    let rotator: AccessKey
    var rotatorEnvironment: [String: String]
    private var clockOffset = 0
    /// All that the programs said.
    private(set) var printed = ""
    /// Every secret that was ever published or held.
    private(set) var secrets: Set<String>

    /// Begins anew in the sandbox: the bucket, the users with their policies, hosts that hold the first key.
    init(
        _ sandbox: Sandbox, hosts names: [String] = ["nas"], settings: String = "", policy: JSON? = nil
    ) async throws {
        self.sandbox = sandbox
        try await sandbox.reset()
        try await sandbox.call(
            "s3", "create_bucket",
            [
                "Bucket": .text(Self.bucket),
                "CreateBucketConfiguration": ["LocationConstraint": .text(sandbox.region)],
            ])
        let first = try await sandbox.makeUser(Self.user, policy: Policies.host(sandbox)).key
        self.first = first
        secrets = [first.secret.reveal()]
        hosts = names.map { Host($0, in: sandbox, holding: first) }
        let rotator = try await sandbox.makeUser("rotator", policy: policy ?? Policies.rotator(sandbox)).key
        self.rotator = rotator
        secrets.insert(rotator.secret.reveal())
        rotatorEnvironment = Self.environment(of: sandbox).merging([
            "HOME": home.path, "AWS_SHARED_CREDENTIALS_FILE": home.write("credentials", Host.text(rotator)),
        ]) { $1 }
        configure(settings)
    }

    static func environment(of sandbox: Sandbox) -> [String: String] {
        sandbox.environment.merging(["AWS_CONFIG_FILE": "/dev/null", "XDG_CONFIG_HOME": ""]) { $1 }
    }

    /// - Parameters:
    ///   - settings: the rest of the managed user's table, and what comes after it.
    ///   - head: settings of the whole.
    ///   - users: whom the table is about.
    func configure(
        _ settings: String = "", bucket: String = Relay.bucket, region: String? = nil, head: String = "",
        users: String = "name = \"\(Relay.user)\""
    ) {
        home.write(
            "rotator.toml",
            """
            region = "\(region ?? sandbox.region)"
            bucket = "\(bucket)"
            \(head)
            [policy]
            quiet_period = "0s"
            grace = "1s"
            [[user]]
            \(users)
            \(settings)
            """)
    }

    var configurationPath: String { home.path("rotator.toml") }

    /// Lets the rotator work with another key.
    func authenticate(_ key: AccessKey) { authenticate(file: home.write("other-credentials", Host.text(key))) }

    func authenticate(file: String) { rotatorEnvironment["AWS_SHARED_CREDENTIALS_FILE"] = file }

    // MARK: The programs

    /// - Parameter tool: a command line that runs the program.
    func start(_ arguments: [String], attempts: Int? = nil, under tool: [String] = []) -> Command {
        var environment = rotatorEnvironment
        environment["AWS_MAX_ATTEMPTS"] = attempts.map { "\($0)" } ?? ""
        return Command(
            tool + [builtProgram("keybaton")] + arguments + ["--config", home.path("rotator.toml")],
            environment: environment)
    }

    /// Waits for a program and remembers what it said.
    @discardableResult
    func finish(_ command: Command) -> Command.Result {
        let result = command.finish()
        printed += result.output
        return result
    }

    /// - Parameter attempts: how often a request is sent before its failure is final; the program's default unless given.
    @discardableResult
    func keybaton(_ arguments: String..., attempts: Int? = nil) -> Command.Result {
        finish(start(arguments, attempts: attempts))
    }

    /// Runs every host's agent.
    func runAgents() { hosts.forEach { printed += $0.run().output } }

    func status() throws -> JSON {
        let result = keybaton("status", "--json")
        guard result.status == 0 else { throw Unexpected(description: result.output) }
        return try #require(
            JSONDecoder().decode(JSON.self, from: Data(result.output.utf8))["users"]?.elements.first)
    }

    // MARK: Time

    /// Moves AWS's clock.
    func forward(_ seconds: Int) async throws {
        clockOffset += seconds
        try await sandbox.change(["clock_offset": .number(Double(clockOffset))])
    }

    // MARK: AWS's side

    /// The managed user's keys and their status.
    func keys() async throws -> [String: String] {
        let answer = try await sandbox.call("iam", "list_access_keys", ["UserName": .text(Self.user)])
        return Dictionary(
            uniqueKeysWithValues: answer["AccessKeyMetadata"]?.elements.compactMap {
                guard let id = $0["AccessKeyId"]?.text, let status = $0["Status"]?.text else { return nil }
                return (id, status)
            } ?? [])
    }

    /// What the parameter publishes, and its version.
    func published() async throws -> (keys: PublishedKeys, version: Int)? {
        guard
            let answer = try? await sandbox.call(
                "ssm", "get_parameter", ["Name": .text(Self.parameter), "WithDecryption": true]),
            let text = answer["Parameter"]?["Value"]?.text, let version = answer["Parameter"]?["Version"]?.number
        else { return nil }
        let keys = try PublishedKeys(parsing: Secret(text))
        secrets.formUnion([keys.new.secret.reveal(), keys.old?.secret.reveal()].compactMap(\.self))
        return (keys, Int(version))
    }

    func put(parameter text: String, type: String = "SecureString") async throws {
        try await sandbox.call(
            "ssm", "put_parameter",
            ["Name": .text(Self.parameter), "Value": .text(text), "Type": .text(type), "Overwrite": true])
    }

    func object(_ name: String) async throws -> String? {
        (try? await sandbox.call("s3", "get_object", ["Bucket": .text(Self.bucket), "Key": .text(name)]))?["Body"]?
            .text
    }

    func put(object name: String, _ text: String, metadata: JSON = [:]) async throws {
        try await sandbox.call(
            "s3", "put_object",
            ["Bucket": .text(Self.bucket), "Key": .text(name), "Body": .text(text), "Metadata": metadata])
    }

    var objectNames: [String] {
        get async throws {
            try await sandbox.call("s3", "list_objects_v2", ["Bucket": .text(Self.bucket)])["Contents"]?.elements
                .compactMap { $0["Key"]?.text } ?? []
        }
    }
}

/// What a program said instead of what a test needs from it.
struct Unexpected: Error, CustomStringConvertible {
    let description: String
}
