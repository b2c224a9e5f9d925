/// What a caller does differently about an error, whatever the service's protocol.
package enum AWSErrorKind: String, Sendable, CaseIterable {
    /// The access key id is unknown, not yet visible everywhere, inactive or deleted: one code for all of them.
    case invalidKey
    case wrongSecret
    /// A session token has expired or does not belong to the key.
    case invalidToken
    /// The signature's time is outside what the service accepts.
    case clockSkew
    case accessDenied
    case throttled
    /// The object, parameter, user or key does not exist; a missing bucket is `.other`, lest a misspelt name look like
    /// an object that was never written.
    case notFound
    /// The condition does not hold, or what was to be made exists already.
    case preconditionFailed
    /// Somebody else writes at the same time: read again, then decide.
    case conflict
    case limitExceeded
    /// The service's own failure.
    case server
    /// The answer is not what the service documents.
    case malformedAnswer
    /// There was no answer; the request may have been carried out all the same.
    case noAnswer
    case other

    /// By the code; by the status where there is none. A HEAD's answer has no body, so its status alone counts.
    init(code: String?, status: Int, isHead: Bool) {
        if let code, let kind = Self.kinds[code] {
            self = kind
            return
        }
        self =
            switch status {
            case 412: .preconditionFailed
            case 429: .throttled
            case 500...: .server
            case 403 where isHead: .accessDenied
            case 404 where isHead: .notFound
            default: .other
            }
    }

    /// Whether the answer fits a wrong clock; only a comparison of the clocks tells.
    static func mayMeanClockSkew(code: String?, status: Int, isHead: Bool) -> Bool {
        if let code { return kinds[code] == .clockSkew || probablySkewed.contains(code) }
        return isHead && status == 403
    }

    /// Retried like a server's failure.
    static let transientCodes: Set<String> = [
        "RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete", "IDPCommunicationError",
        "TooManyUpdates",
    ]

    private static let probablySkewed: Set<String> = [
        "SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure",
    ]

    /// `LimitExceeded` is IAM's quota; `LimitExceededException`, one word longer, is throttling.
    private static let kinds: [String: AWSErrorKind] = {
        let codes: [AWSErrorKind: [String]] = [
            .invalidKey: ["InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"],
            .wrongSecret: ["SignatureDoesNotMatch", "InvalidSignatureException"],
            .invalidToken: [
                "ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired", "InvalidIdentityToken",
            ],
            .clockSkew: ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"],
            .accessDenied: ["AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"],
            .throttled: [
                "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled",
                "RequestThrottledException", "TooManyRequestsException", "ProvisionedThroughputExceededException",
                "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded",
                "LimitExceededException", "SlowDown", "PriorRequestNotComplete", "EC2ThrottledException",
            ],
            .notFound: [
                "NoSuchKey", "NoSuchVersion", "NoSuchEntity", "ParameterNotFound", "ParameterVersionNotFound",
                "ResourceNotFoundException",
            ],
            .preconditionFailed: [
                "PreconditionFailed", "ParameterAlreadyExists", "EntityAlreadyExists", "ResourceExistsException",
            ],
            .conflict: [
                "ConditionalRequestConflict", "OperationAborted", "TooManyUpdates", "ConcurrentModification",
                "EntityTemporarilyUnmodifiable",
            ],
            .limitExceeded: [
                "LimitExceeded", "ParameterLimitExceeded", "ParameterMaxVersionLimitExceeded",
                "ServiceQuotaExceededException",
            ],
            .server: [
                "InternalError", "InternalFailure", "InternalServerError", "ServiceFailure", "ServiceUnavailable",
            ],
        ]
        return Dictionary(uniqueKeysWithValues: codes.flatMap { kind, codes in codes.map { ($0, kind) } })
    }()

    /// One sentence on what to do; nil where the service's own message has to say it.
    package var advice: String? {
        switch self {
        case .invalidKey:
            "The access key is unknown, inactive or not yet active everywhere; a new key needs some seconds."
        case .wrongSecret: "The secret does not belong to this access key; check that both come from the same pair."
        case .invalidToken: "The session's credentials have expired or do not belong together; obtain new ones."
        case .clockSkew: "The request's time is not accepted; set this machine's clock (NTP)."
        case .accessDenied: "The identity lacks the permission; `keybaton policy` prints what it needs."
        case .throttled: "The service limits the rate; try again later."
        case .server: "The service has a problem of its own; try again later."
        case .noAnswer: "Check the network; the request may have been carried out."
        case .malformedAnswer: "Check that the endpoint and the proxy lead to AWS."
        case .conflict: "Somebody else changed it at the same time; run again."
        case .notFound, .preconditionFailed, .limitExceeded, .other: nil
        }
    }
}
