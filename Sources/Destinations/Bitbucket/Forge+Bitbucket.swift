import FoundationEssentials
import HTTPTransport
import Secrets

extension Forge {
    /// Bitbucket Cloud, with an access token of a repository, project or workspace, or with an account's API token.
    ///
    /// https://developer.atlassian.com/cloud/bitbucket/rest/intro/#authentication
    ///
    /// - Parameter email: of the account that an API token belongs to; nil for an access token.
    package static func bitbucket(email: String? = nil) -> Forge {
        Forge(
            name: "Bitbucket", headers: [.keybaton, HTTPHeader("Accept", "application/json")],
            authorization: { token in
                guard let email else { return .bearer(token) }
                let pair = Data("\(email):\(token.reveal())".utf8).base64EncodedString()
                return HTTPHeader("Authorization", "Basic \(pair)")
            },
            rights: email == nil
                ? "the scopes pipeline and pipeline:variable, on this very repository or workspace (a token of an account "
                    + "also needs `email`)"
                : "the scopes read:pipeline:bitbucket and admin:pipeline:bitbucket")
    }
}
