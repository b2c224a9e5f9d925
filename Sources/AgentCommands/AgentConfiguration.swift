package import Console
package import CredentialsFile
package import Handover
package import Refresher

/// The agent's configuration, checked: whatever is in here can be used as it is.
package struct AgentConfiguration: Sendable, Equatable {
    package struct Key: Sendable, Equatable {
        package var user: UserName
        package var parameter: String
        /// Whose NEW must be, whatever the keys held say.
        package var expectedPrincipal: Principal?
        package var targets: [Target]
    }

    package struct Target: Sendable, Hashable {
        /// Absolute.
        package var path: String
        package var profile: ProfileName
        /// Whether a file that is mounted by itself may be rewritten in place, which is not atomic.
        package var allowsRewritingInPlace: Bool
    }

    package var region: String
    package var bucket: String
    /// Nil: derived from the machine.
    package var host: HostID?
    /// A run that nobody watches starts after a random part of it.
    package var splay: Duration?
    package var adoptAfter: Duration
    /// Absolute; nil: where the running user keeps such things.
    package var stateDirectory: String?
    package var keys: [Key]

    /// Reads and checks a file.
    package init(file path: String, user: RunningUser) throws(CommandFailure) {
        try self.init(text: try ConfigurationFile.read(path), path: path, user: user)
    }

    /// Checks the text of a configuration; every error names the file, the setting and what to do.
    package init(text: String, path: String, user: RunningUser) throws(CommandFailure) {
        let document = try ConfigurationFile.decode(Document.self, from: text, path: path)
        let check = ConfigurationCheck(path: path, user: user)
        region = try check.region(document.region)
        bucket = try check.bucket(document.bucket)
        host = document.host
        splay = document.splay?.duration
        adoptAfter = document.adoptAfter?.duration ?? .seconds(60)
        stateDirectory = try document.stateDirectory.map { path throws(CommandFailure) in
            try check.absolute(path, "state_directory")
        }
        keys = []
        for (index, key) in document.keys.enumerated() {
            keys.append(try check.key(key, number: index + 1))
        }
        try check.all(keys)
    }
}

/// The configuration as it is written.
struct Document: Decodable {
    struct Key: Decodable {
        let user: UserName
        let parameter: String?
        let expectedARN: String?
        let targets: [Target]?

        enum CodingKeys: String, CodingKey {
            case user, parameter
            case expectedARN = "expect_arn"
            case targets = "target"
        }
    }

    struct Target: Decodable {
        let path: String
        let profile: String?
        let allowsRewritingInPlace: Bool?

        enum CodingKeys: String, CodingKey {
            case path, profile
            case allowsRewritingInPlace = "in_place"
        }
    }

    let region: String
    let bucket: String
    let host: HostID?
    let splay: DurationText?
    let adoptAfter: DurationText?
    let stateDirectory: String?
    let keys: [Key]

    enum CodingKeys: String, CodingKey {
        case region, bucket, host, splay
        case adoptAfter = "adopt_after"
        case stateDirectory = "state_directory"
        case keys = "key"
    }
}
