import CredentialsFile
import FoundationEssentials
import HostSystem
import Refresher

/// The worker's side: becomes the user it is told to be, then does for that user's files what it is asked.
package struct WorkerService {
    private let channel = ParentChannel()

    package init() {}

    /// Returns when the agent has no more to ask.
    package func run() throws {
        // Whoever started it by hand at a terminal, or died before the greeting, is not waited for.
        endThisProcess(after: .seconds(60))
        guard let first = try channel.receive() else { return }
        let greeting = try decode(WorkerMessage.Greeting.self, first)
        guard greeting.version == WorkerMessage.version else {
            return try answer(.refusal("it is of another version; was the package just upgraded? Run again"))
        }
        do {
            try greeting.identity.become()
        } catch {
            return try answer(.refusal("\(error)"))
        }
        try answer(.ready)
        endThisProcess(after: nil)
        while let message = try channel.receive() {
            let request = try decode(WorkerMessage.Request.self, message)
            endThisProcess(after: request.limit)
            try answer(perform(request))
            endThisProcess(after: nil)
        }
    }

    private func perform(_ request: WorkerMessage.Request) -> WorkerMessage.Answer {
        let target = request.target.open()
        do {
            let shared = try requireOwnWay(to: target.path, of: UserAccount.effectiveUserID)
                .map { Installation.Warning.directoryWritableByOthers($0) }
            switch request.operation {
            case .read: return .content(ContentText(try target.read()))
            case .install(let key, let replaced):
                let installation = try target.install(try key.key, replacing: try replaced.content)
                return .installation(
                    Installation(changed: installation.changed, warnings: installation.warnings + shared))
            case .preview(let key):
                let preview = try target.preview(try key.key)
                return .preview(KeyPreview(changes: preview.changes, warnings: preview.warnings + shared))
            case .check: return .warnings(try target.check() + shared)
            }
        } catch {
            return .refusal("\(error)")
        }
    }

    private func answer(_ answer: WorkerMessage.Answer) throws {
        try channel.send(Array(try JSONEncoder().encode(answer)))
    }

    /// The error of a decoder may quote what it could not read.
    private func decode<Message: Decodable>(_ type: Message.Type, _ bytes: [UInt8]) throws -> Message {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw MalformedMessage()
        }
    }
}
