import Secrets

/// A profile of the shared files, with its source profiles and roles.
package struct ProfileCredentialsProvider: CredentialsProvider {
    private let context: CredentialsContext
    private let profile: String?
    private let region: String?

    /// `profile` wins over `AWS_PROFILE`; `region`, for STS, over `AWS_REGION` and the profile's.
    package init(context: CredentialsContext, profile: String? = nil, region: String? = nil) {
        self.context = context
        self.profile = profile
        self.region = region
    }

    package func credentials() async throws -> AWSCredentials {
        let files = SharedFiles(environment: context.environment, profile: profile)
        let configuration: SharedConfiguration
        do {
            configuration = try files.load(with: context)
        } catch let error as SharedFileError {
            throw CredentialsError(.invalidConfiguration, error.description)
        }
        let chain: ProfileChain
        do {
            chain = try ProfileChain(profile: files.profile, in: configuration)
        } catch {
            guard error.code == .notConfigured else { throw error }
            let places = [files.configPath, files.credentialsPath].compactMap { $0 }.joined(separator: " and ")
            let message = error.message + (places.isEmpty ? " (HOME is not set)" : " (looked in \(places))")
            // Asked for by name, a missing profile is a mistake; going on would use other keys than those meant.
            throw CredentialsError(files.isProfileExplicit ? .invalidConfiguration : .notConfigured, message)
        }
        let exchange = STSExchange(
            endpoints: EndpointResolver(
                environment: context.environment, configuration: configuration, profile: files.profile, region: region),
            context: context)
        var credentials = try await base(of: chain, exchange)
        for role in chain.roles {
            credentials = try await exchange.assumeRole(role, with: credentials)
        }
        return credentials
    }

    private func base(of chain: ProfileChain, _ exchange: STSExchange) async throws -> AWSCredentials {
        switch chain.base {
        case .keys(let credentials): return credentials
        case .process(let command):
            return try await ProcessCredentialsProvider(
                command: command, source: "profile \(chain.baseProfile)", context: context
            ).credentials()
        case .webIdentity(let role, let tokenFile):
            return try await WebIdentityCredentialsProvider(
                role: role, tokenFile: tokenFile, exchange: exchange, context: context
            ).credentials()
        case .named(let source):
            do {
                return try await provider(of: source).credentials()
            } catch let error as CredentialsError where error.code == .notConfigured {
                throw CredentialsError(
                    .invalidConfiguration,
                    "profile \(chain.baseProfile) has credential_source = \(source.rawValue), but \(error.message)")
            }
        }
    }

    private func provider(of source: ProfileChain.NamedSource) -> any CredentialsProvider {
        switch source {
        case .environment: EnvironmentCredentialsProvider(environment: context.environment)
        case .instanceMetadata: InstanceMetadataProvider(context: context)
        case .container: ContainerCredentialsProvider(context: context)
        }
    }
}
