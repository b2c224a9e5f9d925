/// The first of the usual sources that is set up: environment, profile, web identity, container, EC2 instance.
///
/// A source that is set up wrongly ends the search: going on would silently use another identity. The SDKs differ in
/// the order of profile and web identity; this is that of the SDKs for Rust and Java.
package struct DefaultCredentialsProvider: CredentialsProvider {
    private let context: CredentialsContext
    private let profile: String?
    private let region: String?

    /// A `profile` given here is the only source, since it was asked for.
    package init(context: CredentialsContext, profile: String? = nil, region: String? = nil) {
        self.context = context
        self.profile = Setting.nonBlank(profile)
        self.region = region
    }

    package func credentials() async throws -> AWSCredentials {
        let profileProvider = ProfileCredentialsProvider(context: context, profile: profile, region: region)
        if profile != nil { return try await profileProvider.credentials() }
        var tried: [String] = []
        for (name, provider) in sources(profileProvider) {
            do {
                return try await provider().credentials()
            } catch let error as CredentialsError where error.code == .notConfigured {
                tried.append("\(name): \(error.message)")
            }
        }
        throw CredentialsError(
            .notConfigured,
            "no AWS credentials were found. Set AWS_PROFILE to a profile with keys, or AWS_ACCESS_KEY_ID and "
                + "AWS_SECRET_ACCESS_KEY. Tried:\n" + tried.map { "  \($0)" }.joined(separator: "\n"))
    }

    private func sources(
        _ profileProvider: ProfileCredentialsProvider
    ) -> [(name: String, provider: () throws -> any CredentialsProvider)] {
        [
            ("environment", { EnvironmentCredentialsProvider(environment: context.environment) }),
            ("profile", { profileProvider }),
            (
                "web identity",
                {
                    let files = SharedFiles(environment: context.environment)
                    let endpoints = EndpointResolver(
                        environment: context.environment, configuration: try files.load(with: context),
                        profile: files.profile, region: region)
                    return try WebIdentityCredentialsProvider.fromEnvironment(
                        exchange: STSExchange(endpoints: endpoints, context: context), context: context)
                }
            ),
            ("container", { ContainerCredentialsProvider(context: context) }),
            ("EC2 instance", { InstanceMetadataProvider(context: context) }),
        ]
    }
}
