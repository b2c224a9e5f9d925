/// Why words of a configuration name no place in a file: the key, and what to write.
package struct InvalidKeySlot: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

extension KeySlot {
    /// From the words of a configuration; nil is what was not written.
    package init(
        format: String?, profile: String?, idVariable: String?, secretVariable: String?
    ) throws(InvalidKeySlot) {
        let format = format ?? "aws-credentials"
        let section = try Self.section(profile ?? "default")
        switch format {
        case "aws-credentials": self = .awsCredentials(section)
        case "aws-config": self = .awsConfig(section)
        case "rclone":
            guard profile != nil else {
                throw InvalidKeySlot("profile is missing; it names the remote, as in profile = \"backup\"")
            }
            self = .rclone(remote: section)
        case "env":
            self = .environment(
                id: try Self.variable(idVariable, .accessKeyID, "id_variable"),
                secret: try Self.variable(secretVariable, .secretAccessKey, "secret_variable"))
        case "s3cfg": self = .s3cfg
        case "json": self = .json
        default:
            throw InvalidKeySlot(
                "format: `\(format)` is none of aws-credentials, aws-config, env, rclone, s3cfg, json")
        }
        if profile != nil, ["env", "s3cfg", "json"].contains(format) {
            throw InvalidKeySlot("profile: a file of the format \(format) has no profiles; leave it out")
        }
        if idVariable ?? secretVariable != nil, format != "env" {
            throw InvalidKeySlot("id_variable and secret_variable belong to format = \"env\"")
        }
        if case .environment(let id, let secret) = self, id == secret {
            throw InvalidKeySlot("id_variable and secret_variable are the same")
        }
    }

    private static func section(_ text: String) throws(InvalidKeySlot) -> ProfileName {
        do throws(InvalidProfileName) {
            return try ProfileName(text)
        } catch {
            throw InvalidKeySlot("profile: \(error)")
        }
    }

    private static func variable(
        _ text: String?, _ standard: VariableName, _ key: String
    ) throws(InvalidKeySlot) -> VariableName {
        guard let text else { return standard }
        guard let variable = VariableName(text) else {
            throw InvalidKeySlot(
                "\(key): `\(text)` is not the name of a variable: A-Z a-z 0-9 _, no digit first")
        }
        return variable
    }
}

extension CredentialsStore.Creation {
    /// The mode of a file with a secret, as a configuration has it: readable for a group at most, writable for its owner
    /// only. Nil for any other.
    package static func permissions(_ text: String) -> UInt16? {
        guard let mode = UInt16(text, radix: 8), mode & 0o600 == 0o600, mode & ~0o640 == 0 else { return nil }
        return mode
    }
}
