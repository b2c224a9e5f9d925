import FoundationEssentials
import HTTPTransport
package import Rotation
package import Secrets

/// Actions secrets of GitHub, which can be written and never read: sealed boxes, the id written last.
///
/// https://docs.github.com/en/rest/actions/secrets
package final class GitHubDestination: Destination {
    package let name: String
    private let client: ForgeClient
    private let place: GitHubPlace
    private let variables: VariableNames
    private let idForm: GitHubIDForm

    /// GitHub allows 100 secrets in a repository or environment and 1,000 in an organisation.
    private static let maximumPages = 20

    package init(
        _ client: ForgeClient, place: GitHubPlace, variables: VariableNames = .standard, idForm: GitHubIDForm = .secret
    ) {
        name = variables.naming(place.name)
        self.client = client
        self.place = place
        self.variables = variables
        self.idForm = idForm
    }

    package func observe() async -> Observation.Destination {
        do {
            let secrets = try await secrets()
            guard let secret = secrets[variables.secret.uppercased()] else { return .needsFeeding }
            guard idForm == .variable else {
                return secrets[variables.id.uppercased()] == nil ? .needsFeeding : .cannotTell
            }
            guard let id = try await variable() else { return .needsFeeding }
            // Written last, the id is never older than its secret: otherwise a feeding broke off between the two.
            if let written = secret.updatedAt, let named = id.updatedAt, named < written { return .needsFeeding }
            return .holding(id.value)
        } catch {
            return .failing("\(error)")
        }
    }

    package func feed(_ key: AccessKey) async throws(EffectError) {
        var hasWritten = false
        do {
            var publicKey = try await publicKey()
            try await write(variables.secret, key.secret, &publicKey)
            hasWritten = true
            switch idForm {
            case .secret: try await write(variables.id, Secret("\(key.id)"), &publicKey)
            case .variable: try await writeVariable("\(key.id)")
            }
        } catch {
            throw error.effect(afterWriting: hasWritten)
        }
    }

    // MARK: Secrets

    private func publicKey() async throws(ForgeError) -> GitHubPublicKey {
        let url = client.url(place.path + ["secrets", "public-key"])
        return try await client.decode(GitHubPublicKey.self, .get(url, place.subject))
    }

    private func write(_ name: String, _ value: Secret, _ key: inout GitHubPublicKey) async throws(ForgeError) {
        let url = client.url(place.path + ["secrets", name])
        for isLast in [false, true] {
            guard let box = SealedBox.seal(value, for: key.key) else {
                throw ForgeError("the public key of \(place.subject) is not one of X25519: check `url` and the proxy")
            }
            let body = GitHubSecretBody(
                box: Data(box).base64EncodedString(), keyID: key.id, visibility: place.visibility?.name,
                repositories: place.visibility?.repositories)
            do {
                try await client.send(.write("PUT", url, body, place.subject, secret: value))
                return
            } catch {
                // The key may have been replaced since it was asked for.
                guard !isLast, error.kind == .invalid else { throw error }
                let old = key.id
                key = try await publicKey()
                guard key.id != old else { throw error }
            }
        }
    }

    /// By name.
    private func secrets() async throws(ForgeError) -> [String: GitHubSecretsPage.Item] {
        var url = client.url(place.path + ["secrets"], query: [("per_page", "100")])
        var found: [String: GitHubSecretsPage.Item] = [:]
        for _ in 1...Self.maximumPages {
            let request = ForgeRequest.get(url, place.subject)
            let response = try await client.send(request)
            let page = try client.decode(GitHubSecretsPage.self, response, request)
            for item in page.secrets { found[item.name.uppercased()] = item }
            guard let next = response.nextLink else { return found }
            url = try client.next(next)
        }
        throw ForgeError("\(place.subject) has more pages than GitHub's limits allow: check `url` and the proxy")
    }

    // MARK: The id as a variable

    private var variablesPath: [String] { place.path + ["variables"] }

    /// Nil when there is none.
    private func variable() async throws(ForgeError) -> GitHubVariable? {
        do {
            let url = client.url(variablesPath + [variables.id])
            return try await client.decode(GitHubVariable.self, .get(url, place.subject))
        } catch {
            // The place itself is there: its secrets were listed.
            guard error.kind == .notFound else { throw error }
            return nil
        }
    }

    private func writeVariable(_ value: String) async throws(ForgeError) {
        let body = GitHubVariableBody(
            name: variables.id, value: value, visibility: place.visibility?.name,
            repositories: place.visibility?.repositories)
        do {
            try await client.send(.write("PATCH", client.url(variablesPath + [variables.id]), body, place.subject))
        } catch {
            guard error.kind == .notFound else { throw error }
            try await client.send(.write("POST", client.url(variablesPath), body, place.subject))
        }
    }
}

extension HTTPResponse {
    /// The address of the next page: https://www.rfc-editor.org/rfc/rfc8288
    fileprivate var nextLink: String? {
        for link in (header("Link") ?? "").split(separator: ",") {
            let parts = link.split(separator: ";").map { $0.drop { $0 == " " } }
            guard let address = parts.first, address.hasPrefix("<"), address.hasSuffix(">") else { continue }
            if parts.dropFirst().contains(where: { $0 == "rel=\"next\"" || $0 == "rel=next" }) {
                return String(address.dropFirst().dropLast())
            }
        }
        return nil
    }
}
