import Glibc
import HostTestSupport
import Testing

/// Edits by a user who is not root, and so may not do everything that keeping a file as it was would need.
@Suite struct UnprivilegedTests {
    let scratch = ScratchDirectory()
    let user: uid_t = 65534
    let oldText = "[default]\naws_access_key_id = \(oldID)\naws_secret_access_key = \(oldSecret)\n"
    let newText = "[default]\naws_access_key_id = \(newID)\naws_secret_access_key = \(newSecret)\n"

    init() {
        scratch.write("credentials", oldText)
        chown(scratch.path, user, user)
        chown(scratch.path("credentials"), user, user)
    }

    /// The edit as that user; nil where we cannot become it.
    private func run(_ test: String) -> Command.Result? {
        let become = ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups"]
        let canRun = getuid() == 0 && Command.run(become + [Probe.path]).status == 2
        guard isAvailable(canRun, "root, setpriv and a build folder that others can read", for: test) else {
            return nil
        }
        return Command.run(become + [Probe.path, scratch.path("credentials"), "default", newID], input: newSecret)
    }

    @Test func theOwnerEditsHisFile() {
        guard let result = run("theOwnerEditsHisFile") else { return }
        #expect(result.status == 0 && scratch.text("credentials") == newText, "\(result)")
    }

    @Test func aGroupThatCannotBeKeptIsRefusedRatherThanLost() {
        chown(scratch.path("credentials"), user, 4321)
        guard let result = run("aGroupThatCannotBeKept") else { return }
        #expect(result.status == 1 && result.output.contains("cannot be given the owner"), "\(result)")
        #expect(scratch.text("credentials") == oldText && scratch.names == ["credentials"])
    }

    @Test func aDirectoryThatIsNotWritableIsRefused() {
        chown(scratch.path, 0, 0)
        chmod(scratch.path, 0o755)
        guard let result = run("aDirectoryThatIsNotWritable") else { return }
        #expect(result.status == 1 && result.output.contains("Permission denied; run as its owner"), "\(result)")
        #expect(scratch.text("credentials") == oldText && scratch.names == ["credentials"])
    }

    @Test func aFileOfRootIsRefused() {
        chown(scratch.path("credentials"), 0, 0)
        guard let result = run("aFileOfRoot") else { return }
        #expect(result.status == 1 && result.output.contains("belongs to user 0, not to user \(user)"), "\(result)")
        #expect(scratch.text("credentials") == oldText && scratch.names == ["credentials"])
    }
}
