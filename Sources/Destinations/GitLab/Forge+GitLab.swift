import HTTPTransport
import Secrets

extension Forge {
    /// GitLab.com and self-managed, with an access token of a project, group or user.
    package static let gitLab = Forge(
        name: "GitLab", headers: [.keybaton, HTTPHeader("Accept", "application/json")],
        authorization: { HTTPHeader("PRIVATE-TOKEN", $0.reveal()) },
        rights: "the scope api and the role Maintainer (of a group's variables: Owner)")
}
