import AWS
package import Rotation
import RotationServices
package import Secrets
package import SecretsManager

/// A secret in Secrets Manager of which one version always holds both halves of the key.
///
/// A new version is stored first, under a label that nobody reads, and then made the current one *instead of the one that
/// was read*: so what somebody else wrote meanwhile, another field perhaps, is never overwritten. The version before it is
/// `AWSPREVIOUS`, and a key whose version is still there is made current again without writing its secret anew.
package struct SecretsManagerDestination: Destination {
    package let name: String
    private let secretsManager: SecretsManagerClient
    let secret: String
    private let fields: SecretFields
    private let kmsKeyID: String?

    /// Keeps a new version until it is the current one; versions without any label are the service's to delete.
    private static let label = "KEYBATON"

    /// - Parameters:
    ///   - secret: a name, or an ARN; only by name is a secret made where there is none.
    ///   - kmsKeyID: for a secret that is made; nil: the account's default key. What exists keeps its own.
    ///   - region: for the name, where it is not the rotator's.
    package init(
        _ secretsManager: SecretsManagerClient, secret: String, fields: SecretFields = .standard,
        kmsKeyID: String? = nil, region: String? = nil
    ) {
        self.secretsManager = secretsManager
        self.secret = secret
        self.fields = fields
        self.kmsKeyID = kmsKeyID
        name =
            "secrets-manager \(secret)" + (fields.id == SecretFields.standard.id ? "" : " \(fields.id)")
            + (region.map { " (\($0))" } ?? "")
    }

    package func observe() async -> Observation.Destination {
        do {
            guard let key = try await current()?.document.key else { return .needsFeeding }
            return .holds(key.id)
        } catch {
            return .failing(problem(error))
        }
    }

    package func feed(_ key: AccessKey) async throws(EffectError) {
        do {
            if let current = try await current() { return try await replace(current, with: key) }
            let document = try SecretDocument.empty(fields).installing(key)
            if try await create(document, key) { return }
            // There is a secret of this name: made a moment ago, or without any value.
            if let current = try await current() { return try await replace(current, with: key) }
            try await changing {
                try await secretsManager.putSecretValue(
                    secret, text: document.text, token: VersionName.first(with: key.id, in: fields),
                    stage: SecretsManagerClient.current)
            }
        } catch let error as EffectError {
            switch error {
            case .uncertain(let cause): throw .uncertain(problem(cause))
            case .refused(let cause): throw .refused(problem(cause))
            }
        } catch {
            throw .refused(problem(error))
        }
    }

    private struct Current {
        let version: String
        let document: SecretDocument
    }

    /// Nil when there is no secret, or none of its versions is current.
    private func current() async throws -> Current? {
        let version: SecretsManagerClient.Version
        do {
            version = try await secretsManager.getSecretValue(secret)
        } catch let error as AWSError where error.kind == .notFound {
            return nil
        }
        guard let text = version.text else { throw SecretDocument.Problem.noObject }
        return Current(version: version.id, document: try SecretDocument(text, fields))
    }

    /// False when there is a secret of this name.
    private func create(_ document: SecretDocument, _ key: AccessKey) async throws -> Bool {
        guard !secret.hasPrefix("arn:") else {
            throw DestinationProblem(
                "\(name): there is no secret with this ARN: make it, or configure a name instead, so that it is made")
        }
        do {
            try await changing {
                try await secretsManager.createSecret(
                    secret, text: document.text, token: VersionName.first(with: key.id, in: fields), keyID: kmsKeyID,
                    description: "An access key of one IAM user, rotated by Keybaton.")
            }
            return true
        } catch {
            guard case .refused(let cause) = error, (cause as? AWSError)?.kind == .preconditionFailed else {
                throw error
            }
            return false
        }
    }

    private func replace(_ current: Current, with key: AccessKey) async throws {
        guard current.document.key != key else { return }
        let version = try await version(with: try current.document.installing(key), key, after: current.version)
        guard version != current.version else { return }
        try await changing {
            try await secretsManager.makeCurrent(version, of: secret, insteadOf: current.version)
        }
    }

    /// The name of a version with this text, which is stored if there is none.
    private func version(
        with document: SecretDocument, _ key: AccessKey, after current: String
    ) async throws -> String {
        let first = VersionName.first(with: key.id, in: fields)
        let stored = try await text(of: first)
        if stored == .some(document.text) { return first }
        // A version with the key may have been stored beside other fields than those of today.
        let name = stored == nil ? first : VersionName.with(key.id, in: fields, after: current)
        try await changing {
            try await secretsManager.putSecretValue(secret, text: document.text, token: name, stage: Self.label)
        }
        return name
    }

    /// Nil when there is no such version; empty for one of binary data.
    private func text(of version: String) async throws -> Secret? {
        do {
            return try await secretsManager.getSecretValue(secret, version: version).text ?? Secret("")
        } catch let error as AWSError where error.kind == .notFound {
            return nil
        }
    }
}
