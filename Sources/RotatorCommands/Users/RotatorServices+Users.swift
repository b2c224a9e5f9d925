import AWS
import Console
import Handover
import RotationServices

extension IAMUserDirectory: UserDirectory {}

extension RotatorServices {
    /// Every managed user; IAM is asked for those that no `[[user]]` names.
    func roster() async -> Roster {
        let selections = entries.compactMap(\.selection)
        let answers: [Roster.Answer] = await selections.mapConcurrently { selection in
            do {
                return .success(try await selection.find(in: directory(assuming: selection.role)))
            } catch {
                return .failure(CommandFailure(error))
            }
        }
        var roster = Roster(entries, answers: answers)
        if !selections.isEmpty { roster.leaveOutSharers(of: fedPlaces(of:), named: Set(users.map(\.name))) }
        return roster
    }

    /// The managed users of these names; all where none is named. IAM is asked only where the file does not name them.
    func roster(of names: [String]) async throws(CommandFailure) -> Roster {
        guard !names.isEmpty else { return await roster() }
        if Set(names).isSubset(of: users.map(\.name.description)) {
            return Roster(entries.filter { $0.named.map { names.contains("\($0.name)") } ?? false }, answers: [])
        }
        return try await roster().only(names)
    }

    /// The managed user of this name; the only one where none is named.
    func user(named name: String?) async throws(CommandFailure) -> ManagedUser {
        if name == nil, entries.count == 1, let only = entries[0].named { return only }
        let found = try await roster(of: name.map { [$0] } ?? [])
        guard let user = found.users.first, found.users.count == 1 else {
            if found.users.isEmpty, let problem = found.problems.first {
                throw CommandFailure(problem.status == .success ? .configuration : problem.status, "\(problem)")
            }
            throw CommandFailure(.usage, "name the user: \(shortList(found.users.map(\.name)))")
        }
        return user
    }
}

extension Roster {
    /// Those of these names. Throws for the first that is not managed, with the reason.
    func only(_ names: [String]) throws(CommandFailure) -> Roster {
        for name in names where !users.contains(where: { $0.name.description == name }) {
            let isAbout = { (problem: Problem) in problem.user.map { "\($0)" == name } ?? (problem.status != .success) }
            if let problem = problems.first(where: isAbout) { throw CommandFailure(problem.status, "\(problem)") }
            throw CommandFailure(
                .usage, "\(name.printable) is not configured; there is \(shortList(users.map(\.name)))")
        }
        return Roster(users: users.filter { names.contains($0.name.description) })
    }

    /// The managed ones among those whom IAM names, by the role under which it was asked: another account's user of the
    /// same name is another user.
    func users(below names: [RoleARN?: Set<UserName>]) -> (chosen: [ManagedUser], others: [UserName]) {
        let chosen = users.filter { names[$0.role]?.contains($0.name) ?? false }
        let others = Set(names.values.joined()).subtracting(chosen.map(\.name)).sorted()
        return (chosen, others)
    }

    /// Users that somebody has chosen.
    init(users: [ManagedUser]) {
        self.init(users.map { .named($0) }, answers: [])
    }

    /// The exit code that the problems alone ask for.
    var status: ExitStatus { .worst(of: problems.map(\.status)) }

    /// Each problem as a line of the log.
    func tell(_ context: CommandContext) {
        for problem in problems { context.log(problem.status == .success ? .warning : .error, "\(problem)") }
    }
}

/// Names for a sentence: all of them where they are few.
func shortList(_ names: [UserName]) -> String {
    let shown = names.prefix(5).map(\.description).joined(separator: ", ")
    return names.isEmpty ? "nobody" : names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
}
