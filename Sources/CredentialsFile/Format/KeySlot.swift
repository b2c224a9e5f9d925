/// Where in a file a key stands, which also says the file's format.
package enum KeySlot: Hashable, Sendable {
    /// A section of `~/.aws/credentials`.
    case awsCredentials(ProfileName)
    /// A section of `~/.aws/config`, where every profile but `default` is spelt `[profile NAME]`.
    case awsConfig(ProfileName)
    /// Two variables of a file that systemd (`EnvironmentFile=`), docker (`--env-file`) or a shell reads.
    case environment(id: VariableName, secret: VariableName)
    /// A remote of `rclone.conf`.
    case rclone(remote: ProfileName)
    /// The `[default]` section of `~/.s3cfg`.
    case s3cfg
    /// The whole file: what a `credential_process` prints.
    case json

    /// The format's stable name, in configurations and check-ins.
    package var format: String {
        switch self {
        case .awsCredentials: "aws-credentials"
        case .awsConfig: "aws-config"
        case .environment: "env"
        case .rclone: "rclone"
        case .s3cfg: "s3cfg"
        case .json: "json"
        }
    }

    /// What people call the place in the file, for check-ins and tables; empty where the format has but one.
    package var name: String {
        switch self {
        case .awsCredentials(let profile), .awsConfig(let profile): profile.text
        case .environment(let id, _): id.text
        case .rclone(let remote): remote.text
        case .s3cfg: "default"
        case .json: ""
        }
    }
}

/// The name of an environment variable.
package struct VariableName: Sendable, Hashable, CustomStringConvertible {
    package static let accessKeyID = VariableName(unchecked: "AWS_ACCESS_KEY_ID")
    package static let secretAccessKey = VariableName(unchecked: "AWS_SECRET_ACCESS_KEY")
    static let sessionToken = VariableName(unchecked: "AWS_SESSION_TOKEN")
    /// The session token's first name, which botocore still reads.
    static let securityToken = VariableName(unchecked: "AWS_SECURITY_TOKEN")

    package let text: String

    /// Nil for anything but 1 to 128 of `A-Z a-z 0-9 _`, not beginning with a digit: POSIX's portable names, which
    /// systemd, docker and every shell read alike.
    package init?(_ text: String) {
        guard (1...128).contains(text.utf8.count),
            text.utf8.allSatisfy({ isLetterOrDigit($0) || $0 == UInt8(ascii: "_") }),
            text.first?.isNumber == false
        else { return nil }
        self.text = text
    }

    private init(unchecked text: String) { self.text = text }

    package var description: String { text }
}
