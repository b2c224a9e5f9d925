package import Rotation
package import Secrets

/// A destination that is configured and cannot be reached by anything: it keeps what depends on it waiting.
package struct UnusableDestination: Destination {
    package let name: String
    private let problem: DestinationProblem

    package init(name: String, because problem: DestinationProblem) {
        self.name = name
        self.problem = problem
    }

    package func observe() async -> Observation.Destination { .failing(problem) }

    package func feed(_ key: AccessKey) async throws(EffectError) { throw .refused(problem) }
}
