import HostTestSupport
import SandboxSupport
import Secrets
import Testing

@testable import CredentialsFile

/// The programs work with the key that was put into their file: S3 checks their signatures.
@Suite(.serialized, .tags(.slow), .enabled(if: Sandbox.isAvailable(for: "ToolIntegrationTests")))
struct ToolIntegrationTests {
    private static let running = Result { try Sandbox() }
    let scratch = ScratchDirectory()

    /// A file of the format that held another key, with a new user's installed, and the sandbox.
    private func install(_ slot: KeySlot, _ text: String) async throws -> (path: String, sandbox: Sandbox) {
        let sandbox = try Self.running.get()
        _ = try? await sandbox.call(
            "s3", "create_bucket",
            ["Bucket": "tools", "CreateBucketConfiguration": ["LocationConstraint": .text(sandbox.region)]])
        let user = try await sandbox.makeUser(
            "\(slot.format)",
            policy: [
                "Version": "2012-10-17",
                "Statement": [["Effect": "Allow", "Action": "s3:*", "Resource": "*"]],
            ])
        let path = scratch.write("file", text)
        let store = CredentialsStore(path: path)
        #expect(try store.install(user.key, in: slot, replacing: .held(store.read(slot))).changed)
        return (path, sandbox)
    }

    private func address(_ sandbox: Sandbox) -> String { String(sandbox.endpoint.dropFirst("https://".count)) }

    @Test func resticMakesARepositoryWithAnEnvironmentFile() async throws {
        guard isAvailable(hasCommand("restic"), "restic", for: "resticMakesARepositoryWithAnEnvironmentFile") else {
            return
        }
        let (path, sandbox) = try await install(
            .environment(id: .accessKeyID, secret: .secretAccessKey),
            "RESTIC_PASSWORD='p w'\nAWS_ACCESS_KEY_ID='\(oldID)'\nAWS_SECRET_ACCESS_KEY=\"\(oldSecret)\"\n"
                + "AWS_SESSION_TOKEN=old\nAWS_DEFAULT_REGION=eu-west-1\n")
        let result = Command.run([
            "sh", "-c", "set -a; . \"$1\"; shift; exec \"$@\"", "sh", path,
            "restic", "--cacert", sandbox.caBundle, "--no-cache", "--option", "s3.bucket-lookup=path",
            "--repo", "s3:\(sandbox.endpoint)/tools/restic", "init",
        ])
        #expect(result.status == 0 && result.output.contains("created restic repository"), "\(result)")
    }

    @Test func rcloneListsABucket() async throws {
        guard isAvailable(hasCommand("rclone"), "rclone", for: "rcloneListsABucket") else { return }
        let (path, sandbox) = try await install(
            .rclone(remote: profile("nas")),
            "[nas]\ntype = s3\nprovider = Other\naccess_key_id = \(oldID)\nsecret_access_key = \(oldSecret)\n"
                + "session_token = old\nregion = eu-west-1\n")
        let result = Command.run(
            [
                "rclone", "--config", path, "--ca-cert", sandbox.caBundle, "--retries", "1",
                "--s3-endpoint", sandbox.endpoint, "lsf", "nas:tools",
            ],
            environment: ["AWS_CA_BUNDLE": ""])
        #expect(result.status == 0, "\(result)")
    }

    @Test func s3cmdListsABucket() async throws {
        guard isAvailable(hasCommand("s3cmd"), "s3cmd", for: "s3cmdListsABucket") else { return }
        let (path, sandbox) = try await install(
            .s3cfg, "[default]\naccess_key = \(oldID)\naccess_token = old\nsecret_key = \(oldSecret)\n")
        let result = Command.run([
            "s3cmd", "--config", path, "--host", address(sandbox), "--host-bucket", address(sandbox),
            "--ca-certs", sandbox.caBundle, "--region", sandbox.region, "ls", "s3://tools",
        ])
        #expect(result.status == 0, "\(result)")
    }

    @Test("the AWS CLI lists a bucket, from ~/.aws/config and with a process that prints the JSON")
    func awsCLI() async throws {
        let aws = "\(Sandbox.packageRoot)/.build/sandbox-venv/bin/aws"
        for slot in [KeySlot.awsConfig(profile("nas")), .json] {
            let (path, sandbox) = try await install(slot, slot == .json ? "" : "[profile nas]\nregion = eu-west-1\n")
            let configuration =
                slot == .json
                ? scratch.write("config", "[profile nas]\nregion = eu-west-1\ncredential_process = cat \(path)\n")
                : path
            let result = Command.run(
                [aws, "--profile", "nas", "s3", "ls", "s3://tools"],
                environment: sandbox.environment.merging(
                    ["AWS_CONFIG_FILE": configuration, "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"]) { $1 })
            #expect(result.status == 0, "\(result)")
        }
    }
}
