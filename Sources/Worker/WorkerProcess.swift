import FoundationEssentials
package import HostSystem
import Synchronization

/// A process that has become another user for good, and edits that user's files.
///
/// Started when it is first needed, and again after it ended; ends with this value.
package final class WorkerProcess: Sendable {
    private struct State: ~Copyable {
        var child: ChildProcess?
        /// Paths that it hung at: they are not waited for twice.
        var silent: Set<String> = []
    }

    /// For messages.
    private let user: String
    private let identity: ProcessIdentity
    private let limit: Duration
    private let executable: String
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: how long one request may take: longer than the worker itself waits for a lock.
    ///   - executable: this program; its command `worker` is what runs.
    package init(
        _ identity: ProcessIdentity, user: String, limit: Duration = .seconds(60), executable: String = "/proc/self/exe"
    ) {
        self.user = user
        self.identity = identity
        self.limit = limit
        self.executable = executable
    }

    func ask(_ operation: WorkerMessage.Operation, about target: TargetDescription) throws(WorkerFailure)
        -> WorkerMessage.Answer
    {
        let request = WorkerMessage.Request(target: target, operation: operation, limit: limit)
        let answer = try state.withLock { state throws(WorkerFailure) in
            if state.silent.contains(target.path) { throw failure(.silent(for: limit), target) }
            if state.child == nil { state.child = try start(for: target) }
            do throws(WorkerFailure) {
                return try exchange(request, with: &state.child, target)
            } catch {
                if case .silent = error.reason { state.silent.insert(target.path) }
                state.child = nil
                throw error
            }
        }
        if case .refusal(let sentence) = answer { throw failure(.refused(sentence), target) }
        return answer
    }

    private func start(for target: TargetDescription) throws(WorkerFailure) -> ChildProcess {
        var child: ChildProcess?
        do throws(SystemCallError) {
            child = try ChildProcess(executable, arguments: ["keybaton-agent", "worker"])
        } catch {
            throw failure(.notStarted("\(error)"), target)
        }
        let greeting = WorkerMessage.Greeting(version: WorkerMessage.version, identity: identity)
        switch try exchange(greeting, with: &child, target) {
        case .ready: break
        case .refusal(let sentence): throw failure(.notStarted(sentence), target)
        default: throw failure(.malformed, target)
        }
        guard let child = child.take() else { throw failure(.malformed, target) }
        return child
    }

    private func exchange(
        _ message: some Encodable, with child: inout ChildProcess?, _ target: TargetDescription
    ) throws(WorkerFailure) -> WorkerMessage.Answer {
        do {
            let bytes = Array(try JSONEncoder().encode(message))
            guard let answer = try child?.exchange(bytes, waitingAtMost: limit) else { throw NoAnswer.ended }
            return try JSONDecoder().decode(WorkerMessage.Answer.self, from: Data(answer))
        } catch {
            let ending = child?.finish() ?? nil
            switch error {
            case NoAnswer.tooLate: throw failure(.silent(for: limit), target)
            case NoAnswer.ended: throw failure(.ended(ending), target)
            case NoAnswer.failed(let cause): throw failure(.notStarted("\(cause)"), target)
            default: throw failure(.malformed, target)
            }
        }
    }

    private func failure(_ reason: WorkerFailure.Reason, _ target: TargetDescription) -> WorkerFailure {
        WorkerFailure(path: target.path, user: user, reason: reason)
    }
}
