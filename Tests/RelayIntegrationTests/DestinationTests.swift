import FoundationEssentials
import Handover
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// A rotation with a secret, a file and a program besides the parameter, by the real programs.
@Suite(.serialized, .tags(.sandbox), .enabled(if: Sandbox.isAvailable(for: "rotations with destinations")))
struct DestinationTests {
    static let sandbox = Result { try Sandbox() }

    /// The relay, and the places beside it.
    private struct Estate {
        let relay: Relay
        let directory: ScratchDirectory

        init(_ sandbox: Sandbox) async throws {
            let directory = ScratchDirectory()
            let path = directory.path
            directory.write(
                "push",
                """
                #!/bin/sh
                given=$(cat)
                [ -e \(path)/broken ] && { echo "no route to $given" >&2; exit 4; }
                printf '%s\\n' "$given" > \(path)/pushed
                """, mode: 0o755)
            directory.write(
                "check",
                """
                #!/bin/sh
                [ -e \(path)/broken ] && { echo "no route to the vault" >&2; exit 4; }
                sed -n 's/.*"access_key_id": "\\([^"]*\\)".*/\\1/p' \(path)/pushed 2>/dev/null
                exit 0
                """, mode: 0o755)
            let settings = """
                [[user.secrets_manager]]
                name = "keys/{user}"
                [[user.file]]
                path = "\(path)/{user}.env"
                format = "env"
                [[user.program]]
                command = ["\(path)/push"]
                check = ["\(path)/check"]
                name = "vault"
                """
            let secret: JSON = [
                "Effect": "Allow", "Action": .array(Self.actions.map { .text("secretsmanager:\($0)") }),
                "Resource": .text(
                    "arn:aws:secretsmanager:\(sandbox.region):\(sandbox.account):secret:keys/\(Relay.user)-??????"),
            ]
            let policy = Policies.document(Policies.rotatorStatements(sandbox).map(\.1) + [secret])
            relay = try await Relay(sandbox, settings: settings, policy: policy)
            self.directory = directory
        }

        private static let actions = ["GetSecretValue", "CreateSecret", "PutSecretValue", "UpdateSecretVersionStage"]

        /// The id that each place holds.
        func held() async throws -> [String: String] {
            let secret = try? await relay.sandbox.call(
                "secretsmanager", "get_secret_value", ["SecretId": .text("keys/\(Relay.user)")])
            let fields = try JSONDecoder().decode(
                [String: String].self, from: Data((secret?["SecretString"]?.text ?? "{}").utf8))
            let lines = (directory.text("\(Relay.user).env") ?? "").split(separator: "\n").map {
                $0.split(separator: "=")
            }
            let pushed = try JSONDecoder().decode(JSON.self, from: Data((directory.text("pushed") ?? "{}").utf8))
            return [
                "secret": fields["AWS_ACCESS_KEY_ID"] ?? "none",
                "file": lines.first { $0.first == "AWS_ACCESS_KEY_ID" }?.last.map(String.init) ?? "none",
                "program": pushed["access_key_id"]?.text ?? "none",
            ]
        }

        func expectAllHold(_ id: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
            let held = try await held()
            #expect(Set(held.values) == [id], "\(held)", sourceLocation: sourceLocation)
        }

        /// Each place by the name that it has in `status`, and whether it holds NEW.
        func reported() throws -> [String: Bool] {
            var places: [String: Bool] = [:]
            for place in try relay.status()["destinations"]?.elements ?? [] {
                places[place["name"]?.text ?? ""] = place["holds_new"] == .bool(true)
            }
            return places
        }
    }

    private func id(_ relay: Relay) async throws -> String {
        try #require(try await relay.published()).keys.new.id.description
    }

    @Test func `Every place is given NEW before a host is asked for, and the rotation ends`() async throws {
        let estate = try await Estate(Self.sandbox.get())
        let relay = estate.relay
        try await relay.lead(to: .steady)
        try await estate.expectAllHold(relay.first.id.description)
        #expect(relay.keybaton("rotate").status == 0)
        let new = try await id(relay)
        #expect(new != relay.first.id.description)
        try await estate.expectAllHold(new)
        #expect(
            try estate.reported() == [
                "secrets-manager keys/backup": true, "file \(estate.directory.path)/backup.env": true,
                "program vault": true,
            ])
        try await relay.converge()
        try await estate.expectAllHold(new)
        try await relay.expectNobodyIsLockedOut()
    }

    @Test func `A roll back gives every place the key from before, without another version of the secret`() async throws
    {
        let estate = try await Estate(Self.sandbox.get())
        let relay = estate.relay
        try await relay.lead(to: .steady)
        #expect(relay.keybaton("rotate").status == 0)
        relay.runAgents()
        let result = relay.keybaton("rollback", Relay.user)
        #expect(result.status == 0, "\(result.output)")
        _ = relay.keybaton("run")
        try await estate.expectAllHold(relay.first.id.description)
        let described = try await relay.sandbox.call(
            "secretsmanager", "describe_secret", ["SecretId": .text("keys/\(Relay.user)")])
        guard case .object(let versions)? = described["VersionIdsToStages"] else {
            Issue.record("no versions")
            return
        }
        #expect(versions.count == 2)
        try await relay.expectNobodyIsLockedOut()
    }

    @Test func `While one place fails the others are fed, OLD stays, and no secret is said; mended, it is fed`()
        async throws
    {
        let estate = try await Estate(Self.sandbox.get())
        let relay = estate.relay
        try await relay.lead(to: .steady)
        #expect(relay.keybaton("rotate").status == 0)
        let new = try await id(relay)
        // Somebody resets every place; one cannot be written to.
        try await relay.sandbox.call(
            "secretsmanager", "put_secret_value", ["SecretId": .text("keys/backup"), "SecretString": "{}"])
        estate.directory.write("backup.env", "")
        estate.directory.write("pushed", "{}")
        estate.directory.write("broken", "")
        relay.runAgents()
        for _ in 1...3 {
            _ = relay.keybaton("run")
            try await relay.forward(3)
        }
        #expect(try await estate.held() == ["secret": new, "file": new, "program": "none"])
        #expect(try await relay.keys().values.allSatisfy { $0 == "Active" })
        #expect(try await relay.keys().count == 2)
        #expect(relay.keybaton("status").output.contains("check ended with exit code 4"))
        try await relay.expectNobodyIsLockedOut()

        _ = Command.run(["rm", estate.directory.path("broken")])
        try await relay.converge()
        try await estate.expectAllHold(new)
        try await relay.expectNobodyIsLockedOut()
    }
}
