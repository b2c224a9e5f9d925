import Glibc
import HostTestSupport
import Testing

@testable import CredentialsFile

/// Edits in a mount name space of their own: full, read-only and bind-mounted file systems.
@Suite struct MountTests {
    let scratch = ScratchDirectory()
    let oldText = "[default]\naws_access_key_id = \(oldID)\naws_secret_access_key = \(oldSecret)\n"
    let newText = "[default]\naws_access_key_id = \(newID)\naws_secret_access_key = \(newSecret)\n"

    /// Runs the shell commands with `$scratch` and, as `probe`, the edit; nil where nothing can be mounted.
    private func run(_ test: String, _ commands: String) -> Command.Result? {
        let canMount = getuid() == 0 && Command.run(["unshare", "-m", "true"]).status == 0
        guard isAvailable(canMount, "root and unshare -m", for: test) else { return nil }
        let probe =
            "probe() { printf %s '\(newSecret)' | \(Probe.path) \"$1\" default \(newID) ${2-} ${3-} && code=0 || code=$?; echo \"exit $code\"; }"
        return Command.run([
            "unshare", "-m", "sh", "-euc",
            "mount --make-rprivate /; scratch=\(scratch.path); \(probe)\n\(commands)",
        ])
    }

    @Test func aFileMountedByItselfIsRewrittenInPlaceOnlyWhereAllowed() {
        scratch.write("real", oldText)
        scratch.write("credentials", "")
        let result = run(
            "aFileMountedByItself",
            """
            mount --bind $scratch/real $scratch/credentials
            probe $scratch/credentials; cat $scratch/real; ls -A $scratch
            probe $scratch/credentials in-place; cat $scratch/real; ls -A $scratch
            """)
        guard let result else { return }
        let parts = result.output.split(separator: "exit ").map(String.init)
        #expect(parts.count == 3, "\(result.output)")
        guard parts.count == 3 else { return }
        #expect(parts[0].contains("in_place = true") && parts[1].hasPrefix("1\n\(oldText)credentials\nreal\n"))
        #expect(parts[1].hasSuffix("warning: the file was rewritten in place: programs may have read half of it\n"))
        #expect(parts[2] == "0\n\(newText)credentials\nreal\n")
    }

    @Test func aCheckFindsTheMountsThatStopAnInstallation() {
        scratch.write("real", oldText)
        scratch.write("credentials", "")
        let result = run(
            "aCheckFindsTheMounts",
            """
            probe $scratch/real check
            mount --bind $scratch/real $scratch/credentials
            probe $scratch/credentials check; probe $scratch/credentials in-place check
            mount --bind $scratch $scratch; mount -o remount,bind,ro $scratch
            probe $scratch/real check; cat $scratch/real; ls -A $scratch
            """)
        guard let result else { return }
        let parts = result.output.split(separator: "exit ").map(String.init)
        #expect(parts.count == 4, "\(result.output)")
        guard parts.count == 4 else { return }
        #expect(parts[0].hasPrefix("0\n") && parts[0].contains("in_place = true"), "\(parts)")
        #expect(parts[1] == "1\n" && parts[2].hasPrefix("0\n"), "\(parts)")
        #expect(parts[2].contains("Read-only file system"), "\(parts)")
        #expect(parts[3] == "1\n\(oldText)credentials\nreal\n", "\(parts)")
    }

    @Test func aFileInAReadOnlyDirectoryIsRewrittenInPlaceWhereAllowed() {
        scratch.write("real", oldText)
        mkdir(scratch.path("home"), 0o700)
        scratch.write("home/credentials", "")
        let result = run(
            "aFileInAReadOnlyDirectory",
            """
            mount --bind $scratch/home $scratch/home; mount --bind $scratch/real $scratch/home/credentials
            mount -o remount,bind,ro $scratch/home
            probe $scratch/home/credentials; cat $scratch/real
            probe $scratch/home/credentials in-place; cat $scratch/real
            """)
        guard let result else { return }
        #expect(result.output.contains("Read-only file system") && result.output.contains("exit 1\n\(oldText)"))
        #expect(result.output.hasSuffix("exit 0\n\(newText)"), "\(result.output)")
    }

    @Test func aFullDiskLeavesTheOldFileAndNothingElse() {
        let result = run(
            "aFullDisk",
            """
            mount -t tmpfs -o size=16k none $scratch
            printf '%s' '\(oldText)' > $scratch/credentials
            head -c 1000000 /dev/zero > $scratch/fill 2>/dev/null || true
            probe $scratch/credentials; probe $scratch/credentials in-place
            cat $scratch/credentials; ls -A $scratch
            """)
        guard let result else { return }
        #expect(result.output.contains("No space left on device; make space and try again\nexit 1\n"))
        #expect(result.output.hasSuffix("exit 1\n\(oldText)credentials\nfill\n"), "\(result.output)")
    }

    @Test func aReadOnlyFileSystemLeavesTheOldFile() {
        let result = run(
            "aReadOnlyFileSystem",
            """
            mount -t tmpfs none $scratch
            printf '%s' '\(oldText)' > $scratch/credentials
            mount -o remount,ro $scratch
            probe $scratch/credentials; probe $scratch/credentials in-place
            cat $scratch/credentials; ls -A $scratch
            """)
        guard let result else { return }
        #expect(result.output.contains("Read-only file system; mount it for writing"))
        #expect(result.output.hasSuffix("exit 1\n\(oldText)credentials\n"), "\(result.output)")
    }

    @Test("a rewrite in place that fails puts the old contents back", arguments: ["pwrite64", "fsync", "ftruncate"])
    func failingRewrite(call: String) {
        scratch.write("real", oldText)
        scratch.write("credentials", "")
        guard
            isAvailable(
                Command.run(["strace", "-o", "/dev/null", "true"]).status == 0, "strace", for: "failingRewrite")
        else { return }
        // The first pwrite and fsync are those of the temporary file.
        let occurrence = call == "ftruncate" ? 1 : 2
        let result = run(
            "failingRewrite",
            """
            mount --bind $scratch/real $scratch/credentials
            printf %s '\(newSecret)' | strace -f -o /dev/null -e inject=\(call):error=EIO:when=\(occurrence) \
                \(Probe.path) $scratch/credentials default \(newID) in-place && code=0 || code=$?
            echo exit $code; cat $scratch/real; ls -A $scratch
            """)
        guard let result else { return }
        #expect(result.output.contains("Input/output error"), "\(result.output)")
        #expect(result.output.hasSuffix("exit 1\n\(oldText)credentials\nreal\n"), "\(result.output)")
    }
}
