package import FoundationEssentials
package import HTTPTransport

/// One operation of a service, before it has an endpoint, a signature and a retry.
package struct AWSCall: Sendable {
    package enum Signing: Hashable, Sendable {
        /// With the time of each attempt, corrected for clock skew.
        case now
        /// With this time in every attempt and without any correction, so that AWS refuses what is still on its way
        /// once the signature's window has passed.
        case at(Date)
        case unsigned
    }

    package enum Retry: Hashable, Sendable {
        case standard
        /// For what must not happen twice, such as creating a key: sent again only after an answer that the service was
        /// asked too much, which says that nothing was done. A lost answer is final.
        case whenThrottled
    }

    package var service: AWSService
    /// The operation's name, for messages.
    package var operation: String
    package var method: String
    /// For S3 only.
    package var bucket: String?
    /// Percent-encoded; begins with "/".
    package var path = "/"
    package var query: String?
    package var headers: [HTTPHeader]
    package var body: [UInt8]
    package var signing = Signing.now
    package var retry = Retry.standard
    package var limits = HTTPLimits.standard
    /// The service may quote the body's values in a validation error: such a message is not repeated.
    package var isConfidential = false

    package init(
        service: AWSService, operation: String, method: String, headers: [HTTPHeader] = [], body: [UInt8] = []
    ) {
        self.service = service
        self.operation = operation
        self.method = method
        self.headers = headers
        self.body = body
    }

    func request(at endpoint: ResolvedEndpoint) -> HTTPRequest {
        var url = endpoint.url
        url.path = (url.path == "/" ? "" : url.path) + path
        url.query = query
        return HTTPRequest(method: method, url: url, headers: headers, body: body)
    }
}

extension AWSCall: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without headers, query and body, which may hold secrets.
    package var description: String { "\(service.id) \(operation)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["call": description]) }
}

/// A successful answer (2xx, or 304 where a condition asked for it).
package struct AWSResponse: Sendable {
    package let http: HTTPResponse

    package var body: [UInt8] { http.body }
    /// The service's clock when it answered; nil when it did not say.
    package var serverDate: Date? { http.serverDate }
    package var requestID: String? { http.awsRequestID }
}
