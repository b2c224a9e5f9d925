import Glibc
import HostSystem
import HostTestSupport
import Testing

/// How programs are run that the agent does not know.
struct ProgramRunTests {
    let scratch = ScratchDirectory()

    private func run(_ script: String, atMost limit: Duration = .seconds(30)) throws -> ProgramRun {
        try ProgramRun("/bin/sh", arguments: ["-c", script], environment: ["MARK": "here"], timeLimit: limit)
    }

    private func text(_ run: ProgramRun) -> String { String(decoding: run.output, as: UTF8.self) }

    @Test func `The exit code, the signal and both streams come back`() throws {
        let ended = try run("echo out; echo err >&2; exit 3")
        #expect(ended.ending == .exited(3))
        #expect(text(ended) == "out\nerr\n")
        #expect(try run("kill -9 $$").ending == .killed(signal: 9))
        #expect(try run("true") == ProgramRun("/bin/true", arguments: [], environment: [:], timeLimit: .seconds(9)))
    }

    @Test func `It has nothing of ours: no input, no variables, no descriptors, and its own group in /`() throws {
        let opened = open(scratch.write("secret", "x"), O_RDONLY)
        defer { close(opened) }
        let ended = try run(
            "cat; env -u PWD -u _ -u SHLVL -u OLDPWD; pwd; ls /proc/self/fd | wc -l; ps -o pgid= -p $$; echo $$")
        let lines = text(ended).split(separator: "\n").map { $0.filter { $0 != " " } }
        // Of ls: its three streams and the directory that it reads.
        #expect(Array(lines.prefix(3)) == ["MARK=here", "/", "4"])
        #expect(lines.count == 5 && lines[3] == lines[4])
    }

    @Test
    func `What it is given it reads to the end; more than a pipe surely takes is refused, and ignoring it is no error`()
        throws
    {
        func run(_ count: Int, _ script: String) throws -> ProgramRun {
            try [UInt8](repeating: UInt8(ascii: "x"), count: count).withUnsafeBytes { bytes in
                try ProgramRun(
                    "/bin/sh", arguments: ["-c", script], environment: [:], input: bytes, timeLimit: .seconds(30))
            }
        }
        for count in [0, 1, 4096] {
            let ended = try run(count, "wc -c; cat")
            #expect(ended.ending == .exited(0) && text(ended).filter { $0 != " " } == "\(count)\n")
        }
        #expect(try run(4096, "exit 0").ending == .exited(0))
        #expect(throws: SystemCallError.self) { try run(4097, "cat") }
    }

    @Test func `What takes too long is stopped with all that it has started`() throws {
        let started = ContinuousClock.now
        let ended = try run(
            "trap '' TERM; sleep 600 & echo $! > \(scratch.path("child")); echo waiting; wait; sleep 600",
            atMost: .seconds(5))
        #expect(ended.ending == .outOfTime)
        #expect(text(ended) == "waiting\n")
        #expect(ContinuousClock.now - started < .seconds(250), "its own end came first")
        let child = try #require(scratch.text("child").flatMap { pid_t($0.dropLast()) })
        // Whoever inherits it may be slow to take it off the table.
        let isGone = Command.run(["sh", "-c", "ps -o stat= -p \(child) | grep -qv Z"]).status != 0
        #expect(isGone)
    }

    @Test func `What it leaves running goes on and is not waited for, though it holds the output`() throws {
        let started = ContinuousClock.now
        let ended = try run("sleep 600 & echo $!")
        #expect(ended.ending == .exited(0))
        #expect(ContinuousClock.now - started < .seconds(250), "its own end came first")
        let left = try #require(pid_t(text(ended).dropLast()))
        #expect(kill(left, SIGKILL) == 0)
    }

    @Test func `Of a flood the last whole lines remain`() throws {
        let ended = try run("seq 1 200000")
        let lines = text(ended).split(separator: "\n")
        #expect(lines.last == "200000")
        #expect(ended.output.count <= 16_384)
        #expect(lines.first?.count == 6)
        #expect(try run("head -c 100000 /dev/zero").output.isEmpty)
    }

    @Test func `A program that is not there is an error of the call`() {
        let error = #expect(throws: SystemCallError.self) {
            try ProgramRun(scratch.path("none"), arguments: [], environment: [:], timeLimit: .seconds(1))
        }
        #expect(error?.code == ENOENT)
    }
}
