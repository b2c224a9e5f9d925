import Glibc
import HostTestSupport
import Secrets
import Testing

@testable import CredentialsFile

@Suite struct StoreTests {
    let scratch = ScratchDirectory()
    let oldText = "# mine\n[default]\naws_access_key_id = \(oldID)\naws_secret_access_key = \(oldSecret)\n"
    let newText = "# mine\n[default]\naws_access_key_id = \(newID)\naws_secret_access_key = \(newSecret)\n"

    private func install(
        _ path: String, _ options: CredentialsStore.Options = .init(patience: .milliseconds(10))
    ) throws -> Installation {
        try CredentialsStore(path: path, options: options).install(
            accessKey(), in: .standard, replacing: .anything)
    }

    private func read(_ path: String) throws -> HeldKey? {
        try CredentialsStore(path: path).read(.standard)
    }

    private func refusal(_ path: String, _ body: (String) throws -> Void) -> CredentialsStoreError.Reason? {
        let error = #expect(throws: CredentialsStoreError.self) { try body(path) }
        #expect(error?.path == path)
        return error?.reason
    }

    private func status(_ path: String) -> stat {
        var status = stat()
        lstat(path, &status)
        return status
    }

    // MARK: what works

    @Test func aKeyIsInstalledAndReadBack() throws {
        let path = scratch.write("credentials", oldText)
        #expect(try read(path) == HeldKey(key: accessKey(oldID, oldSecret), hasSessionToken: false))
        #expect(try install(path) == Installation(changed: true, warnings: []))
        #expect(scratch.text("credentials") == newText && scratch.names == ["credentials"])
        #expect(try read(path) == HeldKey(key: accessKey(), hasSessionToken: false))
    }

    @Test func whatIsInstalledAlreadyIsNotWritten() throws {
        let path = scratch.write("credentials", newText)
        let before = status(path)
        #expect(try install(path) == Installation(changed: false, warnings: []))
        let after = status(path)
        #expect(before.st_ino == after.st_ino && before.st_ctim.tv_nsec == after.st_ctim.tv_nsec)
    }

    @Test func aMissingFileAndDirectoryAreMadeForTheirOwnerOnly() throws {
        let old = umask(0)
        defer { umask(old) }
        let path = scratch.path(".aws/credentials")
        #expect(try read(path) == nil)
        #expect(try install(path) == Installation(changed: true, warnings: []))
        #expect(status(path).st_mode & 0o7777 == 0o600)
        #expect(status(scratch.path(".aws")).st_mode & 0o7777 == 0o700)
        #expect(try read(path)?.key == accessKey())
    }

    @Test func aLinkStaysAndItsTargetIsEdited() throws {
        _ = Command.run(["mkdir", scratch.path("dotfiles"), scratch.path("home")])
        scratch.write("dotfiles/credentials", oldText)
        symlink("../dotfiles/credentials", scratch.path("middle"))
        symlink("../dotfiles/credentials", scratch.path("home/second"))
        symlink(scratch.path("home/second"), scratch.path("home/credentials"))
        let path = scratch.path("home/credentials")
        #expect(try read(path)?.key.id.description == oldID)
        #expect(try install(path).changed)
        #expect(status(path).st_mode & S_IFMT == S_IFLNK)
        #expect(scratch.text("dotfiles/credentials") == newText)
        #expect(Command.run(["ls", "-A", scratch.path("dotfiles")]).output == "credentials\n")
    }

    @Test func whatShouldBeLookedAtIsSaid() throws {
        let path = scratch.write("credentials", "\u{FEFF}" + oldText, mode: 0o644)
        link(path, scratch.path("other"))
        #expect(
            try install(path).warnings == [.hardLinks(count: 2), .readableByOthers(permissions: 0o644), .byteOrderMark])
        #expect(status(path).st_mode & 0o7777 == 0o644)
    }

    @Test func theTemporaryFilesOfKilledRunsAreRemoved() throws {
        let path = scratch.write("credentials", newText)
        scratch.write(".keybaton-0123456789abcdef.tmp", newSecret)
        #expect(try !install(path).changed)
        #expect(scratch.names == ["credentials"])
    }

    @Test func theKeyThatWasReadIsReplacedAndNoOther() throws {
        let path = scratch.write("credentials", oldText)
        let store = CredentialsStore(path: path)
        let key = try accessKey()
        let held = try store.read(.standard)
        for other in [nil, HeldKey(key: try accessKey(oldID, newSecret), hasSessionToken: false)] {
            let error = #expect(throws: CredentialsStoreError.self) {
                _ = try store.install(key, in: .standard, replacing: .held(other))
            }
            #expect(error?.reason == .holdsAnotherKey && scratch.text("credentials") == oldText)
        }
        #expect(try store.install(key, in: .standard, replacing: .held(held)).changed)
        // The second of two runs that read at one time finds its work done.
        #expect(try !store.install(key, in: .standard, replacing: .held(held)).changed)
        #expect(scratch.text("credentials") == newText && scratch.names == ["credentials"])
    }

    @Test func whatIsNoKeyOfAWSIsReplacedOnlyWhereAnythingMayBe() throws {
        let path = scratch.write(
            "credentials", "[default]\naws_access_key_id = minioadmin\naws_secret_access_key = minioadmin\n")
        let error = #expect(throws: CredentialsStoreError.self) {
            _ = try CredentialsStore(path: path).install(
                accessKey(), in: .standard, replacing: .held(nil))
        }
        #expect(error?.reason == .problem(DocumentProblem(line: 2, reason: .notAnAccessKeyID)))
        #expect(try install(path).changed)
        #expect(try read(path)?.key == accessKey())
    }

    // MARK: what is refused, with the file as it was

    @Test func aFileThatIsNotOneIsRefusedWithoutWaiting() {
        mkfifo(scratch.path("fifo"), 0o600)
        mkdir(scratch.path("folder"), 0o700)
        for path in [scratch.path("fifo"), scratch.path("folder")] {
            #expect(refusal(path) { _ = try install($0) } == .notARegularFile)
            #expect(refusal(path) { _ = try read($0) } == .notARegularFile)
        }
        #expect(refusal("/dev/null") { _ = try install($0) } == .notARegularFile)
    }

    @Test("a path that names no file is refused", arguments: ["", "/", "/tmp/", "/tmp/..", ".", "/tmp/a\0b"])
    func unusablePath(_ path: String) {
        #expect(refusal(path) { _ = try install($0) } == .unusablePath)
    }

    @Test func aFileThatIsTooLargeIsRefused() {
        let path = scratch.write("credentials", String(repeating: "#", count: CredentialsStore.sizeLimit + 1))
        #expect(refusal(path) { _ = try install($0) } == .tooLarge(limit: CredentialsStore.sizeLimit))
        #expect(refusal(path) { _ = try read($0) } == .tooLarge(limit: CredentialsStore.sizeLimit))
    }

    @Test func aLinkToNothingOrToItselfIsRefused() {
        symlink("nowhere", scratch.path("dangling"))
        symlink("/nowhere/at/all", scratch.path("far"))
        symlink("loop", scratch.path("loop"))
        #expect(refusal(scratch.path("dangling")) { _ = try install($0) } == .danglingLink(destination: "nowhere"))
        #expect(refusal(scratch.path("far")) { _ = try install($0) } == .danglingLink(destination: "/nowhere/at/all"))
        #expect(refusal(scratch.path("far")) { _ = try read($0) } == .danglingLink(destination: "/nowhere/at/all"))
        #expect(refusal(scratch.path("loop")) { _ = try install($0) } == .tooManyLinks)
        #expect(scratch.names == ["dangling", "far", "loop"])
    }

    @Test func aFileOrLinkOfAnotherUserIsRefused() {
        guard isAvailable(getuid() == 0, "root", for: "aFileOrLinkOfAnotherUserIsRefused") else { return }
        let path = scratch.write("credentials", oldText)
        symlink("credentials", scratch.path("link"))
        lchown(scratch.path("link"), 65534, 65534)
        #expect(refusal(scratch.path("link")) { _ = try install($0) } == .foreignOwner(65534, expected: 0))
        chown(path, 65534, 65534)
        #expect(refusal(path) { _ = try install($0) } == .foreignOwner(65534, expected: 0))
        #expect(refusal(path) { _ = try read($0) } == .foreignOwner(65534, expected: 0))
        #expect(scratch.text("credentials") == oldText && scratch.names == ["credentials", "link"])
    }

    @Test func aDirectoryLockedByAnotherRunIsRefusedAfterTheWait() {
        let path = scratch.write("credentials", oldText)
        let other = open(scratch.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(other) }
        #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
        #expect(refusal(path) { _ = try install($0) } == .locked(waited: .milliseconds(10)))
        #expect(scratch.text("credentials") == oldText)
    }

    @Test func aDocumentThatCannotBeEditedIsRefusedAndStays() {
        let path = scratch.write("credentials", "[default]\ngarbage\n")
        #expect(
            refusal(path) { _ = try install($0) } == .problem(DocumentProblem(line: 2, reason: .noDelimiter)))
        #expect(scratch.text("credentials") == "[default]\ngarbage\n" && scratch.names == ["credentials"])
    }

    @Test func anImmutableFileIsRefusedAndStays() {
        let path = scratch.write("credentials", oldText)
        let isImmutable = getuid() == 0 && Command.run(["chattr", "+i", path]).status == 0
        guard isAvailable(isImmutable, "root and a file system with chattr +i", for: "anImmutableFileIsRefusedAndStays")
        else { return }
        defer { _ = Command.run(["chattr", "-i", path]) }
        for allowed in [false, true] {
            let error = #expect(throws: CredentialsStoreError.self) {
                _ = try install(path, .init(allowsRewritingInPlace: allowed))
            }
            #expect(error?.description.contains("chattr -i") == true)
            let checked = #expect(throws: CredentialsStoreError.self) {
                _ = try CredentialsStore(path: path, options: .init(allowsRewritingInPlace: allowed))
                    .checkWritable(.standard)
            }
            #expect(checked?.description.contains("chattr -i") == true)
            #expect(scratch.text("credentials") == oldText && scratch.names == ["credentials"])
        }
    }

    @Test func everyMessageSaysWhatToDo() throws {
        let reasons: [CredentialsStoreError.Reason] = [
            .unusablePath, .locked(waited: .seconds(1)), .foreignOwner(1, expected: 2), .notARegularFile,
            .tooLarge(limit: 1), .danglingLink(destination: "x"), .tooManyLinks, .mountPoint, .keepsChanging,
            .overwritten,
        ]
        let messages = reasons.map { "\(CredentialsStoreError(path: "/p", reason: $0))" }
        #expect(Set(messages).count == reasons.count && messages.allSatisfy { $0.hasPrefix("/p: ") })
    }
}
