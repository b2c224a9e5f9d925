package import CredentialsFile
package import Secrets

/// A place in a file of this process's own user.
package struct FileTarget: KeyTarget {
    private let store: CredentialsStore
    private let slot: KeySlot

    package init(store: CredentialsStore, slot: KeySlot) {
        self.store = store
        self.slot = slot
    }

    package var path: String { store.path }
    package var profile: String { slot.name }
    package var format: String { slot.format }

    package func read() throws -> TargetContent {
        do {
            guard let held = try store.read(slot) else { return .empty }
            return held.hasSessionToken ? .keyWithSessionToken(held.key) : .key(held.key)
        } catch {
            guard case .problem(let problem) = error.reason,
                problem.reason == .notAnAccessKeyID || problem.reason == .notASecretAccessKey
            else { throw error }
            return .foreign(description: problem.description)
        }
    }

    package func install(_ key: AccessKey, replacing replaced: TargetContent) throws -> Installation {
        let expected: CredentialsStore.Replaced =
            switch replaced {
            case .empty: .held(nil)
            case .key(let key): .held(HeldKey(key: key, hasSessionToken: false))
            case .keyWithSessionToken(let key): .held(HeldKey(key: key, hasSessionToken: true))
            case .foreign: .anything
            }
        return try store.install(key, in: slot, replacing: expected)
    }

    package func preview(_ key: AccessKey) throws -> KeyPreview {
        try store.preview(key, in: slot)
    }

    package func check() throws -> [Installation.Warning] {
        try store.checkWritable(slot)
    }
}
