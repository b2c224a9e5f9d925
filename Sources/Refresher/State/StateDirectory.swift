import Glibc
package import HostSystem

/// The directory where the agent remembers its runs and keeps others of its kind waiting.
package struct StateDirectory: Sendable {
    private static let stateName = "state"
    private static let lockName = "lock"
    private static let sizeLimit = 4 << 20

    package let path: String

    package init(path: String) {
        self.path = path
    }

    package var statePath: String { "\(path)/\(Self.stateName)" }

    /// Waits until no other run is at work; holds until the value goes away. Makes the directory if need be.
    package func lock(waitingAtMost patience: Duration) throws -> FileLock {
        try make()
        return try FileLock(path: "\(path)/\(Self.lockName)", waitingAtMost: patience)
    }

    /// What was saved last; an empty state when nothing was.
    package func load() throws -> AgentState {
        let state = try loadUnread()
        guard state.hasReadableRuns else { throw otherVersion }
        return state
    }

    /// What was saved last, for a run: it goes on whatever the earlier runs say.
    package func loadUnread() throws -> AgentState {
        let bytes: [UInt8]
        do throws(SystemCallError) {
            bytes = try Directory(path: path).openFile(Self.stateName).withContents(limit: Self.sizeLimit, Array.init)
        } catch {
            if error.code == ENOENT { return AgentState() }
            throw StateError(path: statePath, problem: error.message, advice: "make it readable for this user")
        }
        // Not taken for empty: the owner of the keys that is remembered there guards against a poisoned parameter.
        guard let state = AgentState(text: String(decoding: bytes, as: UTF8.self)) else { throw otherVersion }
        return state
    }

    /// For the holder of the lock. The oldest runs are left out of what would be too large to be loaded again.
    package func save(_ state: AgentState) throws {
        var state = state
        var bytes = Array(try state.text.utf8)
        while bytes.count > Self.sizeLimit, state.forgetOldestRuns() { bytes = Array(try state.text.utf8) }
        let directory = try Directory(path: path)
        try? directory.removeStaleTemporaries(of: [UserAccount.effectiveUserID])
        let current = try directory.status(of: Self.stateName)
        do {
            _ = try bytes.withUnsafeBytes { bytes throws(ReplacementError) in
                try directory.replaceFile(Self.stateName, with: bytes, attributes: .ownerOnly, ifStill: current)
            }
        } catch {
            throw StateError(path: statePath, problem: "not saved: \(error)", advice: "make space, or look at the disk")
        }
    }

    private var otherVersion: StateError {
        StateError(
            path: statePath, problem: "not the state of this version of the agent",
            advice:
                "remove it; the account and user of the keys are then remembered anew, and hooks that are owed forgotten"
        )
    }

    /// Makes the directory and those above it, each for its owner only.
    private func make() throws {
        var parent = "/"
        for name in path.split(separator: "/") {
            try Directory(path: parent).createDirectory(String(name))
            parent += parent == "/" ? String(name) : "/\(name)"
        }
        let status = try Directory(path: path).status()
        guard status.owner == UserAccount.effectiveUserID, status.permissions & 0o022 == 0 else {
            throw StateError(
                path: path, problem: "belongs to another user or can be written by others",
                advice: "make it this user's own: chown, chmod 700")
        }
    }
}

/// Why there is no state; what to do is part of the sentence.
package struct StateError: Error, Equatable, CustomStringConvertible {
    package let path: String
    let problem: String
    let advice: String

    package var description: String { "\(path): \(problem); \(advice)" }
}
