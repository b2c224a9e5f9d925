import AWS
package import Rotation
package import Secrets
import Synchronization

/// Pipeline variables of Bitbucket Cloud: the secret secured, the id readable and written last.
///
/// Requests are few, since a token has a thousand an hour: what an observation listed is what the feeding after it writes by.
/// https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pipelines/
package final class BitbucketDestination: Destination {
    package let name: String
    private let client: ForgeClient
    private let place: BitbucketPlace
    private let variables: VariableNames
    private let known = Mutex(Known())

    private struct Known: Sendable {
        /// Of an environment's variables: its UUID takes a request of its own.
        var path: [String]?
        /// As the last observation saw it.
        var listing: Listing?
    }

    /// Our two variables of a place, and where in the API they are.
    private struct Listing: Sendable {
        var path: [String]
        var id: BitbucketVariable?
        var secret: BitbucketVariable?
    }

    /// Ten thousand variables or environments: a server that always names another page must end somewhere.
    private static let maximumPages = 100

    package init(_ client: ForgeClient, place: BitbucketPlace, variables: VariableNames = .standard) {
        name = variables.naming(place.name)
        self.client = client
        self.place = place
        self.variables = variables
    }

    package func observe() async -> Observation.Destination {
        do {
            let listing = try await list()
            // A secret that everybody may read is written again, secured.
            guard let id = listing.id, listing.secret?.secured == true else { return .needsFeeding }
            return id.value.map { .holding($0) } ?? .cannotTell
        } catch {
            return .failing("\(error)")
        }
    }

    package func feed(_ key: AccessKey) async throws(EffectError) {
        var hasWritten = false
        do {
            var listing = try await lastListing()
            try await write(variables.secret, key.secret.reveal(), secret: key.secret, &listing, \.secret)
            hasWritten = true
            try await write(variables.id, "\(key.id)", secret: nil, &listing, \.id)
        } catch {
            throw error.effect(afterWriting: hasWritten)
        }
    }

    // MARK: Variables

    /// - Parameter secret: the value, where it is one.
    private func write(
        _ name: String, _ value: String, secret: Secret?, _ listing: inout Listing,
        _ listed: KeyPath<Listing, BitbucketVariable?>
    ) async throws(ForgeError) {
        let body = BitbucketVariableBody(key: name, value: value, secured: secret != nil)
        for isLast in [false, true] {
            let request: ForgeRequest
            if let uuid = listing[keyPath: listed]?.uuid {
                request = try .write("PUT", client.url(listing.path + [uuid]), body, place.subject, secret: secret)
            } else {
                request = try .write("POST", client.url(listing.path), body, place.subject, secret: secret)
            }
            do {
                try await client.send(request)
                return
            } catch {
                // Made or removed by somebody since the listing, or made by a request of ours whose answer was lost.
                guard !isLast, error.kind == .conflict || error.kind == .notFound else { throw error }
                listing = try await list()
            }
        }
    }

    /// The listing of the observation before, which is used once; a new one where there is none.
    private func lastListing() async throws(ForgeError) -> Listing {
        let last = known.withLock { known in
            defer { known.listing = nil }
            return known.listing
        }
        if let last { return last }
        return try await list()
    }

    private func list() async throws(ForgeError) -> Listing {
        let path = try await path()
        do {
            let found = try await all(BitbucketVariable.self, path)
            var secret = found.first { $0.key == variables.secret }
            // Where it lies open, it need not lie here, too.
            secret?.value = nil
            let listing = Listing(path: path, id: found.first { $0.key == variables.id }, secret: secret)
            known.withLock { $0 = Known(path: path, listing: listing) }
            return listing
        } catch {
            // The environment may have been made anew: its UUID is asked for again next time.
            known.withLock { $0 = Known() }
            throw error
        }
    }

    private func path() async throws(ForgeError) -> [String] {
        if let path = known.withLock({ $0.path }) { return path }
        switch place {
        case .workspace(let workspace):
            // With a hyphen here, with an underscore below a repository.
            return ["workspaces", workspace, "pipelines-config", "variables"]
        case .repository(let repository, let workspace):
            return ["repositories", workspace, repository, "pipelines_config", "variables"]
        case .environment(let environment, let repository, let workspace):
            let environments = try await all(
                BitbucketEnvironment.self, ["repositories", workspace, repository, "environments"])
            guard let uuid = environments.first(where: { $0.name == environment })?.uuid else {
                let names = environments.map(\.name).sorted().joined(separator: ", ").firstPrintableLine
                throw ForgeError(
                    "\(place.subject) has no deployment environment \(environment) (it has \(names.isEmpty ? "none" : names)"
                        + "): make it, or correct `environment`", kind: .notFound)
            }
            return ["repositories", workspace, repository, "deployments_config", "environments", uuid, "variables"]
        }
    }

    private func all<Value: Decodable>(_ type: Value.Type, _ path: [String]) async throws(ForgeError) -> [Value] {
        var url = client.url(path, query: [("pagelen", "100")])
        var values: [Value] = []
        for number in 1...Self.maximumPages {
            let page = try await client.decode(BitbucketPage<Value>.self, .get(url, place.subject))
            values += page.values
            if let next = page.next {
                url = try client.next(next)
            } else if let size = page.size, values.count < size, !page.values.isEmpty {
                // Lists of deployments tell no next page: https://jira.atlassian.com/browse/BCLOUD-20796
                url = client.url(path, query: [("pagelen", "100"), ("page", "\(number + 1)")])
            } else {
                return values
            }
        }
        throw ForgeError("\(place.subject) has more pages than Bitbucket's limits allow: check `url` and the proxy")
    }
}
