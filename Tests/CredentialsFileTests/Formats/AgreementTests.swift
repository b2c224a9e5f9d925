import Glibc
import HostTestSupport
import Secrets
import Testing

@testable import CredentialsFile

/// Files that people have changed by hand: what we edit at all, the programs read as we do, or refuse.
@Suite(.tags(.slow)) struct AgreementTests {
    let scratch = ScratchDirectory()

    /// Writes what becomes of mutated files that are edited, one after the other.
    private func edits(_ slot: KeySlot, count: Int, _ body: (_ path: String, _ text: String) -> Void) throws {
        let example = try #require(FormatExample.all.first { $0.slot == slot })
        var edits = 0
        for seed in 10_000..<20_000 as Range<UInt64> where edits < count {
            let document = slot.document(Secret(example.mutated(seed: seed)))
            guard let edited = try? document.installing(accessKey()) else { continue }
            edits += 1
            body(scratch.write("file.conf", edited.bytes), edited.text)
        }
        #expect(edits == count)
    }

    private static let variables = KeySlot.environment(id: .accessKeyID, secret: .secretAccessKey)

    @Test("a shell", arguments: ["dash", "bash"])
    func shell(_ name: String) throws {
        guard isAvailable(hasCommand(name), name, for: "shell") else { return }
        // What a line that is more than an assignment would run is nowhere to be found.
        let program = """
            PATH=/nonexistent; . "$1" > /dev/null 2>&1
            printf '%s ' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "[$AWS_SESSION_TOKEN]" "[$AWS_SECURITY_TOKEN]"
            """
        var agreed = 0
        try edits(Self.variables, count: 200) { path, text in
            let result = Command.run([name, "-c", program, name, path])
            // A syntax error elsewhere ends dash; bash ends the file there, and a comment of systemd's is one.
            if result.status != 0 || text.split(separator: "\n").contains(where: { $0.hasPrefix(";") }) { return }
            agreed += 1
            #expect(result.output == "\(newID) \(newSecret) [] [] ", "\(text)")
        }
        #expect(agreed > 150)
    }

    @Test func systemd() throws {
        let generator = "/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator"
        guard isAvailable(access(generator, X_OK) == 0, generator, for: "systemd") else { return }
        mkdir(scratch.path("environment.d"), 0o700)
        symlink("../file.conf", scratch.path("environment.d/keybaton.conf"))
        var agreed = 0
        try edits(Self.variables, count: 200) { path, text in
            let result = Command.run([generator], environment: ["XDG_CONFIG_HOME": scratch.path])
            let lines = result.output.split(separator: "\n")
            for (name, value) in [("AWS_ACCESS_KEY_ID", newID), ("AWS_SECRET_ACCESS_KEY", newSecret)] {
                // It ignores what is exported; that line was a shell's before, too.
                if text.contains("export \(name)=") { continue }
                agreed += 1
                #expect(lines.filter { $0.hasPrefix("\(name)=") } == ["\(name)=\(value)"], "\(text)")
            }
            #expect(!lines.contains { $0.hasPrefix("AWS_SESSION_TOKEN=") }, "\(text)")
        }
        #expect(agreed > 300)
    }

    @Test func rclone() throws {
        guard isAvailable(hasCommand("rclone"), "rclone", for: "rclone") else { return }
        try edits(.rclone(remote: profile("nas")), count: 40) { path, text in
            let result = Command.run(["rclone", "--config", path, "config", "show", "nas"])
            #expect(result.status == 0 && result.output.contains("\naccess_key_id = \(newID)\n"), "\(result)\n\(text)")
            #expect(result.output.contains("\nsecret_access_key = \(newSecret)\n"), "\(result)\n\(text)")
            #expect(!result.output.contains("session_token ="), "\(result)\n\(text)")
        }
    }

    @Test func s3cmd() throws {
        guard isAvailable(hasCommand("s3cmd"), "s3cmd", for: "s3cmd") else { return }
        try edits(.s3cfg, count: 25) { path, text in
            let result = Command.run(["s3cmd", "--config", path, "--dump-config"])
            // It stops at a setting of its own that has no meaning; the key is none of those.
            if result.status != 0 { return }
            for line in ["access_key = \(newID)", "secret_key = \(newSecret)", "access_token = "] {
                #expect(result.output.contains("\n\(line)\n"), "\(result)\n\(text)")
            }
        }
    }
}
