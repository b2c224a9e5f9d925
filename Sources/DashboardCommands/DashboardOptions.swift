import AWS
import ArgumentParser
import Console
import CredentialProcess
import Dashboard
import HTTPTransport
import HostSystem

/// What every command takes.
struct DashboardOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: """
            The configuration (default: /etc/keybaton-dashboard/dashboard.toml as root, else \
            ~/.config/keybaton/dashboard.toml).
            """,
        completion: .file(extensions: ["toml"]))
    var config: String?

    func path(_ environment: [String: String]) -> String {
        if let config { return config }
        if UserAccount.effectiveUserID == 0 { return "/etc/keybaton-dashboard/dashboard.toml" }
        let home = environment["HOME", default: ""]
        let base = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(home)/.config"
        return "\(base)/keybaton/dashboard.toml"
    }
}

extension DashboardConfiguration {
    /// The bucket, with credentials found as every AWS tool finds them. No other service is ever asked.
    func bucket(_ context: CommandContext) throws -> S3Bucket {
        let environment = context.environment
        let sender = try CurlTransport(environment: environment)
        let credentials = CredentialsContext.live(environment: environment, sender: sender)
        let files = SharedFiles(environment: environment)
        let endpoints = EndpointResolver(
            environment: environment, configuration: try files.load(with: credentials), profile: files.profile,
            region: region)
        let client = AWSClient(
            sender: sender, endpoints: endpoints,
            credentials: CachedCredentialsProvider(
                DefaultCredentialsProvider(context: credentials, region: region), context: credentials),
            retry: try RetryPolicy(environment: environment))
        return S3Bucket(s3: S3Client(client, expectedBucketOwner: bucketOwner), bucket: bucket)
    }
}
