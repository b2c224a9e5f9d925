import FoundationEssentials
package import Secrets

/// The two calls of STS that credential providers need, sent by the same client as all others.
package struct STSExchange: STSExchanging {
    private let endpoints: EndpointResolver
    private let context: CredentialsContext

    package init(endpoints: EndpointResolver, context: CredentialsContext) {
        self.endpoints = endpoints
        self.context = context
    }

    package func assumeRole(_ role: RoleRequest, with credentials: AWSCredentials) async throws -> AWSCredentials {
        try await explaining(role) {
            try await client(StaticCredentialsProvider(credentials)).assumeRole(
                role.arn, sessionName: sessionName(of: role), externalID: role.externalID,
                duration: role.durationSeconds.map { .seconds($0) })
        }
    }

    package func assumeRoleWithWebIdentity(_ role: RoleRequest, token: Secret) async throws -> AWSCredentials {
        try await explaining(role) {
            try await client(NoCredentials()).assumeRoleWithWebIdentity(
                role.arn, sessionName: sessionName(of: role), token: token,
                duration: role.durationSeconds.map { .seconds($0) })
        }
    }

    private func sessionName(of role: RoleRequest) -> String {
        role.sessionName ?? "keybaton-\(Int(context.now().timeIntervalSince1970))"
    }

    private func client(_ credentials: any CredentialsProvider) -> STSClient {
        STSClient(
            AWSClient(
                sender: context.sender, endpoints: endpoints, credentials: credentials,
                clock: AWSClock(now: context.now, sleep: context.sleep, random: AWSClock.system.random)))
    }

    private func explaining(
        _ role: RoleRequest, _ exchange: () async throws -> AWSCredentials
    ) async throws -> AWSCredentials {
        do {
            let found = try await exchange()
            return try AWSCredentials.checked(
                id: found.accessKeyID, secret: found.secretAccessKey.reveal(), token: found.sessionToken?.reveal(),
                expiration: found.expiration, source: found.source)
        } catch let error as EndpointError {
            throw CredentialsError(.invalidConfiguration, "cannot assume \(role.arn): \(error.message)")
        } catch let error as AWSError {
            let code: CredentialsError.Code =
                switch error.kind {
                case .noAnswer, .server, .throttled, .malformedAnswer: .unavailable
                default: .refused
                }
            throw CredentialsError(code, "cannot assume \(role.arn): \(error)")
        }
    }
}

/// For requests that are not signed.
private struct NoCredentials: CredentialsProvider {
    func credentials() async throws -> AWSCredentials {
        throw CredentialsError(.notConfigured, "a request that needs no credentials asked for them")
    }
}
