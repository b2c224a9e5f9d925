import Refresher
import Secrets
import Synchronization

@testable import CredentialsFile

/// A file in memory, with the faults a file can have.
final class FakeTarget: KeyTarget {
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    struct State {
        var content: TargetContent
        var isReadable = true
        var isWritable = true
        /// What another program writes as soon as the new key stands there.
        var overwrittenWith: TargetContent?
        var installations = 0
    }

    let path: String
    let profile = "default"
    let format = "aws-credentials"
    let state: Mutex<State>

    init(_ path: String, _ content: TargetContent) {
        self.path = path
        state = Mutex(State(content: content))
    }

    var content: TargetContent { state.withLock { $0.content } }

    func read() throws -> TargetContent {
        try state.withLock { state in
            guard state.isReadable else { throw Refusal(description: "\(path): cannot be read") }
            return state.content
        }
    }

    func install(_ key: AccessKey, replacing replaced: TargetContent) throws -> Installation {
        try state.withLock { state in
            guard state.isWritable else { throw Refusal(description: "\(path): cannot be written") }
            guard state.content == replaced else { throw Refusal(description: "\(path): holds another key") }
            state.installations += 1
            state.content = state.overwrittenWith ?? .key(key)
            return Installation(changed: true, warnings: [])
        }
    }

    func preview(_ key: AccessKey) throws -> KeyPreview {
        KeyPreview(changes: content.key == key ? [] : ["+ \(key.id)"], warnings: [])
    }

    func check() throws -> [Installation.Warning] {
        guard state.withLock({ $0.isReadable && $0.isWritable }) else {
            throw Refusal(description: "\(path): cannot be read or written")
        }
        return []
    }
}
