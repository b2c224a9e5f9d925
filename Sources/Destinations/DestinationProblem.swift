package import Rotation

/// Why a destination was not given the key: a sentence that says what to do, without a secret.
package struct DestinationProblem: Error, Hashable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
        self.description = description
    }
}

extension Observation.Destination {
    /// What an observation says that came to nothing.
    package static func failing(_ problem: DestinationProblem) -> Self { .failing(problem.description) }
}
