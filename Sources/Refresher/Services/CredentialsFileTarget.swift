package import CredentialsFile
package import Secrets

/// A profile of an AWS credentials file.
package struct CredentialsFileTarget: KeyTarget {
    private let store: CredentialsStore
    private let name: ProfileName

    package init(store: CredentialsStore, profile: ProfileName) {
        self.store = store
        name = profile
    }

    package var path: String { store.path }
    package var profile: String { name.text }
    package var format: String { "aws-credentials" }

    package func read() throws -> TargetContent {
        do {
            guard let held = try store.read(name) else { return .empty }
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
        return try store.install(key, in: name, replacing: expected)
    }
}
