import AWS
import RotationServices
import SandboxSupport
import Secrets
import SecretsManager
import Testing

@Suite(.serialized, .enabled(if: Sandbox.isAvailable(for: "tokens in Secrets Manager")))
struct SecretTokenTests {
    static let sandbox = Result { try Sandbox() }

    private func store(_ text: String) async throws -> SecretsManagerClient {
        let sandbox = try Self.sandbox.get()
        try await sandbox.reset()
        try await sandbox.call("secretsmanager", "create_secret", ["Name": "forge/token", "SecretString": .text(text)])
        return SecretsManagerClient(
            try await sandbox.client(
                "reader",
                allowed: [
                    [
                        "Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
                        "Resource": "arn:aws:secretsmanager:*:*:secret:forge/*",
                    ]
                ]))
    }

    private func problem(_ token: SecretToken) async -> String {
        do {
            _ = try await token.token()
            return "a token"
        } catch {
            return "\(error)"
        }
    }

    @Test("a token is the whole text, or a field of its JSON")
    func reads() async throws {
        let whole = SecretToken(try await store("ATCTT3xFfGN0=\n"), name: "forge/token", field: nil)
        #expect(try await whole.token() == Secret("ATCTT3xFfGN0="))
        let field = SecretToken(
            try await store(#"{"url": "x", "number": 3, "token": "glpat-1"}"#), name: "forge/token", field: "token")
        #expect(try await field.token() == Secret("glpat-1"))
    }

    @Test("a secret is asked for once, and again after a failure")
    func isRemembered() async throws {
        let token = SecretToken(try await store("abc"), name: "forge/token", field: nil)
        let sandbox = try Self.sandbox.get()
        try await sandbox.add(fault: ["kind": "error", "service": "secretsmanager"])
        #expect(await problem(token).contains("forge/token cannot be read"))
        for _ in 1...3 { #expect(try await token.token() == Secret("abc")) }
        #expect(try await sandbox.requests().filter { $0.operation == "GetSecretValue" }.count == 2)
    }

    @Test("what is missing is named, and nothing of the secret is")
    func refuses() async throws {
        let client = try await store(#"{"token": 12345, "other": "hunter2"}"#)
        for (field, expected) in [
            (nil, "holds more than a token"), ("token", "has no text in a field token"), ("no", "correct token_field"),
        ] {
            let problem = await problem(SecretToken(client, name: "forge/token", field: field))
            #expect(problem.contains(expected) && !problem.contains("hunter2") && !problem.contains("12345"))
        }
        #expect(await problem(SecretToken(client, name: "forge/none", field: nil)).contains("ResourceNotFound"))
        #expect(await problem(SecretToken(client, name: "other", field: nil)).contains("AccessDenied"))
        let text = try await store("plain-text")
        let problem = await problem(SecretToken(text, name: "forge/token", field: "token"))
        #expect(problem.contains("is not a JSON object") && !problem.contains("plain-text"), "\(problem)")
    }
}
