import CredentialsFile
import HostSystem
import Refresher
import Secrets
import Synchronization
import Worker

/// Opens targets, each with the rights of whom its path belongs to: root follows no path that somebody else can change.
///
/// Holds one worker for each owner, until this value goes away.
final class TargetOpener: Sendable {
    private let isRoot: Bool
    private let workers = Mutex<[UInt32: WorkerProcess]>([:])

    init(for user: RunningUser) {
        isRoot = user.userID == 0
    }

    /// Does not touch what the path leads to. A target that must not be touched says so when it is read.
    func open(_ target: AgentConfiguration.Target) -> any KeyTarget {
        var description = TargetDescription(
            path: target.path, slot: target.slot, allowsRewritingInPlace: target.allowsRewritingInPlace,
            group: target.group, permissions: target.permissions)
        guard isRoot else { return description.open() }
        let owner = Result { () throws(SystemCallError) in try PathOwner(of: target.path) }
        switch TargetEditor(path: target.path, configured: target.owner, owner) {
        case .agent(let fileOwner):
            description.owner = fileOwner
            description.group = target.group ?? target.owner?.groupID
            return description.open()
        case .worker(let user, let group):
            return WorkerTarget(description, by: worker(user, group: group))
        case .refused(let reason):
            return RefusedTarget(description, because: reason)
        }
    }

    private func worker(_ user: UInt32, group: UInt32) -> WorkerProcess {
        workers.withLock { workers in
            if let worker = workers[user] { return worker }
            let account = try? UserAccount.withID(user)
            // Without an account there are no groups to look up. The directory's own is right, unless it is root's, with
            // which more can be read than by others: then `nogroup`.
            let identity =
                account.flatMap { try? ProcessIdentity(of: $0) }
                ?? ProcessIdentity(userID: user, groupID: group == 0 ? 65_534 : group, groups: [])
            let worker = WorkerProcess(identity, user: account?.name ?? "user \(user)")
            workers[user] = worker
            return worker
        }
    }
}

/// A target that the agent must not touch.
private struct RefusedTarget: KeyTarget {
    private struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    private let target: TargetDescription
    private let refusal: Refusal

    init(_ target: TargetDescription, because reason: String) {
        self.target = target
        refusal = Refusal(description: reason)
    }

    var path: String { target.path }
    var profile: String { target.slot.name }
    var format: String { target.slot.format }

    func read() throws -> TargetContent { throw refusal }

    func install(_ key: AccessKey, replacing replaced: TargetContent) throws -> Installation { throw refusal }

    func preview(_ key: AccessKey) throws -> KeyPreview { throw refusal }

    func check() throws -> [Installation.Warning] { throw refusal }
}
