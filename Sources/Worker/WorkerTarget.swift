package import CredentialsFile
package import Refresher
package import Secrets

/// A target that is touched only by a worker which has become its owner.
package struct WorkerTarget: KeyTarget {
    private let target: TargetDescription
    private let worker: WorkerProcess

    package init(_ target: TargetDescription, by worker: WorkerProcess) {
        self.target = target
        self.worker = worker
    }

    package var path: String { target.path }
    package var profile: String { target.slot.name }
    package var format: String { target.slot.format }

    package func read() throws -> TargetContent {
        guard case .content(let text) = try worker.ask(.read, about: target) else { throw MalformedMessage() }
        return try text.content
    }

    package func install(_ key: AccessKey, replacing replaced: TargetContent) throws -> Installation {
        let operation = WorkerMessage.Operation.install(KeyText(key), replacing: ContentText(replaced))
        guard case .installation(let installation) = try worker.ask(operation, about: target) else {
            throw MalformedMessage()
        }
        return installation
    }
}
