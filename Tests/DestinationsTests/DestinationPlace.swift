import Rotation
import Secrets
import Testing

/// A place that a destination feeds, as the contract needs it: made, filled, broken and looked at behind the destination's
/// back.
protocol DestinationPlace: Sendable {
    /// Made anew by each call, as each run makes its own.
    func destination() throws -> any Destination
    /// What is there, read by other means than the destination's.
    func contents() async throws -> PlaceContents
    /// Puts this there by other means: also half a key, where the place can hold one.
    func put(_ contents: PlaceContents) async throws
    /// Makes it neither readable nor writable, without a loss; undone by `mend()`.
    func breakDown() async throws
    func mend() async throws
    /// Lets the next write take effect and fail all the same.
    func loseNextAnswer() async throws
    /// Another text whenever something was written; nil where that cannot be seen.
    func fingerprint() async throws -> String?
}

/// The two halves, wherever they are.
struct PlaceContents: Hashable, Sendable, CustomStringConvertible {
    var id: String?
    var secret: Secret?

    init(id: String? = nil, secret: Secret? = nil) {
        self.id = id
        self.secret = secret
    }

    init(_ key: AccessKey) { self.init(id: "\(key.id)", secret: key.secret) }

    static let nothing = PlaceContents()

    var description: String { "id \(id ?? "none"), \(secret == nil ? "no secret" : "a secret")" }
}

/// A kind of place that the contract is run with: add a line to `all`.
struct PlaceKind: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// Whether the destination can tell what the place holds.
    var isReadable = true
    /// Whether an empty place is seen to be empty, although nobody can tell what another one holds.
    var showsAbsence = false
    /// Whether a half of a key can be there without the other.
    var canHoldHalves = true
    /// Whether what was written may be reported as lost.
    var canLoseAnswers = true
    /// A new and empty place.
    var make: @Sendable () async throws -> any DestinationPlace

    static let all: [PlaceKind] =
        FilePlace.kinds + ProgramPlace.kinds + SecretsManagerPlace.kinds + ForgePlace.kinds
}

/// Keys that no account has.
enum ExampleKeys {
    static let first = key("AKIAEXAMPLEFIRST0001", "fIrSt/SecretAccess+Key/Example0000000001")
    static let second = key("AKIAEXAMPLESECOND002", "sEcOnD/SecretAccess+Key/Example000000002")
    static let strange = key("AKIAEXAMPLESTRANGE03", "sTrAnGe/SecretAccess+Key/Example00000003")

    static let all = [first, second, strange]

    private static func key(_ id: String, _ secret: String) -> AccessKey {
        guard let id = AccessKeyID(id), let key = AccessKey(id: id, secret: Secret(secret)) else {
            preconditionFailure("an example that is no key")
        }
        return key
    }
}
