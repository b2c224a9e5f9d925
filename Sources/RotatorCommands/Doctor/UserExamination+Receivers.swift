import AWS
import Console
import FoundationEssentials
import Handover
import Rotation

/// Who receives the keys: destinations and hosts.
extension UserExamination {
    func destinationFindings(_ observation: Observation, _ journal: Journal?) -> [Finding] {
        guard !observation.destinations.isEmpty else { return [] }
        let unproved = Finding.unknown(
            .destination, name, "whether its destinations may be written cannot be proved without writing them",
            mend: "the first rotation shows it, and waits until all of them hold NEW")
        return observation.destinations.sorted { $0.key < $1.key }.map { destination, state in
            let subject = "\(name): \(destination)"
            switch state {
            case .holds(let id) where journal?.current == nil || id == journal?.current?.id:
                return .ok(.destination, subject, "holds \(id)")
            case .holds(let id):
                return .warning(
                    .destination, subject, "holds \(id), which is not NEW", mend: "the next keybaton run feeds it")
            case .needsFeeding where journal?.current == nil:
                return .ok(.destination, subject, "can be reached, and holds no key yet")
            case .needsFeeding:
                return .warning(.destination, subject, "does not hold NEW", mend: "the next keybaton run feeds it")
            case .cannotTell:
                return .ok(.destination, subject, "can be reached; what it holds cannot be read")
            case .failing(let problem):
                return .problem(Self.status(of: problem), .destination, subject, problem, mend: nil)
            }
        } + [unproved]
    }

    /// A destination says in words what is wrong; where AWS refused it, they hold its code. Otherwise as a run ends that
    /// could not feed it.
    private static func status(of problem: String) -> ExitStatus {
        problem.contains("AccessDenied") ? .permission : .unavailable
    }

    func hostFindings(_ report: StatusReport.User) async -> [Finding] {
        var findings: [Finding] = []
        for declared in user.policy.hosts.sorted()
        where !report.hosts.contains(where: { $0.lastSeen != nil && $0.host.meets(declared: declared) }) {
            findings.append(
                .warning(
                    .host, "\(name): \(declared)", "is declared in `hosts`, and was never seen",
                    mend: "on it: keybaton-agent run; or take it out of `hosts`"))
        }
        var current = 0
        for host in report.hosts.filter({ $0.lastSeen != nil }).prefix(Self.explainedHosts) {
            let finding = await finding(for: host)
            if let finding { findings.append(finding) } else if host.expected { current += 1 }
        }
        if current > 0 {
            findings.append(
                .ok(.host, name, "\(current) \(current == 1 ? "host has" : "hosts have") checked in as they should"))
        }
        return findings
    }

    /// Nil when there is nothing to say.
    private func finding(for host: StatusReport.Host) async -> Finding? {
        let subject = "\(name): \(host.host)"
        if let problem = host.problem {
            return .warning(.host, subject, "\(problem)", mend: "on it: keybaton-agent doctor")
        }
        // Nobody waits for a retired one.
        guard host.expected else { return nil }
        if host.state == .silent, let seen = host.lastSeen {
            return .warning(
                .host, subject, "was seen last \(RotatorServices.relative(seen, to: now()))",
                mend: "on it: keybaton-agent doctor; for good: keybaton retire \(host.host) \(name) --reason WHY")
        }
        guard let version = await agentVersion(of: host), Self.isOlder(version, than: keybatonVersion) else {
            return nil
        }
        return .warning(
            .host, subject, "its agent is of version \(version), older than this rotator's \(keybatonVersion)",
            mend: "update keybaton-agent on it")
    }

    /// In the host's own words; nil where they cannot be read.
    private func agentVersion(of host: StatusReport.Host) async -> String? {
        struct CheckInVersion: Decodable {
            let agentVersion: String

            private enum CodingKeys: String, CodingKey {
                case agentVersion = "agent_version"
            }
        }
        guard let key = host.keyID,
            let object = try? await services.s3.getObject(
                bucket: bucket, key: ObjectName.checkIn(of: host.host, user: user.name, key: key),
                maximumSize: CheckIn.maximumSize)
        else { return nil }
        return try? JSONDecoder().decode(CheckInVersion.self, from: Data(object.body)).agentVersion
    }

    /// By their numbers; nothing is older than what is no version.
    static func isOlder(_ version: String, than other: String) -> Bool {
        let numbers = [version, other].map { $0.split(separator: ".").map { Int($0) } }
        guard !numbers.joined().contains(nil) else { return false }
        return numbers[0].compactMap(\.self).lexicographicallyPrecedes(numbers[1].compactMap(\.self))
    }
}
