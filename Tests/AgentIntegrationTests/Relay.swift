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

/// One managed user in a sandbox, and one host with a home of its own that runs the real agent.
struct Relay {
    static let bucket = "123456789012-accesskey-update"

    let sandbox: Sandbox
    let user: UserName
    let arn: String
    /// The key that the host holds at first.
    let first: AccessKey
    let home = ScratchDirectory()

    var parameter: String { "/keybaton/\(user)" }

    /// Makes the bucket, the user with the documented policy, and a publication of its first key as NEW.
    init(_ name: String, in sandbox: Sandbox) async throws {
        self.sandbox = sandbox
        user = try #require(UserName(name))
        _ = try? await sandbox.call(
            "s3", "create_bucket",
            [
                "Bucket": .text(Self.bucket),
                "CreateBucketConfiguration": ["LocationConstraint": .text(sandbox.region)],
            ])
        let made = try await sandbox.makeUser(name, policy: Self.policy(sandbox))
        arn = made.arn
        first = made.key
        try await publish(first, old: nil)
        hold(first)
        configure()
    }

    /// The whole of what a host's user may do.
    static func policy(_ sandbox: Sandbox) -> JSON {
        [
            "Version": "2012-10-17",
            "Statement": [
                [
                    "Effect": "Allow", "Action": "ssm:GetParameter",
                    "Resource":
                        "arn:aws:ssm:\(sandbox.region):\(sandbox.account):parameter/keybaton/${aws:username}",
                ],
                [
                    "Effect": "Allow", "Action": "s3:PutObject",
                    "Resource": "arn:aws:s3:::\(bucket)/acks/${aws:username}/*",
                ],
            ],
        ]
    }

    // MARK: AWS's side

    func publish(_ new: AccessKey, old: AccessKey?) async throws {
        let keys = try #require(PublishedKeys(new: new, old: old))
        try await publish(text: keys.text.reveal())
    }

    func publish(text: String) async throws {
        try await sandbox.call(
            "ssm", "put_parameter",
            ["Name": .text(parameter), "Value": .text(text), "Type": "SecureString", "Overwrite": true])
    }

    /// Makes a second key and publishes it as NEW.
    func rotate() async throws -> AccessKey {
        let new = try await sandbox.makeKey(for: user.description)
        try await publish(new, old: first)
        return new
    }

    /// The check-in of the host `nas` under this key, as the rotator would read it; nil when there is none.
    func checkIn(under key: AccessKey) async throws -> CheckIn? {
        let host = try #require(HostID("nas"))
        let name = ObjectName.checkIn(of: host, user: user, key: key.id)
        guard
            let object = try? await sandbox.call(
                "s3", "get_object", ["Bucket": .text(Self.bucket), "Key": .text(name)])
        else { return nil }
        let signed = SignedCheckIn(
            body: Array((object["Body"]?.text ?? "").utf8),
            proof: object["Metadata"]?[SignedCheckIn.proofMetadata]?.text ?? "")
        return try signed.verified(user: user, key: key, host: host)
    }

    // MARK: The host's side

    var statePath: String { "state/state" }

    func configure(_ more: String = "", key: String = "") {
        home.write(
            "agent.toml",
            """
            region = "\(sandbox.region)"
            bucket = "\(Self.bucket)"
            host = "nas"
            adopt_after = "0s"
            state_directory = "\(home.path("state"))"
            \(more)
            [[key]]
            user = "\(user)"
            \(key)
            """)
    }

    static func credentials(_ key: AccessKey) -> String {
        """
        # mine
        [default]
        aws_access_key_id = \(key.id)
        aws_secret_access_key = \(key.secret.reveal())

        [other]
        region = eu-west-1

        """
    }

    func hold(_ key: AccessKey) {
        mkdir(home.path(".aws"), 0o700)
        home.write(".aws/credentials", Self.credentials(key))
    }

    var credentials: String? { home.text(".aws/credentials") }

    func start(_ arguments: String...) -> Command {
        var environment = sandbox.environment
        environment["HOME"] = home.path
        // Its patience with throttling would take half a minute each time.
        environment["AWS_MAX_ATTEMPTS"] = "3"
        return Command(
            [Self.agent] + arguments + ["--config", home.path("agent.toml")], environment: environment)
    }

    func run(_ arguments: String...) -> Command.Result {
        var environment = sandbox.environment
        environment["HOME"] = home.path
        // Its patience with throttling would take half a minute each time.
        environment["AWS_MAX_ATTEMPTS"] = "3"
        return Command.run(
            [Self.agent] + arguments + ["--config", home.path("agent.toml")], environment: environment)
    }

    static let agent = builtProgram("keybaton-agent")
}
