import Glibc
import HostTestSupport
import Testing

@testable import HostSystem

@Suite struct FileTests {
    let scratch = ScratchDirectory()

    @Test(.timeLimit(.minutes(1))) func aFIFOIsOpenedWithoutWaitingForAWriter() throws {
        try #require(mkfifo(scratch.path("fifo"), 0o600) == 0)
        let directory = try Directory(path: scratch.path)
        #expect(try directory.status(of: "fifo")?.kind == .other)
        #expect(try directory.openFile("fifo").status().kind == .other)
    }

    @Test func aLinkIsNotFollowed() throws {
        scratch.write("f", "x")
        symlink("f", scratch.path("link"))
        let directory = try Directory(path: scratch.path)
        #expect(try directory.status(of: "link")?.kind == .symbolicLink)
        #expect(try directory.destination(ofLink: "link") == "f")
        let error = #expect(throws: SystemCallError.self) { _ = try directory.openFile("link") }
        #expect(error == SystemCallError(call: "open", path: scratch.path("link"), code: ELOOP))
    }

    @Test("contents up to the limit are read, more are refused", arguments: [0, 1, 99, 100, 101, 5000])
    func limit(size: Int) throws {
        scratch.write("f", [UInt8](repeating: 7, count: size))
        let file = try Directory(path: scratch.path).openFile("f")
        if size <= 100 {
            #expect(try file.withContents(limit: 100) { $0.count } == size)
        } else {
            let error = #expect(throws: SystemCallError.self) { _ = try file.withContents(limit: 100) { $0.count } }
            #expect(error?.code == EFBIG)
        }
    }

    @Test func anErrorNamesTheCallThePathAndTheReason() {
        let error = #expect(throws: SystemCallError.self) { _ = try Directory(path: "/nowhere/at/all") }
        #expect(error.map { "\($0)" } == "open /nowhere/at/all: No such file or directory")
    }

    @Test func theNamesOfADirectoryAreAllThere() throws {
        for index in 0..<300 { scratch.write("name \(index)", "") }
        let names = try Directory(path: scratch.path).names()
        #expect(names.count == 300 && Set(names) == Set((0..<300).map { "name \($0)" }))
    }
}
