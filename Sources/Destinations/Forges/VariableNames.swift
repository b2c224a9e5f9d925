import Handover
import Rotation
import Secrets

/// What the two halves of a key are called where pipelines see them.
package struct VariableNames: Hashable, Sendable {
    package var id: String
    package var secret: String

    /// What AWS's tools and libraries read.
    package static let standard = VariableNames(id: "AWS_ACCESS_KEY_ID", secret: "AWS_SECRET_ACCESS_KEY")

    package init(id: String, secret: String) {
        self.id = id
        self.secret = secret
    }

    /// Two pairs of variables in one repository are two destinations.
    func naming(_ place: String) -> String { self == .standard ? place : "\(place) (\(id))" }
}

extension Observation.Destination {
    /// What a place holds whose id reads so; a text that is no id counts as none.
    static func holding(_ id: String) -> Self { AccessKeyID(id).map { .holds($0) } ?? .needsFeeding }
}
