import Glibc
import HostTestSupport
import Secrets
import Testing

@testable import CredentialsFile

/// The programs themselves read what we wrote: into a file with other content, and into one that we made.
@Suite struct ReaderTests {
    let scratch = ScratchDirectory()

    /// The files of a format after an installation: the one that was there, and the one that was made if it can be.
    private func files(_ slot: KeySlot) throws -> [String] {
        let example = try #require(FormatExample.all.first { $0.slot == slot })
        scratch.write("edited.conf", example.before)
        let names = ["edited.conf"] + (example.made == nil ? [] : ["made.conf"])
        for name in names {
            _ = try CredentialsStore(path: scratch.path(name)).install(accessKey(), in: slot, replacing: .anything)
        }
        return names.map(scratch.path)
    }

    /// Whether a program shows the new key, whole, and nothing of the old one.
    private func expectKey(in result: Command.Result) {
        #expect(result.status == 0, "\(result)")
        // Whole: nothing of quotes or of a longer text around it.
        let words = Set(result.output.split { " =\n\r\t\",".contains($0) })
        #expect(words.contains(Substring(newID)) && words.contains(Substring(newSecret)), "\(result.output)")
        #expect(!result.output.contains(oldID) && !result.output.contains("TOKENtoken"), "\(result.output)")
    }

    private func script(_ name: String) -> String {
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        return (folder + ["Scripts", Substring(name)]).joined(separator: "/")
    }

    /// A shell does not read such a file; systemd and docker do.
    private func withCarriageReturns() throws -> String {
        let path = scratch.write("dos.conf", "A=1\r\nAWS_ACCESS_KEY_ID=\(oldID)\r\n")
        _ = try CredentialsStore(path: path).install(accessKey(), in: Self.standardVariables, replacing: .anything)
        return path
    }

    private static let standardVariables = KeySlot.environment(id: .accessKeyID, secret: .secretAccessKey)

    // MARK: AWS's own

    private func botocore(_ profile: String, configuration: String) -> Command.Result {
        let program = """
            import sys, botocore.session
            held = botocore.session.Session(profile=sys.argv[1]).get_credentials()
            print(held.access_key, held.secret_key, "" if held.token is None else "a token")
            """
        return Command.run(
            ["python3", "-c", program, profile],
            environment: ["AWS_CONFIG_FILE": configuration, "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"])
    }

    private func hasBotocore(_ test: String) -> Bool {
        isAvailable(
            Command.run(["python3", "-c", "import botocore.session"]).status == 0, "python3 with botocore", for: test)
    }

    @Test("botocore, and so boto3 and the AWS CLI, reads ~/.aws/config", arguments: ["default", "nas"])
    func awsConfig(_ name: String) throws {
        guard hasBotocore("awsConfig") else { return }
        for path in try files(.awsConfig(profile(name))) { expectKey(in: botocore(name, configuration: path)) }
    }

    @Test func botocoreTakesTheJSONFromAProcess() throws {
        guard hasBotocore("botocoreTakesTheJSONFromAProcess") else { return }
        for path in try files(.json) {
            let configuration = scratch.write("config", "[profile nas]\ncredential_process = cat \(path)\n")
            expectKey(in: botocore("nas", configuration: configuration))
        }
    }

    // MARK: rclone, s3cmd

    @Test func rcloneReadsItsRemotes() throws {
        guard isAvailable(hasCommand("rclone"), "rclone", for: "rcloneReadsItsRemotes") else { return }
        for path in try files(.rclone(remote: profile("nas"))) {
            expectKey(in: Command.run(["rclone", "--config", path, "config", "show", "nas"]))
            let others = Command.run(["rclone", "--config", path, "listremotes"])
            #expect(others.output == "gdrive:\nnas:\nnas-crypt:\n", "\(others)")
        }
    }

    @Test func rcloneReadsWhatItWrote() throws {
        guard isAvailable(hasCommand("rclone"), "rclone", for: "rcloneReadsWhatItWrote") else { return }
        let path = scratch.path("rclone.conf")
        let made = Command.run([
            "rclone", "--config", path, "config", "create", "--non-interactive", "nas", "s3", "provider", "AWS",
            "access_key_id", oldID, "secret_access_key", oldSecret, "region", "eu-west-1",
        ])
        #expect(made.status == 0, "\(made)")
        let store = CredentialsStore(path: path)
        let slot = KeySlot.rclone(remote: profile("nas"))
        #expect(try store.read(slot)?.key == accessKey(oldID, oldSecret))
        _ = try store.install(accessKey(), in: slot, replacing: .anything)
        expectKey(in: Command.run(["rclone", "--config", path, "config", "show", "nas"]))
    }

    @Test func anEncryptedConfigurationOfRcloneIsRefused() throws {
        guard isAvailable(hasCommand("rclone"), "rclone", for: "anEncryptedConfigurationOfRcloneIsRefused") else {
            return
        }
        let path = scratch.write(
            "rclone.conf",
            "# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\n\(String(repeating: "A", count: 120))\n")
        // rclone, too, takes it for an encrypted one.
        let shown = Command.run(
            ["rclone", "--config", path, "--ask-password=false", "config", "show"])
        #expect(shown.status != 0 && shown.output.contains("decrypt"), "\(shown)")
        let error = #expect(throws: CredentialsStoreError.self) {
            _ = try CredentialsStore(path: path).read(.rclone(remote: profile("nas")))
        }
        #expect(error?.reason == .problem(DocumentProblem(line: 3, reason: .encrypted)))
    }

    @Test func s3cmdReadsItsFile() throws {
        guard isAvailable(hasCommand("s3cmd"), "s3cmd", for: "s3cmdReadsItsFile") else { return }
        for path in try files(.s3cfg) { expectKey(in: Command.run(["s3cmd", "--config", path, "--dump-config"])) }
        // And what it writes itself.
        let dumped = Command.run(["s3cmd", "--config", scratch.path("made.conf"), "--dump-config"]).output
        scratch.write("dumped", dumped.split(separator: newSecret).joined(separator: oldSecret))
        _ = try CredentialsStore(path: scratch.path("dumped")).install(accessKey(), in: .s3cfg, replacing: .anything)
        #expect(scratch.text("dumped") == dumped)
    }

    // MARK: environment files

    @Test("a shell reads it", arguments: ["sh", "bash"])
    func shell(_ name: String) throws {
        guard isAvailable(hasCommand(name), name, for: "shell") else { return }
        for path in try files(Self.standardVariables) {
            let result = Command.run([
                name, "-c", "set -a; . \"$1\"; exec env | grep ^AWS_[AS].*KEY", name, path,
            ])
            expectKey(in: result)
        }
        let exported = try files(.environment(id: variable("S3_ID"), secret: variable("S3_SECRET")))[0]
        expectKey(in: Command.run([name, "-c", ". \"$1\"; exec env | grep ^S3_", name, exported]))
    }

    /// `EnvironmentFile=` and environment.d are read by one function of systemd; only this program calls it without
    /// systemd running.
    @Test func systemdReadsIt() throws {
        let generator = "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator"
        guard isAvailable(access(generator, X_OK) == 0, generator, for: "systemdReadsIt") else { return }
        for path in try files(Self.standardVariables) + [withCarriageReturns()] {
            let home = ScratchDirectory()
            mkdir(home.path("environment.d"), 0o700)
            symlink(path, home.path("environment.d/keybaton.conf"))
            let result = Command.run([generator], environment: ["XDG_CONFIG_HOME": home.path])
            expectKey(in: result)
            #expect(!result.output.contains("ignoring"), "\(result.output)")
        }
    }

    @Test func dockerReadsIt() throws {
        guard isAvailable(hasCommand("docker") && hasCommand("python3"), "docker's command line", for: "dockerReadsIt")
        else { return }
        for path in try files(Self.standardVariables) + [withCarriageReturns()] {
            expectKey(in: Command.run(["python3", script("docker_environment.py"), path]))
        }
    }
}
