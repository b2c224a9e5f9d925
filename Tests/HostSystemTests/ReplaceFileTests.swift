import Glibc
import HostTestSupport
import Testing

@testable import HostSystem

@Suite struct ReplaceFileTests {
    let scratch = ScratchDirectory()

    /// What to compare the file with before it is replaced.
    private enum Expectation {
        case itIsAsNow
        case status(FileStatus?)
    }

    private func replace(
        _ name: String, with text: String, ifStill expectation: Expectation = .itIsAsNow
    ) throws -> [String] {
        let directory = try Directory(path: scratch.path)
        let status = try directory.status(of: name)
        let attributes = status == nil ? .ownerOnly : try directory.openFile(name).attributes()
        let expected: FileStatus?
        switch expectation {
        case .itIsAsNow: expected = status
        case .status(let status): expected = status
        }
        let bytes = UnsafeRawBufferPointer(
            UnsafeMutableRawBufferPointer.allocate(byteCount: text.utf8.count, alignment: 1))
        defer { bytes.deallocate() }
        UnsafeMutableRawBufferPointer(mutating: bytes).copyBytes(from: text.utf8)
        return try directory.replaceFile(name, with: bytes, attributes: attributes, ifStill: expected)
    }

    @Test func aNewFileIsItsOwnersAlone() throws {
        let old = umask(0)
        defer { umask(old) }
        #expect(try replace("f", with: "new") == [])
        let directory = try Directory(path: scratch.path)
        #expect(scratch.text("f") == "new")
        #expect(try directory.status(of: "f")?.permissions == 0o600)
        #expect(scratch.names == ["f"])
    }

    @Test func ownerGroupAndModeAreKept() throws {
        scratch.write("f", "old", mode: 0o640)
        if isAvailable(getuid() == 0, "root", for: "ownerGroupAndModeAreKept") {
            try #require(chown(scratch.path("f"), 1234, 4321) == 0)
        }
        let directory = try Directory(path: scratch.path)
        let before = try #require(try directory.status(of: "f"))
        _ = try replace("f", with: "new")
        let after = try #require(try directory.status(of: "f"))
        #expect(after.owner == before.owner && after.group == before.group && after.permissions == 0o640)
        #expect(after.inode != before.inode && scratch.text("f") == "new")
    }

    @Test func extendedAttributesAreKept() throws {
        let path = scratch.write("f", "old")
        let set = Command.run(["setfattr", "-n", "user.origin", "-v", "nas", path])
        guard isAvailable(set.status == 0, "setfattr and user attributes", for: "extendedAttributesAreKept") else {
            return
        }
        _ = try replace("f", with: "new")
        #expect(Command.run(["getfattr", "--only-values", "-n", "user.origin", path]).output.hasSuffix("nas"))
    }

    @Test func theAccessListIsKept() throws {
        let path = scratch.write("f", "old", mode: 0o640)
        let set = Command.run(["setfacl", "-m", "u:1234:r", path])
        guard isAvailable(set.status == 0, "setfacl and access lists", for: "theAccessListIsKept") else { return }
        let before = Command.run(["getfacl", "-cpn", path]).output
        _ = try replace("f", with: "new")
        #expect(before.contains("user:1234:r--"))
        #expect(Command.run(["getfacl", "-cpn", path]).output == before)
    }

    @Test("a default access list of the directory gives nobody access that the old file did not give")
    func defaultAccessList() throws {
        let path = scratch.write("f", "old", mode: 0o640)
        let set = Command.run(["setfacl", "-d", "-m", "u:1234:rw", scratch.path])
        guard isAvailable(set.status == 0, "setfacl and access lists", for: "defaultAccessList") else { return }
        _ = try replace("f", with: "new")
        #expect(!Command.run(["getfacl", "-cpn", path]).output.contains("1234"))
        #expect(scratch.text("f") == "new")
    }

    @Test func aFileThatSomebodyElseWroteIsNotReplaced() throws {
        scratch.write("f", "old")
        let directory = try Directory(path: scratch.path)
        let seen = try directory.status(of: "f")
        scratch.write("f", "theirs")
        #expect(throws: ReplacementError.changedMeanwhile) {
            _ = try replace("f", with: "ours", ifStill: .status(seen))
        }
        #expect(scratch.text("f") == "theirs" && scratch.names == ["f"])
    }

    @Test func aFileThatAppearedMeanwhileIsNotReplaced() throws {
        scratch.write("f", "theirs")
        #expect(throws: ReplacementError.changedMeanwhile) { _ = try replace("f", with: "ours", ifStill: .status(nil)) }
        #expect(scratch.text("f") == "theirs" && scratch.names == ["f"])
    }

    @Test func rewritingInPlaceKeepsTheInodeAndCutsTheRest() throws {
        scratch.write("f", "a long old text")
        let directory = try Directory(path: scratch.path)
        let before = try #require(try directory.status(of: "f"))
        for text in ["short", "a text that is longer than the old one"] {
            let old = try #require(scratch.bytes("f"))
            let status = try #require(try directory.status(of: "f"))
            try Array(text.utf8).withUnsafeBytes { new in
                try old.withUnsafeBytes { try directory.rewriteFile("f", with: new, replacing: $0, ifStill: status) }
            }
            #expect(scratch.text("f") == text)
        }
        #expect(try directory.status(of: "f")?.inode == before.inode)
    }

    @Test func onlyWhatKilledRunsOfThisUserLeftIsRemoved() throws {
        let stale = TemporaryName.random()
        for name in [stale, ".keybaton-0.tmp", ".keybaton-0123456789ABCDEF.tmp", "credentials"] {
            scratch.write(name, "x")
        }
        let linked = TemporaryName.random()
        symlink("credentials", scratch.path(linked))
        let directory = try Directory(path: scratch.path)
        try directory.removeStaleTemporaries(of: [getuid() + 1])
        #expect(scratch.bytes(stale) != nil)
        try directory.removeStaleTemporaries(of: [getuid()])
        #expect(scratch.bytes(stale) == nil)
        #expect(Set(scratch.names) == [".keybaton-0.tmp", ".keybaton-0123456789ABCDEF.tmp", "credentials", linked])
    }
}
