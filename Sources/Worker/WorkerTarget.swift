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
        try ask(.read) { if case .content(let text) = $0 { try text.content } else { nil } }
    }

    package func install(_ key: AccessKey, replacing replaced: TargetContent) throws -> Installation {
        try ask(.install(KeyText(key), replacing: ContentText(replaced))) {
            if case .installation(let installation) = $0 { installation } else { nil }
        }
    }

    package func preview(_ key: AccessKey) throws -> KeyPreview {
        try ask(.preview(KeyText(key))) { if case .preview(let preview) = $0 { preview } else { nil } }
    }

    package func check() throws -> [Installation.Warning] {
        try ask(.check) { if case .warnings(let warnings) = $0 { warnings } else { nil } }
    }

    /// - Parameter pick: nil for an answer that is none to this operation.
    private func ask<Result>(
        _ operation: WorkerMessage.Operation, _ pick: (WorkerMessage.Answer) throws -> Result?
    ) throws -> Result {
        guard let result = try pick(try worker.ask(operation, about: target)) else { throw MalformedMessage() }
        return result
    }
}
