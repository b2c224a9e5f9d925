import Glibc
import HostTestSupport
import Testing

@testable import HostSystem

@Suite struct FileLockTests {
    let scratch = ScratchDirectory()

    @Test func aSecondOneIsRefusedUntilTheFirstIsGone() throws {
        let path = scratch.path("lock")
        do {
            let first = try FileLock(path: path, waitingAtMost: .zero)
            let error = #expect(throws: LockError.self) { _ = try FileLock(path: path, waitingAtMost: .zero) }
            #expect(error == .heldElsewhere(path: path, waited: .zero))
            extendLifetime(first)
        }
        _ = try FileLock(path: path, waitingAtMost: .zero)
    }

    @Test func aLockOnARemovedFileExcludesNobodyFromTheNewOne() throws {
        let path = scratch.path("lock")
        let first = try FileLock(path: path, waitingAtMost: .zero)
        unlink(path)
        let second = try FileLock(path: path, waitingAtMost: .zero)
        let error = #expect(throws: LockError.self) { _ = try FileLock(path: path, waitingAtMost: .zero) }
        #expect(error == .heldElsewhere(path: path, waited: .zero))
        extendLifetime(first)
        extendLifetime(second)
    }

    @Test func aDirectoryIsLockedWithoutAnyFileInIt() throws {
        let first = try Directory(lockedAt: scratch.path, waitingAtMost: .zero)
        let error = #expect(throws: LockError.self) {
            _ = try Directory(lockedAt: scratch.path, waitingAtMost: .milliseconds(50))
        }
        #expect(error == .heldElsewhere(path: scratch.path, waited: .milliseconds(50)))
        #expect(try first.names().isEmpty)
    }

    @Test func theLockOfAnotherProcessIsWaitedFor() throws {
        let path = scratch.path("lock")
        guard isAvailable(hasCommand("flock"), "flock", for: "theLockOfAnotherProcessIsWaitedFor") else { return }
        let (ready, over) = (scratch.path("ready"), scratch.path("over"))
        let other = Command([
            "flock", path, "sh", "-c", "touch \(ready); until [ -e \(over) ]; do sleep 0.05; done; sleep 0.3",
        ])
        while access(ready, F_OK) != 0 { usleep(1000) }
        #expect(throws: LockError.self) { _ = try FileLock(path: path, waitingAtMost: .zero) }
        scratch.write("over", "")
        _ = try FileLock(path: path, waitingAtMost: .seconds(60))
        #expect(other.finish().status == 0)
    }

    @Test func whereNoLockFileCanBeMadeTheReasonIsSaid() {
        let error = #expect(throws: LockError.self) { _ = try FileLock(path: "/nowhere/lock", waitingAtMost: .zero) }
        #expect(error.map { "\($0)" } == "open /nowhere/lock: No such file or directory")
    }
}
