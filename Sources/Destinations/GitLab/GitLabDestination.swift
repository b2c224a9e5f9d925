package import Rotation
package import Secrets

/// CI/CD variables of GitLab in one scope: the secret masked, both raw, the id readable and written last.
///
/// https://docs.gitlab.com/api/project_level_variables/, https://docs.gitlab.com/api/group_level_variables/
package final class GitLabDestination: Destination {
    package let name: String
    private let client: ForgeClient
    private let place: GitLabPlace
    private let variables: VariableNames
    /// The environments that see the variables, such as `production` or `review/*`; `*` for all.
    private let scope: String
    /// Whether only protected branches and tags see them; nil leaves it as it is.
    private let isProtected: Bool?

    package init(
        _ client: ForgeClient, place: GitLabPlace, variables: VariableNames = .standard, scope: String = "*",
        isProtected: Bool? = nil
    ) {
        name = variables.naming(scope == "*" ? place.name : "\(place.name) \(scope)")
        self.client = client
        self.place = place
        self.variables = variables
        self.scope = scope
        self.isProtected = isProtected
    }

    package func observe() async -> Observation.Destination {
        do {
            guard let id = try await read(variables.id), let secret = try await read(variables.secret),
                secret.masked == true
            else { return .needsFeeding }
            guard let value = id.value else { return .cannotTell }
            // Says of which key the secret is: a feeding that broke off between the two is seen.
            let named = secret.description.flatMap(Self.keyID)
            return named == nil || named == value ? .holding(value) : .needsFeeding
        } catch {
            return .failing("\(error)")
        }
    }

    package func feed(_ key: AccessKey) async throws(EffectError) {
        var hasWritten = false
        do {
            try await write(variables.secret, key.secret.reveal(), of: key.id, secret: key.secret)
            hasWritten = true
            try await write(variables.id, "\(key.id)", of: key.id, secret: nil)
        } catch {
            throw error.effect(afterWriting: hasWritten)
        }
    }

    private static let note = "Written by Keybaton; of the key "

    private static func keyID(_ description: String) -> String? {
        description.hasPrefix(note) ? String(description.dropFirst(note.count)) : nil
    }

    /// Without the filter, GitLab refuses where the same key is in several scopes.
    private var filter: [(name: String, value: String)] { [("filter[environment_scope]", scope)] }

    /// Nil when there is none.
    private func read(_ name: String) async throws(ForgeError) -> GitLabVariable? {
        let variable: GitLabVariable
        do {
            variable = try await client.decode(
                GitLabVariable.self, .get(client.url(place.path + [name], query: filter), place.subject))
        } catch {
            // "404 Project Not Found" would mean the place.
            guard error.kind == .notFound, error.words.contains("Variable Not Found") else { throw error }
            return nil
        }
        guard variable.scope == nil || variable.scope == scope else {
            throw ForgeError(
                "this GitLab finds no group variable by its scope, and would change \(name) in another one: update it to "
                    + "16.9 or later, or use projects")
        }
        return variable
    }

    /// - Parameter secret: the value, where it is one.
    private func write(
        _ name: String, _ value: String, of key: AccessKeyID, secret: Secret?
    ) async throws(ForgeError) {
        let body = GitLabVariableBody(
            key: name, value: value, masked: secret != nil, protected: isProtected, scope: scope,
            description: "\(Self.note)\(key)")
        let (method, url) =
            try await read(name) == nil
            ? ("POST", client.url(place.path)) : ("PUT", client.url(place.path + [name], query: filter))
        try await client.send(.write(method, url, body, place.subject, secret: secret))
    }
}
