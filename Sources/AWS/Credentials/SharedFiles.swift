/// Where the shared files are and which profile is meant.
package struct SharedFiles: Sendable, Equatable {
    /// Nil when neither `AWS_CONFIG_FILE` nor `HOME` is set.
    package let configPath: String?
    /// Nil when neither `AWS_SHARED_CREDENTIALS_FILE` nor `HOME` is set.
    package let credentialsPath: String?
    package let profile: String
    /// Whether somebody asked for this profile, so that its absence is an error.
    package let isProfileExplicit: Bool

    /// `profile` wins over `AWS_PROFILE`, and without both it is `default`.
    package init(environment: [String: String], profile: String? = nil) {
        let home = Setting.nonBlank(environment["HOME"])
        func path(_ variable: String, _ name: String) -> String? {
            guard let path = Setting.nonBlank(environment[variable]) else { return home.map { "\($0)/.aws/\(name)" } }
            guard path.hasPrefix("~/"), let home else { return path }
            return home + path.dropFirst()
        }
        configPath = path("AWS_CONFIG_FILE", "config")
        credentialsPath = path("AWS_SHARED_CREDENTIALS_FILE", "credentials")
        let chosen = Setting.nonBlank(profile) ?? Setting.nonBlank(environment["AWS_PROFILE"])
        self.profile = chosen ?? "default"
        isProfileExplicit = chosen != nil
    }

    /// Reads and parses both; a missing file is empty. Throws `SharedFileError`, or what `readFile` throws.
    package func load(with context: CredentialsContext) throws -> SharedConfiguration {
        try SharedConfiguration(
            configFile: configPath.flatMap { try context.readFile($0) }, configPath: configPath ?? "",
            credentialsFile: credentialsPath.flatMap { try context.readFile($0) },
            credentialsPath: credentialsPath ?? "")
    }
}
