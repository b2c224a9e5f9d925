import AWS
import Console
import CredentialsFile

/// A profile that has a key in the credentials file and a `credential_process` in the configuration file: botocore and
/// the AWS CLI take the file, so the program behind the process is never asked.
struct ProfileConflict {
    /// - Parameters:
    ///   - path: of the credentials file.
    ///   - config: the text of the `config` beside it; nil when there is none.
    /// - Returns: nil where there is no conflict, or the file is none that AWS tools read.
    static func finding(path: String, profile: String, config: String?) -> Finding? {
        guard let config,
            let shared = try? SharedConfiguration(configFile: Array(config.utf8), credentialsFile: nil),
            shared.profiles[profile]?["credential_process"] != nil
        else { return nil }
        return .warning(
            .target, path,
            "profile \(profile) has a key here and a credential_process in the config beside it; the AWS CLI and boto3 "
                + "take the key here and never ask the process",
            mend: "give the process a profile of its own, or remove it: the agent keeps the key here up to date")
    }
}
