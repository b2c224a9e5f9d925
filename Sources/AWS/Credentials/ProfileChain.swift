/// How the credentials of a profile are made: one base, and roles assumed one after the other from it.
///
/// The rules are those of the AWS SDKs: https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
package struct ProfileChain: Sendable, Equatable {
    package enum Base: Sendable, Equatable {
        case keys(AWSCredentials)
        case named(NamedSource)
        case webIdentity(RoleRequest, tokenFile: String)
        case process(command: String)
    }

    /// The values of `credential_source`.
    package enum NamedSource: String, Sendable {
        case environment = "Environment"
        case instanceMetadata = "Ec2InstanceMetadata"
        case container = "EcsContainer"
    }

    /// The profile that holds the base.
    package let baseProfile: String
    package let base: Base
    /// In the order in which they are assumed.
    package let roles: [RoleRequest]

    /// Throws `CredentialsError`: `notConfigured` when the chosen profile says nothing about credentials.
    package init(profile name: String, in configuration: SharedConfiguration) throws(CredentialsError) {
        var name = name
        var visited: [String] = []
        var roles: [RoleRequest] = []
        while true {
            guard let section = configuration.profiles[name] else {
                guard let referrer = visited.last else {
                    throw CredentialsError(
                        .notConfigured,
                        configuration.profiles.isEmpty ? "No profiles were defined" : "there is no profile \(name)")
                }
                throw CredentialsError(
                    .invalidConfiguration, "could not find source profile \(name) referenced from \(referrer)")
            }
            guard !visited.contains(name) else {
                throw CredentialsError(
                    .invalidConfiguration,
                    "profile formed an infinite loop: \((visited + [name]).joined(separator: " → "))")
            }
            visited.append(name)
            // Keys in a source profile end the chain even beside a role; in the chosen profile the role wins.
            let hasKeys = section["aws_access_key_id"] != nil && section["aws_secret_access_key"] != nil
            if visited.count > 1, hasKeys {
                base = .keys(try Self.keys(section, of: name))
                break
            }
            let link = try Link(section, of: name)
            if let link { roles.append(link.role) }
            if let source = link?.sourceProfile, source != name {
                name = source
                continue
            }
            do {
                base = try Self.base(section, of: name)
            } catch {
                // A profile that names a role, or that another one refers to, was meant to have credentials.
                throw error.code == .notConfigured && !roles.isEmpty
                    ? CredentialsError(.invalidConfiguration, error.message) : error
            }
            break
        }
        baseProfile = name
        self.roles = roles.reversed()
    }

    /// A role and where the credentials for it come from.
    private struct Link {
        let role: RoleRequest
        /// Nil: from a `credential_source` of the same profile.
        let sourceProfile: String?

        /// Nil when the profile assumes no role from other credentials.
        init?(_ section: SharedConfiguration.Section, of name: String) throws(CredentialsError) {
            guard let role = try ProfileChain.role(section, of: name) else { return nil }
            let source = section["source_profile"]
            let namedSource = section["credential_source"]
            if source != nil, namedSource != nil {
                throw CredentialsError(
                    .invalidConfiguration,
                    "profile \(name): profile contained both source_profile and credential_source; keep one of them")
            }
            if source == nil, namedSource == nil {
                guard section["web_identity_token_file"] == nil else { return nil }
                throw CredentialsError(
                    .invalidConfiguration,
                    "profile \(name) has a role_arn; the profile must contain `source_profile` or `credential_source`")
            }
            self.role = role
            sourceProfile = source
        }
    }
}

extension ProfileChain {
    /// Nil when the profile has no `role_arn`.
    private static func role(
        _ section: SharedConfiguration.Section, of name: String
    ) throws(CredentialsError) -> RoleRequest? {
        guard let arn = section["role_arn"] else { return nil }
        guard section["mfa_serial"] == nil else {
            throw CredentialsError(
                .unsupported,
                "profile \(name) asks for an MFA code (mfa_serial), which nobody can type here; use another profile, or a "
                    + "credential_process that logs in")
        }
        let duration = section["duration_seconds"]
        let seconds = duration.flatMap { Int($0) }
        guard duration == nil || seconds.map({ (900...43_200).contains($0) }) == true else {
            throw CredentialsError(
                .invalidConfiguration, "profile \(name): duration_seconds must be a number from 900 to 43200")
        }
        return RoleRequest(
            arn: arn, sessionName: section["role_session_name"], externalID: section["external_id"],
            durationSeconds: seconds)
    }

    private static func base(
        _ section: SharedConfiguration.Section, of name: String
    ) throws(CredentialsError) -> Base {
        if let text = section["credential_source"] {
            guard let source = NamedSource(rawValue: text) else {
                throw CredentialsError(
                    .invalidConfiguration,
                    "profile \(name): credential_source must be Environment, Ec2InstanceMetadata or EcsContainer")
            }
            return .named(source)
        }
        if let file = section["web_identity_token_file"] {
            guard let role = try role(section, of: name) else {
                throw CredentialsError(
                    .invalidConfiguration,
                    "profile \(name): `web_identity_token_file` was specified but `role_arn` was missing")
            }
            return .webIdentity(role, tokenFile: file)
        }
        let ssoSettings = ["sso_session", "sso_start_url", "sso_account_id", "sso_role_name"]
        if ssoSettings.contains(where: { section[$0] != nil }) {
            throw CredentialsError(
                .unsupported,
                "profile \(name) logs in through IAM Identity Center (SSO), which Keybaton leaves to the AWS CLI; make a "
                    + "profile with credential_process = aws configure export-credentials --profile \(name) --format process"
            )
        }
        if let command = section["credential_process"] { return .process(command: command) }
        return .keys(try keys(section, of: name))
    }

    private static func keys(
        _ section: SharedConfiguration.Section, of name: String
    ) throws(CredentialsError) -> AWSCredentials {
        let id = section["aws_access_key_id"]
        let secret = section["aws_secret_access_key"]
        if id == nil, secret == nil {
            throw CredentialsError(.notConfigured, "profile `\(name)` did not contain credential information")
        }
        for (setting, value) in [("aws_access_key_id", id), ("aws_secret_access_key", secret)] where value == nil {
            throw CredentialsError(
                .invalidConfiguration, "profile missing \(setting): profile \(name) has only its twin")
        }
        return try AWSCredentials.checked(
            id: id, secret: secret, token: section["aws_session_token"], source: "profile \(name)")
    }
}
