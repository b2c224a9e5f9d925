package import FoundationEssentials
package import HTTPTransport

/// What a service refused, or why there is no usable answer. Never holds anything secret of the request.
package struct AWSError: Error, Hashable, Sendable, CustomStringConvertible {
    package let service: AWSService
    package let operation: String
    package let kind: AWSErrorKind
    /// nil when there was no answer.
    package let status: Int?
    /// The service's own code, such as `ParameterNotFound`; `HTTP 503` where the answer held none.
    package let code: String
    /// The first line of the service's or libcurl's own words; may be empty.
    package let message: String
    package let requestID: String?
    /// The service's clock when it answered.
    package let serverDate: Date?
    /// Set when there was no answer.
    package let cause: HTTPError?
    /// How often the request was sent.
    package var attempts = 1
    /// Whether any of the attempts may have been carried out, or may still be: only without it was a refusal final.
    package var mayHaveTakenEffect = false

    /// One line: what failed, in whose words, and what to do about it.
    package var description: String {
        var text = "\(service.id) \(operation) failed: \(code)"
        if let status, code != "HTTP \(status)" { text += " (HTTP \(status))" }
        if !message.isEmpty { text += ": \(message)" }
        if let requestID { text += " [request \(requestID)]" }
        if attempts > 1 { text += " [after \(attempts) attempts]" }
        return advice.map { "\(text). \($0)" } ?? text
    }

    private var advice: String? {
        switch cause?.code {
        case .resolve, .connect: "Check the network, the proxy and the endpoint; nothing was sent."
        case .tls: "Check the endpoint, the CA bundle and this machine's clock; nothing was sent."
        case .bodyTooLarge: nil
        default: kind.advice
        }
    }
}

extension AWSError {
    /// An answer that is not what the service documents.
    static func malformed(_ call: AWSCall, _ response: AWSResponse, _ message: String) -> AWSError {
        AWSError(
            service: call.service, operation: call.operation, kind: .malformedAnswer, status: response.http.status,
            code: "MalformedAnswer", message: message, requestID: response.requestID, serverDate: response.serverDate,
            cause: nil)
    }

    init(_ call: AWSCall, cause: HTTPError) {
        let (kind, code): (AWSErrorKind, String) =
            switch cause.code {
            case .bodyTooLarge, .malformed: (.malformedAnswer, "unusable answer")
            case .refusedScheme, .configuration: (.other, "not sent")
            case .resolve, .connect, .tls, .timeout, .connectionLost, .cancelled, .other: (.noAnswer, "no answer")
            }
        self.init(
            service: call.service, operation: call.operation, kind: kind, status: nil, code: code,
            message: cause.description, requestID: nil, serverDate: nil, cause: cause)
    }

    /// Reads an error answer; `signedAt` is nil when it was not signed.
    init(_ call: AWSCall, response: HTTPResponse, signedAt: Date?) {
        let body = ErrorBody(response)
        let code = body.code ?? "HTTP \(response.status)"
        var message = body.message ?? ""
        if call.isConfidential, code.hasPrefix("Validation") || code.hasPrefix("InvalidParameter") { message = "" }
        if let region = response.header("x-amz-bucket-region"), 300..<400 ~= response.status || response.status == 400 {
            message += " (the bucket is in \(region.firstPrintableLine))"
        }
        var kind = AWSErrorKind(code: body.code, status: response.status, isHead: call.method == "HEAD")
        if AWSErrorKind.mayMeanClockSkew(code: body.code, status: response.status, isHead: call.method == "HEAD"),
            let signedAt, let date = response.serverDate,
            abs(date.timeIntervalSince(signedAt)) >= ClockSkew.tolerance
        {
            // By the clocks, never by the message: its text is the same for a wrong secret.
            kind = .clockSkew
        }
        self.init(
            service: call.service, operation: call.operation, kind: kind, status: response.status, code: code,
            message: message, requestID: response.awsRequestID ?? body.requestID, serverDate: response.serverDate,
            cause: nil)
    }

    /// Whether the same request may succeed a moment later.
    var isTransient: Bool {
        switch kind {
        case .throttled: true
        case .noAnswer: [.resolve, .connect, .timeout, .connectionLost].contains(cause?.code)
        default: [500, 502, 503, 504].contains(status) || AWSErrorKind.transientCodes.contains(code)
        }
    }

    /// Whether this attempt may have been carried out.
    var isUncertain: Bool {
        switch cause?.code {
        case .resolve, .connect, .tls, .refusedScheme, .configuration: false
        case .timeout, .connectionLost, .bodyTooLarge, .malformed, .cancelled, .other: true
        case nil: (status ?? 0) >= 500 || kind == .malformedAnswer
        }
    }

    var retryCost: Int { cause?.code == .timeout ? RetryQuota.timeoutCost : RetryQuota.retryCost }
}

extension AWSCall.Retry {
    func allows(_ error: AWSError) -> Bool {
        switch self {
        case .standard: true
        case .whenThrottled: error.kind == .throttled && !error.isUncertain
        }
    }
}
