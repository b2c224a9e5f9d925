import CredentialsFile
import HostSystem

/// What goes between the agent and a worker: JSON, in frames, by the worker's standard input and output alone.
enum WorkerMessage {
    /// Both sides are the same program; this guards against another one that was put in its place.
    static let version = 1

    /// The first one. The worker answers when it has taken these rights, before it reads anything else.
    struct Greeting: Codable {
        let version: Int
        let identity: ProcessIdentity
    }

    struct Request: Codable {
        let target: TargetDescription
        let operation: Operation
        /// When the worker ends itself, should it hang.
        let limit: Duration
    }

    enum Operation: Codable {
        case read
        case install(KeyText, replacing: ContentText)
        case preview(KeyText)
        case check
    }

    enum Answer: Codable {
        case ready
        case content(ContentText)
        case installation(Installation)
        case preview(KeyPreview)
        case warnings([Installation.Warning])
        /// An error's sentence: the log says the same whoever edits the file.
        case refusal(String)
    }
}
