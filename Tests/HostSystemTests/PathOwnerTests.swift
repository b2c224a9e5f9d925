import Glibc
import HostTestSupport
import Testing

@testable import HostSystem

/// The way to a path, made by root and by users who have no account: numbers are enough.
@Suite(.enabled(if: isAvailable(geteuid() == 0, "root", for: "who owns a path")))
struct PathOwnerTests {
    /// In /tmp, which everybody can write to; its own directories are root's.
    let scratch = ScratchDirectory()

    private func directory(_ name: String, owner: uid_t = 0, mode: mode_t = 0o755) -> String {
        let path = scratch.path(name)
        mkdir(path, 0o700)
        chown(path, owner, owner)
        chmod(path, mode)
        return path
    }

    @Test func `Where only root can write, root decides, and what is there is told`() throws {
        #expect(try PathOwner(of: "/etc/passwd") == .nobody(Directory(path: "/etc").status(of: "passwd")))
        #expect(try PathOwner(of: "/etc/none.\(getpid())") == .nobody(nil))
        #expect(try PathOwner(of: "/etc/none.\(getpid())/x") == .missing(directory: "/etc/none.\(getpid())"))
        #expect(try PathOwner(of: "/") == .nobody(Directory(path: "/").status()))
        let shared = scratch.write("of-61001", "")
        chown(shared, 61001, 61001)
        guard case .nobody(let status?) = try PathOwner(of: shared) else { throw Unexpected() }
        #expect(status.owner == 61001)
    }

    @Test func `The first directory that is not root's tells the owner, and nothing below it is looked at`() throws {
        let home = directory("home", owner: 61001, mode: 0o700)
        symlink("/etc", "\(home)/.aws")
        for path in [
            home, "\(home)/.aws/passwd", "\(home)/.aws/none", "\(home)/../home/x", "\(scratch.path)/./home//x",
        ] {
            #expect(try PathOwner(of: path) == .user(61001, group: 61001, at: home), "\(path)")
        }
    }

    @Test func `Links of root are followed, to wherever they lead, and not for ever`() throws {
        let home = directory("home", owner: 61001)
        symlink(home, scratch.path("absolute"))
        symlink("home", scratch.path("relative"))
        symlink("../etc/passwd", scratch.path("up"))
        symlink("loop", scratch.path("loop"))
        #expect(try PathOwner(of: scratch.path("absolute/x")) == .user(61001, group: 61001, at: home))
        #expect(try PathOwner(of: scratch.path("relative/x")) == .user(61001, group: 61001, at: home))
        #expect(try PathOwner(of: scratch.path("up")) == .several(at: "/tmp"))
        #expect(throws: SystemCallError(call: "open", path: scratch.path("loop"), code: ELOOP)) {
            try PathOwner(of: scratch.path("loop"))
        }
        #expect(throws: SystemCallError.self) { try PathOwner(of: "/etc/passwd/x") }
    }

    @Test func `In /tmp only a directory of root's is passed: everything else could have been put there by anybody`()
        throws
    {
        let name = "/tmp/keybaton-test-\(getpid())"
        #expect(try PathOwner(of: name) == .several(at: "/tmp"))
        let link = "\(name)-link"
        symlink("/etc/passwd", link)
        close(open(name, O_CREAT | O_WRONLY, 0o600))
        defer { for path in [name, link] { unlink(path) } }
        #expect(try PathOwner(of: name) == .several(at: "/tmp"))
        #expect(try PathOwner(of: link) == .several(at: "/tmp"))
        chown(scratch.path, 61001, 61001)
        #expect(try PathOwner(of: scratch.path("x")) == .several(at: "/tmp"))
    }

    @Test func `A directory that a group or everybody can write to is nobody's, root's or not`() throws {
        for mode: mode_t in [0o775, 0o757] {
            let place = directory("shared-\(mode)", mode: mode)
            #expect(try PathOwner(of: "\(place)/x") == .several(at: place))
        }
        let home = directory("home", owner: 61001, mode: 0o777)
        #expect(try PathOwner(of: "\(home)/x") == .user(61001, group: 61001, at: home))
    }

    @Test func `What only root can change is what root may run; the refusal says what to do`() throws {
        let program = scratch.write("program", "#!/bin/sh\n", mode: 0o755)
        try requireOnlyRootCanChange(program)
        try requireOnlyRootCanChange(scratch.path)
        func refusal(of path: String) -> String {
            do {
                try requireOnlyRootCanChange(path)
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(refusal(of: scratch.path("none")).contains("does not exist"))
        try requireOnlyRootCanChange(scratch.path("none/none"), mayBeMissing: true)
        #expect(throws: UntrustedPath.self) { try requireOnlyRootCanChange("/tmp/none", mayBeMissing: true) }
        #expect(refusal(of: "/dev/null").contains("neither a file nor a directory"))
        #expect(refusal(of: "/tmp").contains("chmod go-w"))
        chmod(program, 0o775)
        #expect(refusal(of: program).contains("chmod go-w \(program)"))
        chmod(program, 0o755)
        chown(program, 61001, 0)
        #expect(refusal(of: program).contains("chown root: \(program)"))
        let home = directory("home", owner: 61001)
        #expect(refusal(of: "\(home)/program").contains("user 61001, to whom \(home) belongs"))
        let shared = directory("shared", mode: 0o777)
        #expect(refusal(of: "\(shared)/program").contains("others than root can write to \(shared)"))
    }
}

private struct Unexpected: Error {}
