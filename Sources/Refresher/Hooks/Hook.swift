/// A program that is run after a change of what a managed user's key is installed in.
package enum Hook: Hashable, Sendable {
    /// The one that the configuration names for a target.
    case target(TargetName)
    /// All those of the hooks directory.
    case directory
    /// The one of this name in the hooks directory.
    case program(String)
}

/// What tells a target from others.
package struct TargetName: Hashable, Sendable, Codable, CustomStringConvertible {
    package let path: String
    package let profile: String
    package let format: String

    package init(path: String, profile: String, format: String) {
        self.path = path
        self.profile = profile
        self.format = format
    }

    package init(_ target: any KeyTarget) {
        self.init(path: target.path, profile: target.profile, format: target.format)
    }

    package var description: String { profile.isEmpty ? path : "\(path), profile \(profile)" }
}

extension Hook: Codable {
    /// One member tells which it is, as people read the state, too: `{"target": {…}}`, `{"program": "name"}`, `{}`.
    private enum CodingKeys: String, CodingKey {
        case target, program
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let target = try container.decodeIfPresent(TargetName.self, forKey: .target) {
            self = .target(target)
        } else if let program = try container.decodeIfPresent(String.self, forKey: .program) {
            self = .program(program)
        } else {
            self = .directory
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .target(let target): try container.encode(target, forKey: .target)
        case .program(let name): try container.encode(name, forKey: .program)
        case .directory: break
        }
    }
}
