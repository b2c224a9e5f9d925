import AWS
import FoundationEssentials
import Rotation
import SandboxSupport
import Secrets
import SecretsManager
import Testing

@testable import Destinations

/// What the contract does not say of every place: versions, other fields, and each refusal's sentence.
@Suite(.enabled(if: Sandbox.isAvailable(for: "destinations in Secrets Manager")))
struct SecretsManagerDestinationTests {
    private let first = ExampleKeys.first
    private let second = ExampleKeys.second

    private func failure(
        _ place: SecretsManagerPlace, feeding key: AccessKey = ExampleKeys.first
    ) async throws -> (isUncertain: Bool, sentence: String)? {
        try await failure(place.destination(), feeding: key)
    }

    private func failure(
        _ destination: any Destination, feeding key: AccessKey = ExampleKeys.first
    ) async throws -> (isUncertain: Bool, sentence: String)? {
        do {
            try await destination.feed(key)
            return nil
        } catch EffectError.refused(let error) {
            return (false, "\(error)")
        } catch EffectError.uncertain(let error) {
            return (true, "\(error)")
        }
    }

    /// The same sentence from a look and from feeding.
    private func expectRefusal(
        _ place: SecretsManagerPlace, _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let seen = try await place.destination().observe()
        let failure = try await failure(place)
        #expect(seen == .failing(failure?.sentence ?? ""), sourceLocation: sourceLocation)
        #expect(failure?.isUncertain == false, sourceLocation: sourceLocation)
        for part in parts {
            #expect(
                failure?.sentence.contains(part) == true, "\(failure?.sentence ?? "")", sourceLocation: sourceLocation)
        }
    }

    private func put(_ text: String) async throws -> SecretsManagerPlace {
        let place = try await SecretsManagerPlace()
        try await place.put(text: text)
        return place
    }

    @Test("the key before is AWSPREVIOUS; rolled back, its own version is current again, and none is written anew")
    func movesStages() async throws {
        let place = try await SecretsManagerPlace()
        try await place.destination().feed(first)
        try await place.destination().feed(second)
        let names = (
            VersionName.first(with: first.id, in: .standard), VersionName.first(with: second.id, in: .standard)
        )
        let before = try await place.versions()
        #expect(before[names.0] == ["AWSPREVIOUS"] && before[names.1]?.contains("AWSCURRENT") == true)
        try await place.destination().feed(first)
        let after = try await place.versions()
        #expect(after.count == 2 && after[names.0] == ["AWSCURRENT"])
        #expect(after[names.1]?.contains("AWSPREVIOUS") == true)
        #expect(try await place.contents() == PlaceContents(first))
    }

    @Test("rolled back after another field was changed, that field keeps its new value")
    func rollsBackBesideOtherFields() async throws {
        let place = try await put(#"{"endpoint": "one"}"#)
        try await place.destination().feed(first)
        try await place.destination().feed(second)
        try await place.put(text: try await place.text().replacing("one", with: "two"))
        try await place.destination().feed(first)
        #expect(
            try await place.text()
                == #"{"endpoint": "two", "AWS_ACCESS_KEY_ID": "\#(first.id)", "#
                + #""AWS_SECRET_ACCESS_KEY": "\#(first.secret.reveal())"}"#)
    }

    @Test("every version holds both halves of one key, whatever is fed")
    func versionsAreWhole() async throws {
        let place = try await SecretsManagerPlace()
        for key in [first, second, ExampleKeys.strange, first] { try await place.destination().feed(key) }
        let versions = try await place.versions()
        #expect(versions.count == 3)
        for name in versions.keys {
            let value = try await place.sandbox.call(
                "secretsmanager", "get_secret_value", ["SecretId": .text(place.secret), "VersionId": .text(name)])
            let fields = try JSONDecoder().decode(
                [String: String].self, from: Data((value["SecretString"]?.text ?? "").utf8))
            let key = ExampleKeys.all.first { fields["AWS_ACCESS_KEY_ID"] == "\($0.id)" }
            #expect(key != nil && fields["AWS_SECRET_ACCESS_KEY"] == key?.secret.reveal())
        }
    }

    @Test("two keys share a secret under names of their own")
    func sharesASecret() async throws {
        let place = try await SecretsManagerPlace()
        let fields = try #require(SecretFields(id: "backup-id", secret: "backup-secret"))
        try await place.destination().feed(first)
        try await place.destination(fields).feed(second)
        #expect(try await place.destination().observe() == .holds(first.id))
        #expect(await place.destination(fields).observe() == .holds(second.id))
        #expect(try place.destination().name != place.destination(fields).name)
        try await place.destination().feed(second)
        #expect(await place.destination(fields).observe() == .holds(second.id))
    }

    @Test("what somebody writes between the look and the change is not overwritten")
    func losesNoUpdate() async throws {
        let place = try await put(#"{"endpoint": "one"}"#)
        let interrupted = try place.destination(
            interruptedBy: Interruption(operation: "PutSecretValue") {
                try await place.put(text: #"{"endpoint": "two"}"#)
            })
        let told = try await failure(interrupted)?.sentence ?? "stored"
        #expect(told.contains("somebody else changed the secret"), "\(told)")
        #expect(try await place.text() == #"{"endpoint": "two"}"#)
        try await place.destination().feed(first)
        #expect(try await place.text().hasPrefix(#"{"endpoint": "two", "AWS_ACCESS_KEY_ID""#))
    }

    @Test(
        "a run that dies between any two requests is healed by the next one",
        arguments: ["CreateSecret", "PutSecretValue", "UpdateSecretVersionStage"], ["truncate", "drop", "error"])
    func heals(_ operation: String, _ kind: String) async throws {
        let place = try await SecretsManagerPlace()
        if operation != "CreateSecret" { try await place.destination().feed(first) }
        // libcurl itself sends a request once more on a kept connection that was closed.
        try await place.add(fault: ["kind": .text(kind), "count": 2], to: operation)
        let failure = try await failure(place, feeding: second)
        #expect(failure?.isUncertain == true, "\(String(describing: failure))")
        try await place.sandbox.setPolicy(
            SecretsManagerPlace.policy(place.secret, SecretsManagerPlace.actions), of: place.user)
        for _ in 1...3 where try await self.failure(place, feeding: second) != nil {}
        #expect(try await place.contents() == PlaceContents(second))
        #expect(try await place.versions().count == (operation == "CreateSecret" ? 1 : 2))
    }

    @Test("without one of its permissions the sentence names it", arguments: SecretsManagerPlace.actions)
    func namesPermissions(_ action: String) async throws {
        let place = try await SecretsManagerPlace()
        if action != "CreateSecret" { try await place.put(text: "{}") }
        try await place.allow(SecretsManagerPlace.actions.filter { $0 != action })
        let failure = try #require(try await failure(place))
        #expect(failure.sentence.contains("secretsmanager:\(action) with the secret \(place.secret)"))
        #expect(failure.sentence.contains("policy") && !failure.isUncertain)
    }

    @Test("a secret that waits for its deletion says how it is restored")
    func isScheduledForDeletion() async throws {
        let place = try await put("{}")
        try await place.sandbox.call("secretsmanager", "delete_secret", ["SecretId": .text(place.secret)])
        try await expectRefusal(place, "scheduled for deletion", "restore-secret --secret-id \(place.secret)")
        try await place.sandbox.call("secretsmanager", "restore_secret", ["SecretId": .text(place.secret)])
        try await place.destination().feed(first)
        #expect(try await place.contents() == PlaceContents(first))
    }

    @Test("a refusal of KMS is told from one of Secrets Manager")
    func isRefusedByKMS() async throws {
        let place = try await put("{}")
        let fault: (String, String) -> JSON = {
            ["kind": "error", "status": 400, "code": .text($0), "message": .text($1), "count": nil]
        }
        try await place.add(fault: fault("AccessDeniedException", "Access to KMS is not allowed"), to: "GetSecretValue")
        try await expectRefusal(place, "may not use the KMS key", "kms:Decrypt and kms:GenerateDataKey")
        let disabled = try await put("{}")
        try await disabled.add(
            fault: fault("DecryptionFailure", "The KMS key is disabled"), to: "GetSecretValue")
        try await expectRefusal(disabled, "enable the key")
    }

    @Test(
        "what it cannot edit is left as it is",
        arguments: [
            ("not JSON", "JSON object"), ("[\"AKIA\"]", "JSON object"), (#"{"a": 1, "a": 2}"#, "twice"),
            (#"{"AWS_ACCESS_KEY_ID": 3}"#, "id_field"),
        ])
    func leavesOtherTexts(_ text: String, _ part: String) async throws {
        let place = try await put(text)
        try await expectRefusal(place, "the secret \(place.secret)", part)
        #expect(try await place.text() == text)
        #expect(try await place.versions().count == 1)
    }

    @Test("binary data is left as it is")
    func leavesBinaryData() async throws {
        let place = try await SecretsManagerPlace()
        try await place.sandbox.call(
            "secretsmanager", "create_secret", ["Name": .text(place.secret), "SecretBinary": "AAEC"])
        try await expectRefusal(place, "JSON object, which is left as it is")
    }

    @Test("a secret that would become too large is left as it is")
    func leavesLargeTexts() async throws {
        let text = "{\"a\": \"\(String(repeating: "x", count: 65_500))\"}"
        let place = try await put(text)
        let failure = try #require(try await failure(place))
        #expect(failure.sentence.contains("65536 bytes") && !failure.isUncertain, "\(failure.sentence)")
        #expect(try await place.text() == text)
    }

    @Test("a secret that was made without a value gets its first one")
    func fillsAnEmptySecret() async throws {
        let place = try await SecretsManagerPlace()
        try await place.sandbox.call("secretsmanager", "create_secret", ["Name": .text(place.secret)])
        #expect(try await place.destination().observe() == .needsFeeding)
        try await place.destination().feed(first)
        #expect(try await place.contents() == PlaceContents(first))
    }

    @Test("an ARN leads to a secret that exists, and makes none")
    func takesAnARN() async throws {
        let place = try await put("{}")
        let described = try await place.sandbox.call(
            "secretsmanager", "describe_secret", ["SecretId": .text(place.secret)])
        let arn = try #require(described["ARN"]?.text)
        let destination = SecretsManagerDestination(SecretsManagerClient(place.client), secret: arn)
        try await destination.feed(first)
        #expect(await destination.observe() == .holds(first.id))
        try await place.allow(SecretsManagerPlace.actions)
        let none = SecretsManagerDestination(SecretsManagerClient(place.client), secret: arn.dropLast(6) + "AbCdEf")
        await #expect(throws: EffectError.self) { try await none.feed(first) }
    }

    @Test("a version's name is a UUID that follows from what it holds, and tells nothing secret")
    func namesVersions() {
        let name = VersionName.first(with: first.id, in: .standard)
        #expect(UUID(uuidString: name) != nil && name == VersionName.first(with: first.id, in: .standard))
        let fields = SecretFields(id: "a", secret: "b") ?? .standard
        let others = [
            VersionName.first(with: second.id, in: .standard), VersionName.first(with: first.id, in: fields),
            VersionName.with(first.id, in: .standard, after: name),
        ]
        #expect(Set(others + [name]).count == 4)
    }
}
