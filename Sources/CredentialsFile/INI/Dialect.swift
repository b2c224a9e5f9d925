/// The program whose INI file it is: what its keys and sections are called. The rules of lines are one for all.
enum Dialect: Sendable, Equatable {
    /// `~/.aws/credentials`. Its strictest reader is botocore.
    case awsCredentials
    /// `~/.aws/config`, read by the same parser of botocore.
    ///
    /// https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
    case awsConfig
    /// `rclone.conf`, read by goconfig, which knows no continued lines and no keys in other letters.
    ///
    /// https://github.com/unknwon/goconfig
    case rclone
    /// `~/.s3cfg`, read by a parser of s3cmd's own, for which all sections are one, and by s4cmd with configparser.
    ///
    /// https://github.com/s3tools/s3cmd/blob/master/S3/Config.py
    case s3cfg

    /// Nil when the program has no such key.
    func name(of key: CredentialKey) -> String? {
        switch (self, key) {
        case (.awsCredentials, .accessKeyID), (.awsConfig, .accessKeyID): "aws_access_key_id"
        case (.awsCredentials, .secretAccessKey), (.awsConfig, .secretAccessKey): "aws_secret_access_key"
        case (.awsCredentials, .sessionToken), (.awsConfig, .sessionToken): "aws_session_token"
        case (.awsCredentials, .securityToken), (.awsConfig, .securityToken): "aws_security_token"
        case (.rclone, .accessKeyID): "access_key_id"
        case (.rclone, .secretAccessKey): "secret_access_key"
        case (.rclone, .sessionToken): "session_token"
        case (.s3cfg, .accessKeyID): "access_key"
        case (.s3cfg, .secretAccessKey): "secret_key"
        case (.s3cfg, .sessionToken): "access_token"
        case (.rclone, .securityToken), (.s3cfg, .securityToken): nil
        }
    }

    /// What stands between the brackets of the section's header.
    func header(of section: ProfileName) -> String {
        self == .awsConfig && section.text != "default" ? "profile \(section.text)" : section.text
    }

    /// Whether a token without a value is as good as none, as s3cmd writes one into every file; some SDKs of AWS send it.
    var ignoresEmptyTokens: Bool { isExact }

    /// Whether keys are compared letter by letter.
    var isExact: Bool { self == .rclone || self == .s3cfg }

    /// Whether the keys of a section, by the text of its header, count for the other one as well.
    func lends(_ name: Slice<UnsafeRawBufferPointer>, to section: ProfileName) -> Bool {
        switch self {
        // botocore reads both with configparser.
        case .awsCredentials, .awsConfig: return name.elementsEqual("DEFAULT".utf8)
        // goconfig looks for a missing key of [a.b] in [a].
        case .rclone: return section.text.utf8.starts(with: Array(name) + [UInt8(ascii: ".")])
        case .s3cfg: return !name.elementsEqual(section.text.utf8)
        }
    }
}
