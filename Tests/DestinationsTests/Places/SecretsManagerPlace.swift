import AWS
import Destinations
import FoundationEssentials
import Rotation
import SandboxSupport
import Secrets
import SecretsManager

/// A secret in the sandbox, and a user of its own who may do with it what the rotator must.
final class SecretsManagerPlace: DestinationPlace {
    static let kinds: [PlaceKind] =
        Sandbox.isAvailable(for: "the contract of Secrets Manager")
        ? [PlaceKind(testDescription: "Secrets Manager") { try await SecretsManagerPlace() }] : []

    static let sandbox = Result { try Sandbox() }

    static let actions = ["GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage", "CreateSecret"]

    let sandbox: Sandbox
    let secret: String
    let user: String
    private let key: AccessKey
    let client: AWSClient

    init() async throws {
        sandbox = try Self.sandbox.get()
        let number = String(UInt64.random(in: .min ... .max), radix: 36)
        (secret, user) = ("keys/\(number)", "rotator-\(number)")
        let made = try await sandbox.makeUser(user, policy: Self.policy(secret, Self.actions))
        key = made.key
        client = try sandbox.client(made.key)
    }

    static func policy(_ secret: String, _ actions: [String]) -> JSON {
        [
            "Version": "2012-10-17",
            "Statement": [
                [
                    "Effect": "Allow", "Action": .array(actions.map { .text("secretsmanager:\($0)") }),
                    "Resource": .text("arn:aws:secretsmanager:*:*:secret:\(secret)-??????"),
                ]
            ],
        ]
    }

    func destination() throws -> any Destination { destination(.standard) }

    func destination(_ fields: SecretFields) -> SecretsManagerDestination {
        SecretsManagerDestination(SecretsManagerClient(client), secret: secret, fields: fields)
    }

    /// Something happens while this one feeds.
    func destination(interruptedBy interruption: Interruption) throws -> SecretsManagerDestination {
        let client = try sandbox.client(key, between: interruption)
        return SecretsManagerDestination(SecretsManagerClient(client), secret: secret, fields: .standard)
    }

    func text() async throws -> String {
        try await sandbox.call("secretsmanager", "get_secret_value", ["SecretId": .text(secret)])["SecretString"]?.text
            ?? ""
    }

    func contents() async throws -> PlaceContents {
        let fields = try JSONDecoder().decode([String: String].self, from: Data(try await text().utf8))
        return PlaceContents(
            id: fields["AWS_ACCESS_KEY_ID"], secret: fields["AWS_SECRET_ACCESS_KEY"].map { Secret($0) })
    }

    func put(_ contents: PlaceContents) async throws {
        let members = [
            contents.id.map { "\"AWS_ACCESS_KEY_ID\": \"\($0)\"" },
            contents.secret.map { "\"AWS_SECRET_ACCESS_KEY\": \"\($0.reveal())\"" },
        ]
        try await put(text: "{\(members.compactMap(\.self).joined(separator: ", "))}")
    }

    func put(text: String) async throws {
        do {
            try await sandbox.call(
                "secretsmanager", "create_secret", ["Name": .text(secret), "SecretString": .text(text)])
        } catch {
            try await sandbox.call(
                "secretsmanager", "put_secret_value", ["SecretId": .text(secret), "SecretString": .text(text)])
        }
    }

    func allow(_ actions: [String]) async throws {
        try await sandbox.setPolicy(Self.policy(secret, actions), of: user)
    }

    func breakDown() async throws { try await allow(["DescribeSecret"]) }

    func mend() async throws { try await allow(Self.actions) }

    func loseNextAnswer() async throws {
        // Whichever of them comes first. Half of an answer: without any, libcurl would ask again by itself.
        for operation in ["CreateSecret", "PutSecretValue"] {
            try await add(fault: ["kind": "truncate"], to: operation)
        }
    }

    /// Only this place's requests are hit.
    func add(fault: JSON, to operation: String) async throws {
        guard case .object(var fault) = fault else { throw Missing("a fault") }
        fault["service"] = "secretsmanager"
        fault["operation"] = .text(operation)
        fault["key_id"] = .text("\(key.id)")
        _ = try await sandbox.add(fault: .object(fault))
    }

    /// Which versions there are, and what they are called.
    func fingerprint() async throws -> String? {
        try await versions().map { "\($0.key): \($0.value.joined(separator: ","))" }.sorted().joined(separator: "\n")
    }

    func versions() async throws -> [String: [String]] {
        let secret = try await sandbox.call("secretsmanager", "describe_secret", ["SecretId": .text(secret)])
        guard case .object(let versions)? = secret["VersionIdsToStages"] else { return [:] }
        return versions.mapValues { $0.elements.compactMap(\.text) }
    }
}
