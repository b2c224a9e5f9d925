import Handover

/// The users that one `[[user]]` is about, in the words of a policy. Those found by path or tag come and go, so that
/// a policy names them by pattern.
struct UserPattern {
    private let settings: UserSettings

    init(_ settings: UserSettings) { self.settings = settings }

    /// In names of objects, parameters and secrets: the user, or `*` for all.
    var names: [String] { settings.name.map { [$0] } ?? settings.include ?? ["*"] }

    /// Whether IAM is asked who they are.
    var isLookedUp: Bool { settings.name == nil }

    func parameters(_ names: ResourceNames) -> [String] {
        self.names.map { names.parameter((settings.parameter ?? "/keybaton/{user}").replacing("{user}", with: $0)) }
    }

    /// IAM users may live below a path, and their names are unique without it.
    func users(_ names: ResourceNames) -> [String] {
        let path = settings.path ?? "/"
        return self.names.flatMap { name in
            name == "*"
                ? [names.user(name, below: path)]
                : [names.user(name, below: path), names.user(name, below: "\(path)*/")]
        }
    }

    /// Only users with these tags, where they are found by them.
    ///
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html
    var conditions: [String: [String: [String]]] {
        guard let tags = settings.tags, !tags.isEmpty else { return [:] }
        let keys = tags.map { ("iam:ResourceTag/\($0.key)", [$0.value]) }
        return ["StringEquals": Dictionary(keys) { first, _ in first }]
    }
}
