import Console
import Destinations
import HTTPTransport
import Handover

/// What the tables of all forges have in common.
protocol ForgeSettings: DestinationSettings {
    /// The API's address; nil for that of the public service.
    var url: String? { get }
    static var publicURL: HTTPURL { get }
    var tokens: TokenSettings { get }
}

extension ForgeSettings {
    func checkService(for user: UserName) throws(InvalidSetting) {
        if let url {
            guard let parsed = HTTPURL(url), parsed.query == nil else {
                throw InvalidSetting("`url` is not an address such as \(Self.publicURL)")
            }
            guard parsed.isPrivate else { throw InvalidSetting("`url` must begin with https://: it is sent a token") }
        }
        try tokens.naming(user).check()
    }

    func realm(assuming role: RoleARN?) -> String? { url ?? "" }

    func permissions(for user: String, _ names: ResourceNames) -> [AccessPolicy.Statement] {
        tokens.permissions(for: user, names)
    }

    /// One for all places of a token: its limits hold for all of them.
    ///
    /// - Parameter variant: what tells two forges of this kind apart.
    func client(
        _ forge: Forge, variant: String = "", for user: UserName, _ services: DestinationServices
    ) -> ForgeClient {
        let base = url.flatMap { HTTPURL($0) } ?? Self.publicURL
        let tokens = tokens.naming(user)
        let key = ForgeClients.Key(
            kind: ObjectIdentifier(Self.self), variant: variant, base: "\(base)", tokens: tokens,
            role: tokens.secret == nil ? nil : services.role)
        return services.forges.client(key) {
            ForgeClient(forge, base: base, sender: services.sender, tokens: tokens.provider(services.client))
        }
    }
}

extension VariableNames {
    /// - Parameter keys: what the two settings are called.
    init(
        id: String?, secret: String?, for user: UserName, keys: (id: String, secret: String)
    ) throws(InvalidSetting) {
        self.init(
            id: id?.naming(user) ?? Self.standard.id, secret: secret?.naming(user) ?? Self.standard.secret)
        for (key, name) in [(keys.id, self.id), (keys.secret, self.secret)] {
            guard name.isVariableName else {
                throw InvalidSetting(
                    "`\(key)`: \(name.printable) is no variable's name: write letters, digits and _, no digit first")
            }
        }
        guard self.id.uppercased() != self.secret.uppercased() else {
            throw InvalidSetting("`\(keys.id)` and `\(keys.secret)` must differ")
        }
    }
}

extension String {
    fileprivate var isVariableName: Bool {
        let isWord = utf8.allSatisfy { $0 == UInt8(ascii: "_") || Self.isLetterOrDigit($0) }
        return isWord && (1...255).contains(utf8.count) && first.map { !$0.isNumber } ?? false
    }

    /// Whether it can be one part of a repository's path: of these, no forge allows more.
    var isPathPart: Bool {
        let isName = utf8.allSatisfy { "._-".utf8.contains($0) || Self.isLetterOrDigit($0) }
        return isName && (1...255).contains(utf8.count) && self != "." && self != ".."
    }

    /// Whether it can be the name of an environment, which may hold spaces and slashes.
    var isEnvironmentName: Bool { (1...255).contains(utf8.count) && printable == self }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

extension [String] {
    /// Throws unless there is at least one, each once and of the right form.
    func checkPlaces(
        _ key: String, form: String, _ isRight: (String) -> Bool
    ) throws(InvalidSetting) {
        guard !isEmpty else { throw InvalidSetting("`\(key)` is empty: name some, or leave it out") }
        var seen: Set<String> = []
        for place in self {
            guard isRight(place) else {
                throw InvalidSetting("`\(key)`: \(place.printable) is not of the form \(form)")
            }
            guard seen.insert(place.lowercased()).inserted else {
                throw InvalidSetting("`\(key)`: \(place.printable) is there twice: name it once")
            }
        }
    }
}
