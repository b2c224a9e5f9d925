import FoundationEssentials
import Glibc
import HTTPTransport
import HostTestSupport

/// Running Bitbucket, GitHub and GitLab: a process of its own, which ends with this one or with this value.
///
/// A suite holds one in a static property and is serialized, as it begins its tests with `reset`.
package final class ForgeServers: Sendable {
    package enum Forge: String, Sendable, CaseIterable {
        case bitbucket, github, gitlab
    }

    /// One request that a forge got, in the order of arrival.
    package struct SeenRequest: Sendable, Decodable {
        package let forge: String
        package let method: String
        /// With its query, as it was sent.
        package let path: String
        package let status: Int
    }

    private let addresses: [String: String]
    private let process: pid_t
    private let transport: CurlTransport

    package init() throws {
        let (process, line) = try launch(["\(Sandbox.packageRoot)/Tests/Forges/serve"])
        self.process = process
        addresses = try JSONDecoder().decode([String: String].self, from: Data(line))
        transport = try CurlTransport(environment: [:])
    }

    deinit {
        kill(process, SIGTERM)
        waitpid(process, nil, 0)
    }

    /// The address of its API.
    package func address(_ forge: Forge) -> String { addresses[forge.rawValue] ?? "" }

    /// As if just started.
    package func reset() async throws { try await control("POST", "/reset") }

    package func make(_ place: String, at forge: Forge, environments: [String] = []) async throws {
        try await control("POST", "/places", forge, ["place": .text(place), "environments": .texts(environments)])
    }

    package func remove(_ place: String, at forge: Forge) async throws {
        try await control("DELETE", "/places", forge, ["place": .text(place)])
    }

    /// What a place holds, by name: secrets in the clear.
    package func variables(_ place: String, at forge: Forge) async throws -> [String: JSON] {
        let encoded = place.replacing("+", with: "%2B").replacing(" ", with: "+")
        let answer = try await control("GET", "/places?forge=\(forge.rawValue)&place=\(encoded)")
        if case .object(let variables) = answer { return variables }
        return [:]
    }

    /// Writes a variable as the forge's own page would; without a `value` it is removed.
    package func put(_ name: String, _ variable: JSON, in place: String, at forge: Forge) async throws {
        guard case .object(var members) = variable else { return }
        members["place"] = .text(place)
        members["name"] = .text(name)
        try await control("PUT", "/variables", forge, .object(members))
    }

    /// - Parameter rights: `write`, `read` or `none`.
    package func add(
        token: String, at forge: Forge, rights: String = "write", places: [String]? = nil
    ) async throws {
        try await control(
            "POST", "/tokens", forge,
            ["token": .text(token), "rights": .text(rights), "places": places.map { .texts($0) } ?? .null])
    }

    /// The settings of the servers' README, such as `["limit": 3]`; the others stay.
    package func change(_ settings: JSON, at forge: Forge) async throws {
        try await control("PUT", "/settings", forge, settings)
    }

    /// A fault as the servers' README has it, such as `["kind": "drop", "method": "PUT"]`.
    package func add(fault: JSON, at forge: Forge) async throws {
        try await control("POST", "/faults", forge, fault)
    }

    package func removeFaults() async throws { try await control("DELETE", "/faults") }

    package func requests() async throws -> [SeenRequest] {
        try JSONDecoder().decode(
            [SeenRequest].self, from: try JSONEncoder().encode(try await control("GET", "/requests")))
    }

    @discardableResult
    private func control(
        _ method: String, _ path: String, _ forge: Forge? = nil, _ body: JSON? = nil
    ) async throws -> JSON {
        guard let url = HTTPURL((addresses["control"] ?? "") + path) else {
            throw SandboxError(description: "no URL: \(path)")
        }
        var body = body
        if let forge, case .object(var members) = body {
            members["forge"] = .text(forge.rawValue)
            body = .object(members)
        }
        let bytes = try body.map { Array(try JSONEncoder().encode($0)) } ?? []
        let response = try await transport.send(
            HTTPRequest(
                method: method, url: url, headers: [HTTPHeader("Content-Type", "application/json")], body: bytes),
            limits: .standard)
        guard response.status == 200 else {
            throw SandboxError(description: "\(method) \(path): \(String(decoding: response.body, as: UTF8.self))")
        }
        return try JSONDecoder().decode(JSON.self, from: Data(response.body))
    }
}

extension JSON {
    static func texts(_ texts: [String]) -> JSON { .array(texts.map { .text($0) }) }
}
