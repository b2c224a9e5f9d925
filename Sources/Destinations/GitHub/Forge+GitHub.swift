import FoundationEssentials
import HTTPTransport

extension Forge {
    /// GitHub, GitHub Enterprise Cloud and Server.
    package static func gitHub(_ form: GitHubIDForm = .secret) -> Forge {
        let permissions = form == .variable ? "\"Secrets\" and \"Variables\"" : "\"Secrets\""
        return Forge(
            name: "GitHub",
            headers: [
                .keybaton, HTTPHeader("Accept", "application/vnd.github+json"),
                HTTPHeader("X-GitHub-Api-Version", "2022-11-28"),
            ],
            authorization: { .bearer($0) },
            rights:
                "to read and write \(permissions) of the repository or organisation, and \"Environments\" where the place "
                + "is one (of the classic scopes: repo, or admin:org)",
            limit: limit)
    }

    /// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
    private static func limit(_ response: HTTPResponse) -> ForgeLimit? {
        guard response.status == 403 || response.status == 429 else { return nil }
        if response.header("Retry-After") != nil { return ForgeLimit(response) }
        guard response.header("X-RateLimit-Remaining") == "0" else {
            return response.status == 429 ? ForgeLimit(pause: nil) : nil
        }
        guard let reset = response.header("X-RateLimit-Reset").flatMap({ TimeInterval($0) }) else {
            return ForgeLimit(pause: nil)
        }
        return ForgeLimit(until: Date(timeIntervalSince1970: reset), response)
    }
}

/// How the id is written, which is no secret itself.
package enum GitHubIDForm: String, Hashable, Sendable, CaseIterable {
    /// Beside the other half, as pipelines for AWS expect it; it cannot be read back.
    case secret
    /// As an Actions variable, which can: `vars` instead of `secrets` in the workflow.
    case variable
}
