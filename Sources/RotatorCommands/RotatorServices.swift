import AWS
import Console
import CredentialProcess
import CredentialsFile
import Destinations
import FoundationEssentials
import HTTPTransport
import Handover
import HostSystem
import IAM
import Notifications
import Rotation
import RotationServices
import SSM
import Secrets

/// Everything that one process of the rotator works with: one transport, the rotator's own credentials, those of the roles
/// that it assumes, and a driver a user.
struct RotatorServices: Sendable {
    let configuration: RotatorConfiguration
    /// Every `[[user]]`, in the order of the file.
    let entries: [UserEntry]
    private let sender: any HTTPSender
    private let endpoints: EndpointResolver
    private let retry: RetryPolicy
    private let client: AWSClient
    private let roleClients: [RoleARN: AWSClient]
    private let forges = ForgeClients()
    private let owner: String
    /// Nil where nobody is to be told.
    let notices: NoticeDelivery?

    init(configurationPath: String?, _ context: CommandContext) throws {
        let environment = context.environment
        let path = configurationPath ?? Self.defaultPath(environment)
        configuration = try ConfigurationFile.load(RotatorConfiguration.self, path: path)
        entries = try configuration.entries(path: path)
        sender = try CurlTransport(environment: environment)
        let credentials = CredentialsContext.live(environment: environment, sender: sender)
        let files = SharedFiles(environment: environment)
        let endpoints = EndpointResolver(
            environment: environment, configuration: try files.load(with: credentials), profile: files.profile,
            region: configuration.region)
        // Many users ask much at one time, and would make AWS throttle themselves.
        let isAlone = entries.count == 1 && entries[0].named != nil
        let retry = try RetryPolicy(environment: environment, usual: isAlone ? .standard : .patient)
        let own = CachedCredentialsProvider(
            DefaultCredentialsProvider(context: credentials, region: configuration.region), context: credentials)
        let client = { [sender] (provider: any CredentialsProvider) in
            AWSClient(sender: sender, endpoints: endpoints, credentials: provider, retry: retry)
        }
        self.endpoints = endpoints
        self.retry = retry
        self.client = client(own)
        let exchange = STSExchange(endpoints: endpoints, context: credentials)
        roleClients = Dictionary(
            Set(entries.compactMap(\.role)).map { role in
                let request = RoleRequest(arn: "\(role)", sessionName: "keybaton")
                let assumed = AssumedRoleProvider(request, base: own, exchange: exchange)
                return (role, client(CachedCredentialsProvider(assumed, context: credentials)))
            }, uniquingKeysWith: { first, _ in first })
        owner = Self.owner(environment)
        notices = try configuration.notices(
            path: path, self.client, S3Client(self.client, expectedBucketOwner: configuration.bucketOwner), environment)
        do throws(InvalidSetting) {
            try entries.checkFedPlaces(fedPlaces(of:))
        } catch {
            throw CommandFailure(.configuration, "\(path): \(error)")
        }
    }

    static func defaultPath(_ environment: [String: String]) -> String {
        if UserAccount.effectiveUserID == 0 { return "/etc/keybaton/rotator.toml" }
        let home = environment["HOME", default: ""]
        let base = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(home)/.config"
        return "\(base)/keybaton/rotator.toml"
    }

    /// The users that the file names, without those that IAM has to be asked for.
    var users: [ManagedUser] { entries.compactMap(\.named) }

    /// With the credentials of the users' account: those of the role, or the rotator's own.
    func client(assuming role: RoleARN?) -> AWSClient { role.flatMap { roleClients[$0] } ?? client }

    func directory(assuming role: RoleARN?) -> IAMUserDirectory {
        IAMUserDirectory(iam: IAMClient(client(assuming: role)))
    }

    /// With the rotator's own credentials, whosever users they are: one bucket serves all accounts.
    var s3: S3Client { S3Client(client, expectedBucketOwner: configuration.bucketOwner) }

    /// - Parameter account: which must own the bucket; S3 refuses otherwise.
    func s3(ownedBy account: String) -> S3Client { S3Client(client, expectedBucketOwner: account) }

    /// In the user's account.
    func iam(for user: ManagedUser) -> IAMClient { IAMClient(client(assuming: user.role)) }

    /// In the user's account.
    func ssm(for user: ManagedUser) -> SSMClient { SSMClient(client(assuming: user.role)) }

    /// Who the rotator is: by its own credentials, or as a role.
    func identity(assuming role: RoleARN? = nil) async throws -> STSClient.CallerIdentity {
        try await STSClient(client(assuming: role)).getCallerIdentity()
    }

    func publication(of user: ManagedUser) -> ParameterPublication {
        ParameterPublication(
            ssm: SSMClient(client(assuming: user.role)), name: user.parameter, kind: user.parameterKind,
            kmsKeyID: user.kmsKey)
    }

    func destinations(of user: ManagedUser) -> [any Destination] {
        let services = destinationServices(assuming: user.role)
        return distinct(user.destinations.flatMap { $0.destinations(for: user.name, services) })
    }

    func fedPlaces(of user: ManagedUser) -> Set<FedPlace> {
        user.fedPlaces(destinationServices(assuming: user.role))
    }

    private func destinationServices(assuming role: RoleARN?) -> DestinationServices {
        DestinationServices(sender: sender, client: client(assuming: role), role: role, forges: forges)
    }

    func issuer(of user: ManagedUser) -> IAMKeyIssuer {
        IAMKeyIssuer(iam: IAMClient(client(assuming: user.role))) { [sender, endpoints, retry] key in
            let credentials = AWSCredentials(
                accessKeyID: "\(key.id)", secretAccessKey: key.secret, sessionToken: nil, expiration: nil,
                source: "the key to be proved")
            return STSClient(
                AWSClient(
                    sender: sender, endpoints: endpoints, credentials: StaticCredentialsProvider(credentials),
                    retry: retry))
        }
    }

    var journals: S3JournalStore { S3JournalStore(s3: s3, bucket: configuration.bucket) }

    /// - Parameter explainedHosts: hosts behind NEW of which the check-ins are read to show what keeps them.
    func driver(for user: ManagedUser, explainedHosts: Int = 0) -> Driver {
        let ports = Ports(
            journals: journals, issuer: issuer(of: user), publication: publication(of: user),
            destinations: destinations(of: user),
            checkIns: S3CheckIns(
                s3: s3, bucket: configuration.bucket,
                legacyParameter: user.countsLegacyAcks ? user.parameter : nil),
            bootTime: { SystemClock.sinceBoot() })
        return Driver(user: user.name, ports: ports, explainedHosts: explainedHosts)
    }

    /// - Parameter mayBegin: whether this run may create a key for the user.
    func pass(for user: ManagedUser, request: Request = .proceed, mayBegin: Bool = true) -> Pass {
        Pass(
            user: user.name, owner: owner, nonce: randomBytes(12).hexadecimal, policy: user.policy, request: request,
            mayBegin: mayBegin)
    }

    /// Who holds a lease and what the journal's history says: for the person who finds it.
    private static func owner(_ environment: [String: String]) -> String {
        let host = HostFacts.current().hostName ?? "a host without a name"
        let person = operatorName(environment).map { "\($0) at " } ?? ""
        return "\(person)\(host) (process \(ProcessInfo.processInfo.processIdentifier))"
    }
}

/// The person who types, also behind sudo; nil where nobody says.
func operatorName(_ environment: [String: String]) -> String? {
    let names = ["SUDO_USER", "USER", "LOGNAME"].lazy.compactMap { environment[$0] }
    return names.first { !$0.isEmpty }.map { String($0.prefix(64)).printable }
}

extension UserEntry {
    var role: RoleARN? {
        switch self {
        case .named(let user): user.role
        case .found(let selection): selection.role
        }
    }
}
