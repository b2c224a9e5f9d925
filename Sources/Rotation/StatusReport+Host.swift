package import FoundationEssentials
package import Handover
package import Secrets

extension StatusReport {
    package struct Host: Hashable, Sendable, Codable {
        package enum State: String, Hashable, Sendable, Codable, CaseIterable {
            /// Its newest check-in is under NEW.
            case current
            case behind
            /// It said what is wrong, or what it said does not count.
            case problem
            /// Never seen, or not for longer than `silenceThreshold`.
            case silent
            case waived
        }

        package var host: HostID
        package var expected: Bool
        package var state: State
        package var keyID: AccessKeyID?
        package var lastSeen: Date?
        package var problem: CheckIn.Problem?
        /// Whether the proof of that check-in was verified; nil where only its name was seen, which is enough between
        /// rotations.
        package var verified: Bool?
        /// What its newest check-in says beside that, where it was read.
        package var details: HostDetails?

        package init(
            host: HostID, expected: Bool, state: State, keyID: AccessKeyID? = nil, lastSeen: Date? = nil,
            problem: CheckIn.Problem? = nil, verified: Bool? = nil, details: HostDetails? = nil
        ) {
            self.host = host
            self.expected = expected
            self.state = state
            self.keyID = keyID
            self.lastSeen = lastSeen
            self.problem = problem
            self.verified = verified
            self.details = details
        }

        private enum CodingKeys: String, CodingKey {
            case host, expected, state, problem, verified, details
            case keyID = "key_id"
            case lastSeen = "last_seen"
        }
    }

    /// What a host says of itself, in the words of its check-in.
    package struct HostDetails: Hashable, Sendable, Codable {
        /// Whether the proof was verified. The dashboard knows no secret: what came after the rotator's last look is
        /// only reported.
        package var verified: Bool
        package var parameterVersion: Int
        package var agentVersion: String
        package var operatingSystem: String
        package var architecture: String
        /// AWS's clock minus the host's, in seconds.
        package var clockSkew: Double?
        package var nextRunDue: Date?
        package var targets: [CheckIn.Target]

        package init(_ checkIn: CheckIn, verified: Bool) {
            self.verified = verified
            parameterVersion = checkIn.parameterVersion
            agentVersion = checkIn.agentVersion
            operatingSystem = checkIn.operatingSystem
            architecture = checkIn.architecture
            clockSkew = checkIn.clockSkew
            nextRunDue = checkIn.nextRunDue
            targets = checkIn.targets
        }

        private enum CodingKeys: String, CodingKey {
            case verified, architecture, targets
            case parameterVersion = "parameter_version"
            case agentVersion = "agent_version"
            case operatingSystem = "operating_system"
            case clockSkew = "clock_skew"
            case nextRunDue = "next_run_due"
        }
    }
}
