package import HTTPTransport

/// Where to send the requests of a service, and what their signatures must say.
package struct ResolvedEndpoint: Sendable, Equatable {
    /// The path is "/", or the base that a request's own path is appended to; then it does not end with "/".
    package var url: HTTPURL
    package var signingRegion: String
    package var signingName: String

    package init(url: HTTPURL, signingRegion: String, signingName: String) {
        self.url = url
        self.signingRegion = signingRegion
        self.signingName = signingName
    }
}
