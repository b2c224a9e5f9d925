import Destinations
import FoundationEssentials
import HTTPTransport
import Rotation
import SandboxSupport
import Secrets
import Testing

/// A place of variables at a code host on this machine, and a token of its own.
final class ForgePlace: DestinationPlace {
    static let kinds: [PlaceKind] =
        Sandbox.isAvailable(for: "the contract of Bitbucket, GitHub and GitLab")
        ? Variant.all.map { variant in
            PlaceKind(
                testDescription: variant.name, isReadable: variant.isReadable, showsAbsence: !variant.isReadable
            ) { try await ForgePlace(variant) }
        } : []

    static let servers = Result { try ForgeServers() }

    /// What a destination of one kind is like; `number` makes its place different from all others.
    struct Variant: Sendable {
        var name: String
        var host: ForgeServers.Forge
        var forge: Forge
        var isReadable = true
        /// As the server calls it.
        var place: @Sendable (_ number: String) -> String
        /// Added to the names of variables in the server's store.
        var suffix = ""
        var destination: @Sendable (_ number: String, ForgeClient) -> any Destination
    }

    private let variant: Variant
    private let servers: ForgeServers
    private let number = String(UInt64.random(in: .min ... .max), radix: 36)
    private var token: String { "token0of0\(number)" }
    private var place: String { variant.place(number) }

    init(_ variant: Variant) async throws {
        self.variant = variant
        servers = try Self.servers.get()
        let parts = variant.place(number).split(separator: " ").map { String($0) }
        try await servers.make(parts[0], at: variant.host, environments: Array(parts.dropFirst()))
        try await mend()
    }

    func destination() throws -> any Destination {
        let base = try #require(HTTPURL(servers.address(variant.host)))
        let client = ForgeClient(
            variant.forge, base: base, sender: try CurlTransport(environment: [:]), tokens: GivenToken(token),
            clock: SleepingClock().clock)
        return variant.destination(number, client)
    }

    private static let names = VariableNames.standard
    private var idName: String { Self.names.id + variant.suffix }
    private var secretName: String { Self.names.secret + variant.suffix }

    func contents() async throws -> PlaceContents {
        let held = try await servers.variables(place, at: variant.host)
        return PlaceContents(
            id: held[idName]?["value"]?.text, secret: held[secretName]?["value"]?.text.map { Secret($0) })
    }

    func put(_ contents: PlaceContents) async throws {
        let secret: JSON =
            contents.secret.map { ["value": .text($0.reveal()), "secured": true, "masked": true] } ?? [:]
        try await servers.put(secretName, secret, in: place, at: variant.host)
        // Of GitHub, which keeps two kinds of names.
        let kind: JSON = variant.isReadable ? "variable" : "secret"
        let id: JSON = contents.id.map { ["value": .text($0), "kind": kind] } ?? [:]
        try await servers.put(idName, id, in: place, at: variant.host)
    }

    func breakDown() async throws { try await servers.add(token: token, at: variant.host, rights: "none") }

    func mend() async throws { try await servers.add(token: token, at: variant.host) }

    func loseNextAnswer() async throws {
        // As often as an update is asked for again.
        let fault: JSON = [
            "kind": "lose", "method": "PUT|POST|PATCH", "path": .text(number), "times": 3,
        ]
        try await servers.add(fault: fault, at: variant.host)
    }

    func fingerprint() async throws -> String? {
        // GitHub's boxes and times differ each time.
        if variant.host == .github { return nil }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let held = JSON.object(try await servers.variables(place, at: variant.host))
        return String(decoding: try encoder.encode(held), as: UTF8.self)
    }
}
