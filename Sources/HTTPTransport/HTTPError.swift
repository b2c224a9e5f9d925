/// Why there is no answer. Never holds anything of the request but the host it was meant for.
package struct HTTPError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// The name of the host or of the proxy has no address.
        case resolve
        case connect
        /// The handshake failed or the certificate is not to be trusted.
        case tls
        case timeout
        /// The connection broke before the answer was complete; the request may have been carried out.
        case connectionLost
        case bodyTooLarge
        /// The request cannot be sent as it is, or the answer is not HTTP.
        case malformed
        /// Plain http to something else than this host or a metadata service.
        case refusedScheme
        case cancelled
        /// The transport's own set-up: the CA bundle, the proxy.
        case configuration
        case other
    }

    package let code: Code
    /// Where the request was to go; empty when it concerns no single request.
    package let host: String
    /// libcurl's own words where it had any.
    package let message: String

    package init(_ code: Code, host: String, message: String) {
        self.code = code
        self.host = host
        self.message = message
    }

    package var description: String { host.isEmpty ? message : "\(host): \(message)" }
}
