import Glibc
import HostTestSupport
import Secrets
import Testing

@testable import CredentialsFile

/// What holds for a file of every format.
@Suite struct StoreContractTests {
    let scratch = ScratchDirectory()

    private func store(_ name: String, _ creation: CredentialsStore.Creation = .init()) -> CredentialsStore {
        CredentialsStore(path: scratch.path(name), options: .init(patience: .milliseconds(10), creation: creation))
    }

    private func mode(_ name: String) -> UInt32 {
        var status = stat()
        lstat(scratch.path(name), &status)
        return status.st_mode
    }

    @Test("the key that was read is replaced, the link and the mode stay", arguments: FormatExample.all)
    func replaces(_ example: FormatExample) throws {
        scratch.write("real", example.before, mode: 0o640)
        symlink("real", scratch.path("link"))
        let store = store("link")
        let held = try store.read(example.slot)
        #expect(held?.key == (try accessKey(oldID, oldSecret)))
        let result = try store.install(accessKey(), in: example.slot, replacing: .held(held))
        #expect(result == Installation(changed: true, warnings: [.readableByOthers(permissions: 0o640)]))
        #expect(scratch.text("real") == example.after && scratch.names == ["link", "real"])
        #expect(mode("link") & S_IFMT == S_IFLNK && mode("real") & 0o7777 == 0o640)
        #expect(try !store.install(accessKey(), in: example.slot, replacing: .held(held)).changed)
    }

    @Test("another key than the one that was read is not replaced", arguments: FormatExample.all)
    func holdsAnother(_ example: FormatExample) {
        scratch.write("file", example.before)
        let error = #expect(throws: CredentialsStoreError.self) {
            _ = try store("file").install(accessKey(), in: example.slot, replacing: .held(nil))
        }
        #expect(error?.reason == .holdsAnotherKey && scratch.text("file") == example.before)
    }

    @Test("a missing file and its directories are made, for whom is said", arguments: FormatExample.all)
    func makes(_ example: FormatExample) throws {
        let old = umask(0)
        defer { umask(old) }
        let store = store("a/b/c/file", .init(permissions: 0o640))
        #expect(try store.read(example.slot) == nil)
        guard let made = example.made else {
            let error = #expect(throws: CredentialsStoreError.self) {
                _ = try store.install(accessKey(), in: example.slot, replacing: .held(nil))
            }
            #expect(error?.reason == .problem(DocumentProblem(line: 1, reason: .missingRemote)))
            return
        }
        #expect(try store.checkWritable(example.slot).isEmpty && scratch.names.isEmpty)
        #expect(try store.install(accessKey(), in: example.slot, replacing: .held(nil)).changed)
        #expect(scratch.text("a/b/c/file") == made)
        #expect(mode("a/b/c/file") & 0o7777 == 0o640)
        for directory in ["a", "a/b", "a/b/c"] { #expect(mode(directory) & 0o7777 == 0o700) }
        // What is configured needs no warning at the next run.
        #expect(try store.install(accessKey(), in: example.slot, replacing: .anything).warnings.isEmpty)
    }

    @Test("a preview and a check change nothing and leave nothing behind", arguments: FormatExample.all)
    func looks(_ example: FormatExample) throws {
        scratch.write("file", example.before)
        let store = store("file")
        let preview = try store.preview(accessKey(), in: example.slot)
        #expect(preview.changes.contains { $0.contains(newID) } && preview.warnings.isEmpty)
        #expect(try store.checkWritable(example.slot).isEmpty)
        #expect(scratch.text("file") == example.before && scratch.names == ["file"])
        _ = try store.install(accessKey(), in: example.slot, replacing: .anything)
        #expect(try store.preview(accessKey(), in: example.slot).changes.isEmpty)
    }

    @Test(
        "a check finds the lock, the text and the directory that would stop an installation",
        arguments: FormatExample.all)
    func checks(_ example: FormatExample) throws {
        scratch.write("file", "\(example.before)\u{0}\n\"")
        #expect(throws: CredentialsStoreError.self) { _ = try store("file").checkWritable(example.slot) }
        scratch.write("file", example.before)
        let other = open(scratch.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
        let locked = #expect(throws: CredentialsStoreError.self) { _ = try store("file").checkWritable(example.slot) }
        #expect(locked?.reason == .locked(waited: .milliseconds(10)))
        close(other)
    }

    @Test func aDirectoryOfSomebodyElseIsNoPlaceForNewOnes() {
        guard isAvailable(getuid() == 0, "root", for: "aDirectoryOfSomebodyElseIsNoPlaceForNewOnes") else { return }
        mkdir(scratch.path("theirs"), 0o777)
        chown(scratch.path("theirs"), 65534, 65534)
        let store = store("theirs/.aws/keybaton/file")
        let expected = CredentialsStoreError.Reason.foreignDirectory(
            scratch.path("theirs"), owner: 65534, expected: 0)
        let refused = #expect(throws: CredentialsStoreError.self) {
            _ = try store.install(accessKey(), in: .json, replacing: .anything)
        }
        let checked = #expect(throws: CredentialsStoreError.self) { _ = try store.checkWritable(.json) }
        #expect(refused?.reason == expected && checked?.reason == expected)
        #expect(Command.run(["ls", "-A", scratch.path("theirs")]).output.isEmpty)
    }

    @Test func aFileThatIsMadeGetsTheConfiguredGroup() throws {
        guard isAvailable(getuid() == 0, "root", for: "aFileThatIsMadeGetsTheConfiguredGroup") else { return }
        _ = try store("file", .init(group: 12, permissions: 0o640)).install(
            accessKey(), in: .json, replacing: .held(nil))
        var status = stat()
        lstat(scratch.path("file"), &status)
        #expect(status.st_gid == 12 && status.st_uid == 0 && status.st_mode & 0o7777 == 0o640)
    }
}
