import AWS
import Console
import Destinations
import HTTPTransport
import Rotation
import RotationServices

extension CommandFailure {
    /// The exit code that fits an error, whatever part of the program it comes from.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case EffectError.refused(let cause), EffectError.uncertain(let cause): self.init(cause)
        case let error as AWSError: self.init(ExitStatus(error.kind), "\(error)")
        case let error as UnusableBucketError: self.init(ExitStatus(error.error.kind), "\(error)")
        case let error as CredentialsError: self.init(ExitStatus(error.code), "\(error)")
        case is EndpointError, is RetrySettingError: self.init(.configuration, "\(error)")
        case let error as HTTPError:
            self.init(error.code == .configuration ? .configuration : .unavailable, "\(error)")
        case DriverError.stopped: self.init(.temporary, "\(error)")
        case is UnusableJournalError, is OversizedJournalError, is UndatedAnswerError, is DriverError, is IssuerError:
            self.init(.badData, "\(error)")
        // The place is out of reach, or refuses: the next run tries again.
        case is DestinationProblem: self.init(.unavailable, "\(error)")
        case is CancellationError: self.init(.temporary, "stopped; run again to go on from here")
        default: self.init(.unexpected, "\(error)")
        }
    }
}

extension ExitStatus {
    init(_ code: CredentialsError.Code) {
        self =
            switch code {
            case .unavailable: .unavailable
            // Such as a role that may not be assumed.
            case .refused: .permission
            default: .configuration
            }
    }

    init(_ kind: AWSErrorKind) {
        self =
            switch kind {
            case .accessDenied, .invalidKey, .wrongSecret, .invalidToken: .permission
            case .throttled, .server, .noAnswer, .malformedAnswer, .clockSkew: .unavailable
            case .conflict: .temporary
            // AWS refuses the request as it was configured: the user, the region, the bucket or the endpoint.
            case .notFound, .other: .configuration
            case .preconditionFailed, .limitExceeded: .unexpected
            }
    }
}
