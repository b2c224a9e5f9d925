import Glibc
import Synchronization

/// HTTP over libcurl: connections are kept and reused, TLS is 1.2 or later and always verified.
package final class CurlTransport: HTTPSender {
    private let settings: CurlSettings
    private let loop: CurlLoop
    private let allowsPlainHTTP: Bool

    /// The certificates are those of `caBundle`, else of `AWS_CA_BUNDLE` in the environment, else the system's; the
    /// proxy is that of the usual variables in `environment`. Throws `.configuration` when either is unusable.
    ///
    /// - Parameter allowsPlainHTTP: http to any host: for what carries no secret, such as a word to a monitor in one's
    ///   own network.
    package init(
        caBundle: String? = nil, environment: [String: String], allowsPlainHTTP: Bool = false
    ) throws(HTTPError) {
        self.allowsPlainHTTP = allowsPlainHTTP
        if let failure = CurlGlobal.failure { throw failure }
        settings = CurlSettings(
            caBundle: try CABundle.path(given: caBundle, environment: environment),
            proxy: try ProxySettings(environment: environment))
        loop = try CurlLoop()
    }

    /// The file of the certificates that a server's chain must end in.
    package var caBundle: String { settings.caBundle }

    deinit { loop.stop() }

    /// Cancelling the task closes the connection and throws `.cancelled`; the request may have been carried out.
    package func send(_ request: HTTPRequest, limits: HTTPLimits) async throws(HTTPError) -> HTTPResponse {
        try RequestPolicy.check(request, allowsPlainHTTP: allowsPlainHTTP)
        let transfer = try Transfer(request, limits: limits, settings: settings)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                transfer.continuation = continuation
                loop.start(transfer)
            }
        } onCancel: {
            transfer.isCancelled.store(true, ordering: .relaxed)
            loop.wake()
        }
        return try result.get()
    }

    /// Removes what redirects libcurl's and OpenSSL's trust, or makes them log session keys, from the environment.
    ///
    /// libcurl reads SSLKEYLOGFILE with `getenv` whenever it was built to, and OpenSSL its own variables; neither has
    /// an option against it. To be called by an executable before anything else, as the environment of a process may
    /// only be changed while there is one thread; whoever starts other programs takes a copy of it first.
    package static func scrubEnvironment() {
        for name in scrubbedVariables { unsetenv(name) }
    }

    /// CURL_CA_BUNDLE and NETRC are read by programs on top of libcurl rather than by it: removed all the same.
    static let scrubbedVariables = [
        "SSLKEYLOGFILE", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "NETRC", "CURL_SSL_BACKEND",
        "OPENSSL_CONF", "OPENSSL_ENGINES", "OPENSSL_MODULES",
    ]
}
