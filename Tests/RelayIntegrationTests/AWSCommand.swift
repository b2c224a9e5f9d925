import HostTestSupport
import SandboxSupport
import Secrets

/// The AWS CLI with one key: what somebody with that key, and without Keybaton, can do.
struct AWSCommand {
    private let sandbox: Sandbox
    private let home = ScratchDirectory()
    private let credentials: String

    init(_ sandbox: Sandbox, _ key: AccessKey) {
        self.sandbox = sandbox
        credentials = home.write("credentials", Host.text(key))
    }

    func run(_ arguments: String...) -> Command.Result { run(arguments) }

    /// On the relay's bucket.
    func s3(_ operation: String, _ arguments: String...) -> Command.Result {
        run(["s3api", operation, "--bucket", Relay.bucket] + arguments)
    }

    private func run(_ arguments: [String]) -> Command.Result {
        let programs = "\(Sandbox.packageRoot)/.build/sandbox-venv/bin"
        // With an endpoint of one's own the AWS CLI signs for the region that it is given, and IAM is in this one.
        let region = arguments.first == "iam" ? "us-east-1" : sandbox.region
        return Command.run(
            ["\(programs)/python", "\(programs)/aws", "--region", region] + arguments,
            environment: Relay.environment(of: sandbox).merging([
                "HOME": home.path, "AWS_SHARED_CREDENTIALS_FILE": credentials, "AWS_PAGER": "",
            ]) { $1 })
    }
}
