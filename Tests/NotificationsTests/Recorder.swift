import FoundationEssentials
import Handover
import Notifications
import Synchronization

/// A notifier that remembers what it was told, and fails when told to.
final class Recorder: Notifier {
    let name: String
    private let problem = Mutex<(problem: NotifierProblem, event: String?)?>(nil)
    private let seen = Mutex<[Message]>([])
    private let tried = Mutex(0)

    init(_ name: String = "recorder") { self.name = name }

    var messages: [Message] { seen.withLock { $0 } }
    var events: [String] { messages.map(\.event) }
    var attempts: Int { tried.withLock { $0 } }

    /// - Parameter event: the only one that fails; nil: all do.
    func fail(with problem: NotifierProblem?, only event: String? = nil) {
        self.problem.withLock { $0 = problem.map { ($0, event) } }
    }

    func deliver(_ message: Message, tags: @escaping UserTags) async throws(NotifierProblem) {
        tried.withLock { $0 += 1 }
        if let (problem, event) = problem.withLock({ $0 }), event ?? message.event == message.event { throw problem }
        seen.withLock { $0.append(message) }
    }
}

/// Books in memory, as JSON, so that every run reads what an earlier one wrote.
final class MemoryBooks: NoticeBooks {
    struct Broken: Error, CustomStringConvertible { let description = "the bucket is gone" }

    private struct State {
        var objects: [UserName: [UInt8]] = [:]
        var writes = 0
        var isReadable = true
        var writesUntilBroken = Int.max
    }

    private let state = Mutex(State())

    var writes: Int { state.withLock { $0.writes } }
    func forget() { state.withLock { $0.objects = [:] } }
    func put(_ text: String, of user: UserName) { state.withLock { $0.objects[user] = Array(text.utf8) } }
    func text(of user: UserName) -> String? {
        state.withLock { $0.objects[user] }.map { String(decoding: $0, as: UTF8.self) }
    }
    func set(readable: Bool) { state.withLock { $0.isReadable = readable } }
    func breakAfter(writes: Int) { state.withLock { $0.writesUntilBroken = writes } }

    func read(of user: UserName) async throws -> NoticeBook {
        try state.withLock { state in
            guard state.isReadable else { throw Broken() }
            return state.objects[user].map { NoticeBook(decoding: $0) } ?? NoticeBook()
        }
    }

    func write(_ book: NoticeBook, of user: UserName) async throws {
        let bytes = try book.encoded()
        try state.withLock { state in
            guard state.writesUntilBroken > 0 else { throw Broken() }
            state.writesUntilBroken -= 1
            state.writes += 1
            state.objects[user] = bytes
        }
    }
}
