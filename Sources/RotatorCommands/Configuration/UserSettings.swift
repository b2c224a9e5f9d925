/// One `[[user]]`: a user by name, or the users of a path or with tags.
struct UserSettings: Decodable {
    var name: String?
    /// Users below this IAM path, such as `/ci/`.
    var path: String?
    /// Users who carry all of these tags.
    var tags: [String: String]?
    /// Of those found by path or tags: only these.
    var include: [String]?
    /// Of those found by path or tags: not these.
    var exclude: [String]?
    /// A role of the users' own account, which the rotator assumes for IAM, the parameter and the destinations in AWS.
    var roleARN: String?
    var parameter: String?
    var parameterType: String?
    var kmsKey: String?
    var hosts: [String]?
    var legacyAcks: Bool?
    var policy: PolicySettings?
    var bitbucket: [BitbucketSettings]?
    var github: [GitHubSettings]?
    var gitlab: [GitLabSettings]?
    var secretsManager: [SecretsManagerSettings]?
    var file: [FileSettings]?
    var program: [ProgramSettings]?

    enum CodingKeys: String, CodingKey {
        case name, path, tags, include, exclude, parameter, hosts, policy, file, program
        case bitbucket, github, gitlab
        case secretsManager = "secrets_manager"
        case roleARN = "role_arn"
        case parameterType = "parameter_type"
        case kmsKey = "kms_key"
        case legacyAcks = "legacy_acks"
    }
}

extension UserSettings {
    /// The tables of every kind, in one order.
    var destinations: [any DestinationSettings] {
        let stores: [any DestinationSettings] = (secretsManager ?? []) + (file ?? []) + (program ?? [])
        return stores + (bitbucket ?? []) + (github ?? []) + (gitlab ?? [])
    }
}
