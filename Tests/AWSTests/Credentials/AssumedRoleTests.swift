import AWS
import Secrets
import Synchronization
import Testing

@Suite struct AssumedRoleTests {
    /// Remembers which role was asked for, and with whose credentials.
    private final class Exchange: STSExchanging {
        let asked = Mutex<[(RoleRequest, String)]>([])

        func assumeRole(_ role: RoleRequest, with credentials: AWSCredentials) async throws -> AWSCredentials {
            asked.withLock { $0.append((role, credentials.accessKeyID)) }
            return AWSCredentials(accessKeyID: "ASIA", secretAccessKey: Secret("s"), source: "role \(role.arn)")
        }

        func assumeRoleWithWebIdentity(_ role: RoleRequest, token: Secret) async throws -> AWSCredentials {
            throw CredentialsError(.notConfigured, "not asked for")
        }
    }

    @Test("the role is assumed with the credentials of the other provider, each time it is asked")
    func assumes() async throws {
        let exchange = Exchange()
        let role = RoleRequest(arn: "arn:aws:iam::123456789012:role/keybaton", sessionName: "keybaton")
        let base = StaticCredentialsProvider(
            AWSCredentials(accessKeyID: "AKIA", secretAccessKey: Secret("s"), source: "test"))
        let provider = AssumedRoleProvider(role, base: base, exchange: exchange)
        #expect(try await provider.credentials().accessKeyID == "ASIA")
        _ = try await provider.credentials()
        #expect(exchange.asked.withLock { $0.map(\.0) } == [role, role])
        #expect(exchange.asked.withLock { $0.map(\.1) } == ["AKIA", "AKIA"])
    }
}
