package import FoundationEssentials
package import Secrets

/// What a host says at the end of every run: which key it holds and how the run went. Holds no secret.
package struct CheckIn: Hashable, Sendable, Codable {
    package static let format = 1
    /// Larger objects are not read: anybody with a key of the user can write here.
    package static let maximumSize = 64 * 1024

    /// What the run left in one target.
    package struct Target: Hashable, Sendable, Codable {
        package var path: String
        package var profile: String
        package var format: String
        /// Nil when the target holds no key or could not be read.
        package var keyID: AccessKeyID?
        package var problem: Problem?

        package init(path: String, profile: String, format: String, keyID: AccessKeyID?, problem: Problem?) {
            self.path = path
            self.profile = profile
            self.format = format
            self.keyID = keyID
            self.problem = problem
        }

        private enum CodingKeys: String, CodingKey {
            case path, profile, format, problem
            case keyID = "key_id"
        }
    }

    /// A stable code for programs and a sentence for people.
    package struct Problem: Hashable, Sendable, Codable, CustomStringConvertible {
        package var code: String
        package var message: String

        package init(code: String, message: String) {
            self.code = code
            self.message = message
        }

        package var description: String { "\(code): \(message)" }
    }

    package var format = CheckIn.format
    package var host: HostID
    package var hostName: String
    package var user: UserName
    package var parameter: String
    /// The version of the parameter that this run read. An acknowledgement counts by it, not by a time.
    package var parameterVersion: Int
    /// The worst key among the targets: NEW only when every target holds NEW.
    package var keyID: AccessKeyID
    /// Nil means `installed`: every target holds the key and was read back.
    package var problem: Problem?
    package var startedAt: Date
    package var finishedAt: Date
    package var targets: [Target]
    package var agentVersion: String
    package var operatingSystem: String
    package var architecture: String
    /// The server's clock minus the host's, in seconds; nil where no answer carried a date.
    package var clockSkew: Double?
    /// The latest time by which this host means to check in again; nil where it cannot say.
    package var nextRunDue: Date?

    package init(
        host: HostID, hostName: String, user: UserName, parameter: String, parameterVersion: Int, keyID: AccessKeyID,
        problem: Problem?, startedAt: Date, finishedAt: Date, targets: [Target], agentVersion: String,
        operatingSystem: String, architecture: String, clockSkew: Double?, nextRunDue: Date?
    ) {
        self.host = host
        self.hostName = hostName
        self.user = user
        self.parameter = parameter
        self.parameterVersion = parameterVersion
        self.keyID = keyID
        self.problem = problem
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.targets = targets
        self.agentVersion = agentVersion
        self.operatingSystem = operatingSystem
        self.architecture = architecture
        self.clockSkew = clockSkew
        self.nextRunDue = nextRunDue
    }

    private enum CodingKeys: String, CodingKey {
        case format, host, user, parameter, problem, targets, architecture
        case hostName = "host_name"
        case parameterVersion = "parameter_version"
        case keyID = "key_id"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case agentVersion = "agent_version"
        case operatingSystem = "operating_system"
        case clockSkew = "clock_skew"
        case nextRunDue = "next_run_due"
    }
}

/// The bytes of a check-in and the proof that their writer held the secret of the key.
package struct SignedCheckIn: Hashable, Sendable {
    /// User metadata of the object, without its `x-amz-meta-` prefix.
    package static let proofMetadata = "keybaton-proof"

    package let body: [UInt8]
    /// HMAC-SHA256, in lower-case hexadecimal, with the secret of the key held.
    package let proof: String

    package init(_ checkIn: CheckIn, heldSecret: Secret) throws {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        body = Array(try encoder.encode(checkIn))
        proof = Self.proof(of: body, with: heldSecret)
    }

    /// What was read from the bucket.
    package init(body: [UInt8], proof: String) {
        self.body = body
        self.proof = proof
    }

    /// The check-in, if its proof verifies and it speaks of this user, key and host.
    ///
    /// The proof covers the bytes as they were sent, so that no two programs need agree on a canonical JSON. Every
    /// holder of OLD can read NEW and compute it: it binds the parameter's version and finds faults, no more.
    package func verified(
        user: UserName, key: AccessKey, host: HostID
    ) throws(CheckInError) -> CheckIn {
        guard body.count <= CheckIn.maximumSize else { throw .tooLarge }
        guard let claimed = [UInt8](hexadecimal: proof),
            constantTimeEqual(claimed, [UInt8](hexadecimal: Self.proof(of: body, with: key.secret)) ?? [])
        else { throw .proofDoesNotVerify }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        // The format by itself first: another format may lack the fields of this one.
        guard let format = try? decoder.decode(Format.self, from: Data(body)).format else { throw .malformed }
        guard format == CheckIn.format else { throw .unknownFormat(format) }
        guard let checkIn = try? decoder.decode(CheckIn.self, from: Data(body)) else { throw .malformed }
        guard checkIn.user == user, checkIn.keyID == key.id, checkIn.host == host else { throw .saysOtherThanItsName }
        return checkIn
    }

    private struct Format: Decodable {
        let format: Int
    }

    private static func proof(of body: [UInt8], with secret: Secret) -> String {
        HMACSHA256.authenticationCode(for: Array("keybaton check-in v1\n".utf8) + body, key: secret).hexadecimal
    }
}

/// Why a check-in does not count.
package enum CheckInError: Error, Hashable, CustomStringConvertible {
    case tooLarge
    case proofDoesNotVerify
    case malformed
    case unknownFormat(Int)
    case saysOtherThanItsName
    /// It speaks of a version that the parameter does not have: a lie, or from before the parameter was made anew.
    case unknownVersion(Int)

    package var description: String {
        switch self {
        case .tooLarge: "the check-in is larger than \(CheckIn.maximumSize) bytes"
        case .proofDoesNotVerify: "the check-in's proof does not verify: its writer did not hold the key's secret"
        case .malformed: "the check-in is not the JSON that an agent writes"
        case .unknownFormat(let format): "the check-in has format \(format): this rotator is older than the agent"
        case .saysOtherThanItsName: "the check-in speaks of another user, key or host than its object's name"
        case .unknownVersion(let version):
            "the check-in speaks of version \(version), which the parameter does not have"
        }
    }
}
