import Destinations
import HTTPTransport
import Synchronization

/// The clients of forges of one process: one for each token, whoever's tables name it, since the limits and outages that it
/// remembers are the token's.
final class ForgeClients: Sendable {
    /// What makes two clients different.
    struct Key: Hashable {
        /// Of the tables.
        var kind: ObjectIdentifier
        /// What the kind's requests differ by, such as the account's e-mail.
        var variant: String
        var base: String
        var tokens: TokenSettings
        /// Who reads the token from Secrets Manager; nil for the rotator itself, and for a file.
        var role: RoleARN?
    }

    private let clients = Mutex<[Key: ForgeClient]>([:])

    /// Made when it is first asked for.
    func client(_ key: Key, make: () -> ForgeClient) -> ForgeClient {
        clients.withLock { clients in
            if let client = clients[key] { return client }
            let client = make()
            clients[key] = client
            return client
        }
    }
}
