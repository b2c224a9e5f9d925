import FoundationEssentials
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

extension Tag {
    /// Needs the AWS sandbox.
    @Tag static var sandbox: Self
}

/// What an administrator sets up for a job that another tool did so far: a bucket, IAM users, a configuration, and a rotator
/// with the rights that `keybaton policy` prints. Real programs; AWS's clock is moved instead of waiting, and the
/// signatures of programs whose clocks stay behind are good for as long.
final class Job {
    static let bucket = "123456789012-accesskey-update"

    let sandbox: Sandbox
    let home = ScratchDirectory()
    private let environment: [String: String]
    private var clockOffset = 0

    /// - Parameter configuration: what follows the region and the bucket; `HOME` stands for the rotator's folder.
    init(_ sandbox: Sandbox, configuration: String) async throws {
        self.sandbox = sandbox
        try await sandbox.reset()
        // So that what was used is seen to be used, however little real time passes.
        try await sandbox.change(["last_used_granularity": 0, "signature_window": 1_000_000_000])
        try await sandbox.call(
            "s3", "create_bucket",
            [
                "Bucket": .text(Self.bucket),
                "CreateBucketConfiguration": ["LocationConstraint": .text(sandbox.region)],
            ])
        home.write(
            "rotator.toml",
            "region = \"\(sandbox.region)\"\nbucket = \"\(Self.bucket)\"\n"
                + configuration.replacing("HOME", with: home.path) + "\n")
        let rotator = try await sandbox.makeUser("rotator").key
        environment = sandbox.environment.merging([
            "HOME": home.path, "AWS_CONFIG_FILE": "/dev/null", "XDG_CONFIG_HOME": "", "AWS_REGION": "",
            "AWS_SHARED_CREDENTIALS_FILE": home.write("credentials", Self.profile(rotator)),
        ]) { $1 }
    }

    /// Attaches what `keybaton policy rotator` prints.
    func grantRights(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let policy = keybaton("policy", "rotator", "--account", sandbox.account)
        #expect(policy.status == 0, "\(policy.output)", sourceLocation: sourceLocation)
        try await sandbox.setPolicy(
            JSONDecoder().decode(JSON.self, from: Data(policy.output.utf8)), of: "rotator")
    }

    static func profile(_ key: AccessKey) -> String {
        "[default]\naws_access_key_id = \(key.id)\naws_secret_access_key = \(key.secret.reveal())\n"
    }

    @discardableResult
    func keybaton(_ arguments: String...) -> Command.Result {
        Command.run(
            [builtProgram("keybaton")] + arguments + ["--config", home.path("rotator.toml")],
            environment: environment)
    }

    /// One run, which must succeed.
    @discardableResult
    func run(sourceLocation: SourceLocation = #_sourceLocation) -> Command.Result {
        let result = keybaton("run")
        #expect(result.status == 0, "\(result.output)", sourceLocation: sourceLocation)
        return result
    }

    func forward(days: Int) async throws { try await forward(toDay: clockOffset / 86_400 + days) }

    /// Counted from the beginning of the test.
    func forward(toDay day: Int) async throws {
        clockOffset = day * 86_400
        try await sandbox.change(["clock_offset": .number(Double(clockOffset))])
    }

    // MARK: AWS's side

    func makeUser(_ name: String, path: String = "/", tags: [String: String] = [:]) async throws {
        try await sandbox.call(
            "iam", "create_user",
            [
                "UserName": .text(name), "Path": .text(path),
                "Tags": .array(tags.map { ["Key": .text($0), "Value": .text($1)] }),
            ])
    }

    /// The user's keys and their status.
    func keys(of user: String) async throws -> [String: String] {
        let answer = try await sandbox.call("iam", "list_access_keys", ["UserName": .text(user)])
        return Dictionary(
            uniqueKeysWithValues: answer["AccessKeyMetadata"]?.elements.compactMap {
                guard let id = $0["AccessKeyId"]?.text, let status = $0["Status"]?.text else { return nil }
                return (id, status)
            } ?? [])
    }

    /// Asks AWS who a key belongs to: nil when it is refused.
    func owner(id: String, secret: String) -> String? {
        guard let id = AccessKeyID(id), let key = AccessKey(id: id, secret: Secret(secret)) else { return nil }
        let result = Command.run(
            [AWSCommandLine.path, "sts", "get-caller-identity", "--query", "Arn", "--output", "text"],
            environment: environment.merging([
                "AWS_SHARED_CREDENTIALS_FILE": home.write("tried", Self.profile(key)),
                "AWS_DEFAULT_REGION": sandbox.region,
            ]) { $1 })
        guard result.status == 0 else { return nil }
        return String(result.output.filter { !$0.isWhitespace })
    }
}

/// The AWS CLI that comes with the sandbox.
enum AWSCommandLine {
    static let path: String = {
        let python =
            Command.run(["\(Sandbox.packageRoot)/Tests/Sandbox/setup"]).output.split(separator: "\n").last ?? ""
        return python.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/aws"
    }()
}
