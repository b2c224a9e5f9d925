import FoundationEssentials

/// Keeps the credentials of another provider until five minutes before they expire.
package actor CachedCredentialsProvider: CredentialsProvider {
    private static let margin: TimeInterval = 300

    private let provider: any CredentialsProvider
    private let now: @Sendable () -> Date
    private var cached: AWSCredentials?
    private var refresh: Task<AWSCredentials, any Error>?

    package init(_ provider: any CredentialsProvider, context: CredentialsContext) {
        self.provider = provider
        now = context.now
    }

    /// Callers at the same time share one refresh. When it fails, credentials that are still valid are used on.
    package func credentials() async throws -> AWSCredentials {
        if let cached, isValid(cached, for: Self.margin) { return cached }
        let refresh = self.refresh ?? startRefresh()
        do {
            return try await refresh.value
        } catch {
            guard let cached, isValid(cached, for: 0) else { throw error }
            return cached
        }
    }

    private func startRefresh() -> Task<AWSCredentials, any Error> {
        let task = Task {
            defer { refresh = nil }
            let credentials = try await provider.credentials()
            cached = credentials
            return credentials
        }
        refresh = task
        return task
    }

    private func isValid(_ credentials: AWSCredentials, for seconds: TimeInterval) -> Bool {
        guard let expiration = credentials.expiration else { return true }
        return expiration > now().addingTimeInterval(seconds)
    }
}
