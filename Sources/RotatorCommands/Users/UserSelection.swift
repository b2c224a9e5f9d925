import Console
import Handover
import Rotation

/// The users that one `[[user]]` finds in IAM by path or tags, and what is set for each of them.
struct UserSelection: Sendable, CustomStringConvertible {
    private let settings: UserSettings
    private let common: PolicySettings
    let role: RoleARN?
    /// Only these of those found; nil for all.
    let include: Set<UserName>?
    let exclude: Set<UserName>

    init(
        settings: UserSettings, common: PolicySettings, role: RoleARN?, include: Set<UserName>?, exclude: Set<UserName>
    ) {
        self.settings = settings
        self.common = common
        self.role = role
        self.include = include
        self.exclude = exclude
    }

    var path: String? { settings.path }
    /// Nil where the path alone selects.
    var tags: [String: String]? { settings.tags }

    /// Where it looks, such as `path /ci/`.
    var description: String { settings.place }

    /// Throws when these settings cannot be right for a user of this name, with a sentence that says what to do.
    func user(_ name: UserName) throws(InvalidSetting) -> ManagedUser { try settings.user(name, policy: common) }

    /// Asks IAM whom it selects now. Throws when IAM cannot be asked, or answers nobody's tags.
    func find(in directory: any UserDirectory) async throws -> Found {
        var found = Found()
        var names: Set<UserName> = []
        for text in try await directory.users(below: path) {
            // IAM's own rule, so that only somebody who answers in its place comes here.
            guard let name = UserName(text) else {
                found.unusable.append(text)
                continue
            }
            names.insert(name)
        }
        found.absent = exclude.union(include ?? []).subtracting(names).sorted()
        let candidates = (include.map(names.intersection) ?? names).subtracting(exclude).sorted()
        guard let tags else {
            found.names = candidates
            return found
        }
        let answers: [Result<[String: String]?, any Error>] = await candidates.mapConcurrently { name in
            do { return .success(try await directory.tags(of: name)) } catch { return .failure(error) }
        }
        // What is refused for everybody is one problem of the selection, not one of each user.
        if let first = answers.first, !answers.contains(where: \.isSuccess) { _ = try first.get() }
        for (name, answer) in zip(candidates, answers) {
            do {
                // Without an answer it was deleted since it was listed.
                if let carried = try answer.get(), Self.matches(carried, tags) { found.names.append(name) }
            } catch {
                found.untold.append((name, CommandFailure(error)))
            }
        }
        return found
    }

    struct Found: Sendable {
        /// Sorted.
        var names: [UserName] = []
        /// Of `include` and `exclude`: nobody of this name is there.
        var absent: [UserName] = []
        /// What IAM answered as names that none of its users can have.
        var unusable: [String] = []
        /// Whose tags could not be read, so that nobody knows whether they are selected.
        var untold: [(name: UserName, failure: CommandFailure)] = []
    }

    /// IAM tells tags apart without regard to the case of their keys, as AWS's documentation says:
    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules_creating
    private static func matches(_ tags: [String: String], _ wanted: [String: String]) -> Bool {
        let tags = Dictionary(tags.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        return wanted.allSatisfy { tags[$0.key.lowercased()] == $0.value }
    }
}

/// IAM, as far as a selection asks it.
protocol UserDirectory: Sendable {
    /// The names of the users below a path, or of all of the account.
    func users(below path: String?) async throws -> [String]
    /// Nil when there is no such user.
    func tags(of user: UserName) async throws -> [String: String]?
}

extension Result {
    fileprivate var isSuccess: Bool { if case .success = self { true } else { false } }
}
