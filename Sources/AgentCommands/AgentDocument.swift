import Console
import Handover

/// The configuration as it is written.
struct AgentDocument: Decodable {
    struct Key: Decodable {
        let user: UserName
        let parameter: String?
        let expectedARN: String?
        let rendezvousProfile: String?
        let rendezvousFile: String?
        let targets: [Target]?

        enum CodingKeys: String, CodingKey {
            case user, parameter
            case expectedARN = "expect_arn"
            case rendezvousProfile = "rendezvous_profile"
            case rendezvousFile = "rendezvous_file"
            case targets = "target"
        }
    }

    struct Target: Decodable {
        var path: String?
        var format: String?
        var profile: String?
        var idVariable: String?
        var secretVariable: String?
        var owner: String?
        var group: String?
        var mode: String?
        var allowsRewritingInPlace: Bool?
        var hook: [String]?

        enum CodingKeys: String, CodingKey {
            case path, format, profile, owner, group, mode, hook
            case idVariable = "id_variable"
            case secretVariable = "secret_variable"
            case allowsRewritingInPlace = "in_place"
        }
    }

    let region: String
    let bucket: String
    let host: HostID?
    let splay: DurationText?
    let every: DurationText?
    let adoptAfter: DurationText?
    let stateDirectory: String?
    let ping: String?
    let textfile: String?
    let hooks: String?
    let hookTimeout: DurationText?
    let keys: [Key]

    enum CodingKeys: String, CodingKey {
        case region, bucket, host, splay, every, ping, textfile, hooks
        case adoptAfter = "adopt_after"
        case stateDirectory = "state_directory"
        case hookTimeout = "hook_timeout"
        case keys = "key"
    }
}
