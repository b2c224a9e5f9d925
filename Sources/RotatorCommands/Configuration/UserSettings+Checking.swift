import Console
import Handover
import Rotation
import RotationServices

/// One `[[user]]`, checked.
enum UserEntry: Sendable {
    case named(ManagedUser)
    case found(UserSelection)

    var named: ManagedUser? { if case .named(let user) = self { user } else { nil } }
    var selection: UserSelection? { if case .found(let selection) = self { selection } else { nil } }
}

extension UserSettings {
    /// What an error calls this table.
    var title: String { isSelection ? "users of \(place)" : "user \(name?.printable ?? "without a name")" }

    private var isSelection: Bool { path != nil || tags != nil }

    /// Where a selection looks, such as `path /ci/` or `tag team = web`.
    var place: String {
        let tags = (self.tags ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
        let parts = (path.map { ["path \($0)"] } ?? []) + (tags.isEmpty ? [] : ["tag \(tags.joined(separator: ", "))"])
        return parts.joined(separator: " and ").printable
    }

    func entry(policy: PolicySettings) throws(InvalidSetting) -> UserEntry {
        guard isSelection else {
            guard include == nil, exclude == nil else {
                throw InvalidSetting("`include` and `exclude` are for users that a `path` or `tags` find")
            }
            guard name != nil else { throw InvalidSetting("name an IAM user, or find users with `path` or `tags`") }
            guard let name = name.flatMap({ UserName($0) }) else {
                throw InvalidSetting("that is not the name of an IAM user")
            }
            return .named(try user(name, policy: policy))
        }
        guard name == nil else {
            throw InvalidSetting("a `name` stands alone: users of a `path` or `tags` are chosen with `include`")
        }
        if let path {
            guard path.hasPrefix("/"), path.hasSuffix("/"), path.utf8.count <= 512,
                path.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else { throw InvalidSetting("`path` must begin and end with /, as in \"/ci/\"") }
        }
        guard tags?.isEmpty != true else { throw InvalidSetting("`tags` is empty, which every user would match") }
        guard parameter?.contains("{user}") ?? true else {
            throw InvalidSetting("`parameter` must contain {user}: several users cannot share one")
        }
        let selection = UserSelection(
            settings: self, common: policy, role: try role(), include: try include.map(Self.names),
            exclude: try Self.names(exclude ?? []))
        // Whatever is wrong for every user is found before anybody is asked.
        if let example = UserName("example") { _ = try user(example, policy: policy) }
        return .found(selection)
    }

    private static func names(_ texts: [String]) throws(InvalidSetting) -> Set<UserName> {
        var names: Set<UserName> = []
        for text in texts {
            guard let name = UserName(text) else {
                throw InvalidSetting("`\(text.printable)` is not the name of an IAM user")
            }
            names.insert(name)
        }
        return names
    }

    private func role() throws(InvalidSetting) -> RoleARN? {
        guard let roleARN else { return nil }
        guard let role = RoleARN(roleARN) else {
            throw InvalidSetting(
                "`role_arn` must be the ARN of a role, as in \"arn:aws:iam::123456789012:role/keybaton\"")
        }
        return role
    }

    /// These settings for one user.
    ///
    /// - Parameter policy: the common one, which `[user.policy]` overrides key by key.
    func user(_ name: UserName, policy common: PolicySettings) throws(InvalidSetting) -> ManagedUser {
        guard let parameter = parameter?.naming(name) ?? name.defaultParameter else {
            throw InvalidSetting(
                "name a `parameter`: a parameter's name cannot contain every character of this user's name")
        }
        guard parameter.hasPrefix("/"), parameter.utf8.allSatisfy(Self.isParameterByte) else {
            throw InvalidSetting("`parameter` must begin with / and consist of letters, digits and . - _ /")
        }
        let type = parameterType ?? ParameterPublication.Kind.secureString.rawValue
        guard let kind = ParameterPublication.Kind(rawValue: type) else {
            throw InvalidSetting("`parameter_type` must be SecureString, or String where shell scripts read it")
        }
        guard var policy = PolicySettings.policy(of: [common, self.policy].compactMap(\.self)) else {
            throw InvalidSetting("`retire` and `acknowledgements` name two strategies: leave `acknowledgements` out")
        }
        for text in hosts ?? [] {
            guard let host = HostID(text) else {
                throw InvalidSetting("`\(text.printable)` is not a host: 1 to 64 letters, digits and . _ -")
            }
            policy.hosts.insert(host)
        }
        for destination in destinations { try destination.check(for: name) }
        return ManagedUser(
            name: name, role: try role(), parameter: parameter, parameterKind: kind, kmsKey: kmsKey,
            countsLegacyAcks: legacyAcks ?? false, policy: policy, destinations: destinations)
    }

    private static func isParameterByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
