import Console
import Handover
import Refresher

extension ExitStatus {
    /// The most urgent among all problems of all keys.
    static func worst(of outcomes: [RefreshOutcome]) -> ExitStatus {
        worst(of: outcomes.flatMap(\.problems))
    }

    static func worst(of problems: [CheckIn.Problem]) -> ExitStatus {
        let all = Set(problems.map(ExitStatus.init))
        return byUrgency.first(where: all.contains) ?? .success
    }

    init(_ problem: CheckIn.Problem) {
        self =
            switch problem.known {
            case .unknownKey, .noKey, .keysRefused: .unknownKey
            case .foreignKey, .parameterUnreadable, .targetUnreadable, .targetUnwritable: .badData
            case .parameterMissing, .refused: .configuration
            case .accessDenied: .permission
            case .unavailable, .clock: .unavailable
            case .hookFailed: .hookFailed
            case .notProved: .temporary
            case nil: .unexpected
            }
    }
}
