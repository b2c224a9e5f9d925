import AWS
import Console
import CredentialProcess
import CredentialsFile
import FoundationEssentials
import HTTPTransport
import Handover
import HostSystem
import Rotation
import RotationServices
import Secrets

/// Everything that one process of the rotator works with: one transport, the rotator's own credentials, and a driver a user.
struct RotatorServices: Sendable {
    let configuration: RotatorConfiguration
    let users: [ManagedUser]
    private let sender: any HTTPSender
    private let endpoints: EndpointResolver
    private let retry: RetryPolicy
    private let client: AWSClient

    init(configurationPath: String?, _ context: CommandContext) throws {
        let environment = context.environment
        let path = configurationPath ?? Self.defaultPath(environment)
        configuration = try ConfigurationFile.load(RotatorConfiguration.self, path: path)
        users = try configuration.users(path: path)
        sender = try CurlTransport(environment: environment)
        let credentials = CredentialsContext.live(environment: environment, sender: sender)
        let files = SharedFiles(environment: environment)
        endpoints = EndpointResolver(
            environment: environment, configuration: try files.load(with: credentials), profile: files.profile,
            region: configuration.region)
        retry = try RetryPolicy(environment: environment)
        client = AWSClient(
            sender: sender, endpoints: endpoints,
            credentials: CachedCredentialsProvider(
                DefaultCredentialsProvider(context: credentials, region: configuration.region), context: credentials),
            retry: retry)
    }

    static func defaultPath(_ environment: [String: String]) -> String {
        if UserAccount.effectiveUserID == 0 { return "/etc/keybaton/rotator.toml" }
        let home = environment["HOME", default: ""]
        let base = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(home)/.config"
        return "\(base)/keybaton/rotator.toml"
    }

    var s3: S3Client { S3Client(client, expectedBucketOwner: configuration.bucketOwner) }

    /// - Parameter account: which must own the bucket; S3 refuses otherwise.
    func s3(ownedBy account: String) -> S3Client { S3Client(client, expectedBucketOwner: account) }

    /// In the user's account.
    func iam(for user: ManagedUser) -> IAMClient { IAMClient(client) }

    /// In the user's account.
    func ssm(for user: ManagedUser) -> SSMClient { SSMClient(client) }

    /// Whose the rotator's own credentials are.
    func identity() async throws -> STSClient.CallerIdentity { try await STSClient(client).getCallerIdentity() }

    func publication(of user: ManagedUser) -> ParameterPublication {
        ParameterPublication(
            ssm: SSMClient(client), name: user.parameter, kind: user.parameterKind, kmsKeyID: user.kmsKey)
    }

    func destinations(of user: ManagedUser) -> [any Destination] {
        let services = DestinationServices(sender: sender, client: client)
        return user.destinations.flatMap { $0.destinations(for: user.name, services) }
    }

    var issuer: IAMKeyIssuer {
        IAMKeyIssuer(iam: IAMClient(client)) { [sender, endpoints, retry] key in
            let credentials = AWSCredentials(
                accessKeyID: "\(key.id)", secretAccessKey: key.secret, sessionToken: nil, expiration: nil,
                source: "the key to be proved")
            return STSClient(
                AWSClient(
                    sender: sender, endpoints: endpoints, credentials: StaticCredentialsProvider(credentials),
                    retry: retry))
        }
    }

    /// - Parameter explainedHosts: hosts behind NEW of which the check-ins are read to show what keeps them.
    func driver(for user: ManagedUser, explainedHosts: Int = 0) -> Driver {
        let ports = Ports(
            journals: S3JournalStore(s3: s3, bucket: configuration.bucket), issuer: issuer,
            publication: publication(of: user), destinations: destinations(of: user),
            checkIns: S3CheckIns(
                s3: s3, bucket: configuration.bucket,
                legacyParameter: user.countsLegacyAcks ? user.parameter : nil),
            bootTime: { SystemClock.sinceBoot() })
        return Driver(user: user.name, ports: ports, explainedHosts: explainedHosts)
    }

    func pass(for user: ManagedUser, request: Request = .proceed) -> Pass {
        Pass(
            user: user.name, owner: Self.owner, nonce: randomBytes(12).hexadecimal, policy: user.policy,
            request: request)
    }

    /// Who holds a lease: for the person who finds it.
    private static var owner: String {
        "\(HostFacts.current().hostName ?? "a host without a name") (process \(ProcessInfo.processInfo.processIdentifier))"
    }

    /// The configured users of these names; all where none is named.
    func users(named names: [String]) throws(CommandFailure) -> [ManagedUser] {
        guard !names.isEmpty else { return users }
        var chosen: [ManagedUser] = []
        for name in names { chosen.append(try user(named: name)) }
        return chosen
    }

    /// The configured user of this name; the only one where none is named.
    func user(named name: String?) throws(CommandFailure) -> ManagedUser {
        guard let name else {
            guard let only = users.first, users.count == 1 else {
                let names = users.map(\.name.description).joined(separator: ", ")
                throw CommandFailure(.usage, "name the user: \(names)")
            }
            return only
        }
        guard let user = users.first(where: { $0.name.description == name }) else {
            let names = users.map(\.name.description).joined(separator: ", ")
            throw CommandFailure(.usage, "\(name.printable) is not configured; there is \(names)")
        }
        return user
    }
}
