import Glibc
import HostTestSupport
import Testing

@testable import HostSystem

/// The way to a user's file, with others' hands in it.
@Suite(.enabled(if: isAvailable(geteuid() == 0, "root", for: "the way to a user's file")))
struct OwnWayTests {
    let scratch = ScratchDirectory()
    let user: uid_t = 61001
    var home: String { scratch.path("home") }
    var file: String { "\(home)/.aws/credentials" }

    init() {
        for path in [home, "\(home)/.aws"] {
            mkdir(path, 0o700)
            chown(path, user, user)
        }
    }

    private func refusal(_ path: String? = nil) -> String {
        do {
            return try requireOwnWay(to: path ?? file, of: user).isEmpty ? "" : "shared"
        } catch {
            return error.problem
        }
    }

    private func make(_ path: String, owner: uid_t) {
        close(open(path, O_CREAT | O_WRONLY, 0o644))
        chown(path, owner, owner)
    }

    @Test func `A home that is the user's alone is his way, whether the file is there or not`() {
        #expect(refusal() == "")
        make(file, owner: user)
        #expect(refusal() == "")
        #expect(refusal("\(home)/none/none") == "")
        #expect(refusal("/etc/none") == "")
    }

    @Test func `The user's own links and root's are followed, another's is refused`() {
        make("\(home)/real", owner: user)
        symlink("../real", file)
        #expect(refusal() == "")
        lchown(file, user, user)
        #expect(refusal() == "")
        lchown(file, 61999, 61999)
        #expect(refusal().contains("\(file) belongs to user 61999"))
    }

    @Test func `Another's file is refused with advice that gives nothing away`() {
        make(scratch.path("roots"), owner: 0)
        symlink(scratch.path("roots"), file)
        #expect(
            refusal()
                == "a link to \(scratch.path("roots")), which belongs to user 0, not to user 61001; remove the link")
        unlink(file)
        link(scratch.path("roots"), file)
        #expect(refusal().contains("another name (a hard link) of a file that belongs to user 0"))
        unlink(file)
        make(file, owner: 0)
        #expect(refusal() == "belongs to user 0, not to user 61001; remove it, or: chown -h 61001 \(file)")
    }

    @Test func `A directory that others can write to is told; what they put there is refused`() throws {
        chmod(home, 0o775)
        #expect(try requireOwnWay(to: file, of: user) == [home])
        chown("\(home)/.aws", 61999, 61999)
        #expect(refusal().contains("\(home)/.aws belongs to user 61999"))
    }

    @Test func `A link that leads to itself is an error that names it`() {
        symlink("credentials", file)
        #expect(refusal().contains("Too many levels of symbolic links"))
    }
}
