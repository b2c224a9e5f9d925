import AWS
import FoundationEssentials
import HTTPTransport
import Secrets
import SecretsManager
import Testing

@Suite struct SecretsManagerClientTests {
    private static let version =
        #"{"ARN":"a","Name":"keys/backup","VersionId":"v1","SecretString":"hunter2","CreatedDate":1.7E9}"#

    private func fields(_ request: HTTPRequest) throws -> [String: String] {
        try JSONDecoder().decode([String: String].self, from: Data(request.body))
    }

    @Test("reads the current version, or the one asked for; binary data has no text")
    func get() async throws {
        let bench = Bench(
            .http(200, Self.version), .http(200, #"{"VersionId":"v2","SecretBinary":"AAEC"}"#))
        let secrets = SecretsManagerClient(bench.client)
        let current = try await secrets.getSecretValue("keys/backup")
        #expect(current.id == "v1" && current.text == Secret("hunter2"))
        #expect(try await secrets.getSecretValue("keys/backup", version: "v2").text == nil)
        let request = bench.sender.requests[0]
        #expect(
            request.method == "POST" && request.url.description == "https://secretsmanager.eu-west-1.amazonaws.com/")
        #expect(request.header("X-Amz-Target") == "secretsmanager.GetSecretValue")
        #expect(request.header("Content-Type") == "application/x-amz-json-1.1")
        #expect(try fields(request) == ["SecretId": "keys/backup"])
        #expect(try fields(bench.sender.requests[1]) == ["SecretId": "keys/backup", "VersionId": "v2"])
    }

    @Test func movesTheLabelOfTheCurrentVersion() async throws {
        let bench = Bench(.http(200, #"{"ARN":"a","Name":"s"}"#))
        try await SecretsManagerClient(bench.client).makeCurrent("v2", of: "s", insteadOf: "v1")
        #expect(
            try fields(bench.sender.requests[0]) == [
                "SecretId": "s", "VersionStage": "AWSCURRENT", "MoveToVersionId": "v2", "RemoveFromVersionId": "v1",
            ])
    }

    @Test("another region has the same credentials and another endpoint")
    func regions() async throws {
        let bench = Bench(.http(200, Self.version))
        _ = try await SecretsManagerClient(bench.client.inRegion("us-east-1")).getSecretValue("s")
        #expect(bench.sender.requests[0].url.description == "https://secretsmanager.us-east-1.amazonaws.com/")
    }

    @Test(
        "what the service says of a wrong value is not repeated, because it may quote it",
        arguments: ["ValidationException", "InvalidParameterException"])
    func isConfidential(_ code: String) async {
        let body = #"{"__type":"\#(code)","message":"Value 'hunter2' at 'secretString'"}"#
        for call in [
            { @Sendable client in
                try await SecretsManagerClient(client).createSecret(
                    "s", text: Secret("hunter2"), token: "t", keyID: nil, description: "")
            },
            { client in
                try await SecretsManagerClient(client).putSecretValue(
                    "s", text: Secret("hunter2"), token: "t", stage: "l")
            },
        ] as [@Sendable (AWSClient) async throws -> Void] {
            let error = await Bench(.http(400, body)).failure(call)
            #expect(error?.code == code && !"\(error as Any)".contains("hunter2"))
        }
    }

    @Test(
        "an answer that cannot be read is an error that does not show it",
        arguments: ["", #"{"SecretString":"hunter2"}"#])
    func malformed(body: String) async {
        let error = await Bench(.http(200, body)).failure { _ = try await SecretsManagerClient($0).getSecretValue("s") }
        #expect(error?.kind == .malformedAnswer && !"\(error as Any)".contains("hunter2"))
    }

    @Test(arguments: [
        ("ResourceNotFoundException", AWSErrorKind.notFound), ("ResourceExistsException", .preconditionFailed),
        ("AccessDeniedException", .accessDenied), ("InternalServiceError", .server),
    ])
    func tellsErrorsApart(_ code: String, _ kind: AWSErrorKind) async {
        let status = kind == .server ? 500 : 400
        let error = await Bench(.http(status, #"{"__type":"\#(code)"}"#), .http(status, "{}"), .http(status, "{}"))
            .failure {
                _ = try await SecretsManagerClient($0).getSecretValue("s")
            }
        #expect(error?.kind == kind)
    }
}
