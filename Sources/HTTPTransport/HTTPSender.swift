/// What carries requests: libcurl in the product, scripts in tests.
package protocol HTTPSender: Sendable {
    /// Returns every complete answer, whatever its status. Throws when there is none; redirects are never followed.
    func send(_ request: HTTPRequest, limits: HTTPLimits) async throws(HTTPError) -> HTTPResponse
}

/// How much time and memory an exchange may take.
package struct HTTPLimits: Hashable, Sendable {
    /// For resolving, connecting and the TLS handshake.
    package var connectTimeout: Duration
    /// For everything, the connection included.
    package var totalTimeout: Duration
    /// In bytes; a longer body is an error, never cut.
    package var maximumBodySize: Int
    /// Whether the request may travel over a connection kept from an earlier one.
    ///
    /// On a kept connection that turns out to be closed, libcurl sends the request once more by itself, POST included,
    /// although the first one may have been carried out. What must reach the server once at most needs `false`.
    package var mayReuseConnection: Bool

    package init(
        connectTimeout: Duration, totalTimeout: Duration, maximumBodySize: Int, mayReuseConnection: Bool = true
    ) {
        self.connectTimeout = connectTimeout
        self.totalTimeout = totalTimeout
        self.maximumBodySize = maximumBodySize
        self.mayReuseConnection = mayReuseConnection
    }

    package static let standard = HTTPLimits(
        connectTimeout: .seconds(10), totalTimeout: .seconds(30), maximumBodySize: 4 << 20)
}
