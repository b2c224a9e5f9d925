import HTTPTransport
import Secrets

/// What is peculiar to one service that hosts repositories and runs their pipelines.
package struct Forge: Sendable {
    /// For sentences: `Bitbucket`.
    var name: String
    /// What every request carries besides the token.
    var headers: [HTTPHeader]
    var authorization: @Sendable (Secret) -> HTTPHeader
    /// What a token must be allowed, to complete "the token needs …".
    var rights: String
    /// When the answer says that requests are to stop for a while: by 429, or in the service's own way.
    var limit: @Sendable (HTTPResponse) -> ForgeLimit? = { $0.status == 429 ? ForgeLimit($0) : nil }
}

extension HTTPHeader {
    /// https://www.rfc-editor.org/rfc/rfc6750#section-2.1
    static func bearer(_ token: Secret) -> HTTPHeader { HTTPHeader("Authorization", "Bearer \(token.reveal())") }

    /// GitHub refuses requests without one.
    static let keybaton = HTTPHeader("User-Agent", "keybaton")
}
