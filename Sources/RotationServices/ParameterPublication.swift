import AWS
package import FoundationEssentials
package import Handover
package import Rotation
package import SSM

/// The published keys in a parameter of the SSM Parameter Store.
package struct ParameterPublication: KeyPublication {
    /// `String` is for hosts with a shell script that cannot decrypt.
    package enum Kind: String, Sendable, Decodable, CaseIterable {
        case secureString = "SecureString"
        case string = "String"
    }

    private let ssm: SSMClient
    private let name: String
    private let kind: Kind
    /// Nil for the account's default key, which lets every principal that may read the parameter decrypt it.
    private let kmsKeyID: String?

    package init(ssm: SSMClient, name: String, kind: Kind, kmsKeyID: String?) {
        self.ssm = ssm
        self.name = name
        self.kind = kind
        self.kmsKeyID = kmsKeyID
    }

    package func read(version: Int?) async throws -> Publication {
        do {
            let parameter = try await ssm.getParameter(name, version: version)
            do {
                return .published(try PublishedKeys(parsing: parameter.value), version: parameter.version)
            } catch {
                return .unreadable(version: parameter.version, problem: "\(error)")
            }
        } catch let error as AWSError where error.kind == .notFound {
            return .missing
        }
    }

    package func publish(_ keys: PublishedKeys, signedAt: Date) async throws(EffectError) -> Int {
        try await changing {
            try await ssm.putParameter(
                name, value: keys.text, type: kind.rawValue, keyID: kind == .secureString ? kmsKeyID : nil,
                overwrite: true, description: "Access keys of one IAM user, rotated by Keybaton. Do not edit.",
                signedAt: signedAt)
        }
    }
}
