import Console
import Handover

/// Every managed user of one run, and what keeps others from being managed.
///
/// A user that a `[[user]]` names has its settings; any other has those of the one selection that finds it. Where two find
/// it, nobody knows whose settings are meant: it is left alone and told of.
struct Roster: Sendable {
    struct Problem: Sendable, CustomStringConvertible {
        /// Nil: it concerns a selection, not one user.
        var user: UserName?
        /// `success`: a warning, which changes nothing of what the run does.
        var status: ExitStatus
        /// A sentence that names whom it is about.
        var description: String
    }

    /// In the order of the configuration; those of one selection by name.
    private(set) var users: [ManagedUser] = []
    private(set) var problems: [Problem] = []

    /// What came of asking for one selection.
    typealias Answer = Result<UserSelection.Found, CommandFailure>

    /// - Parameter answers: of each selection among the entries, in their order.
    init(_ entries: [UserEntry], answers: [Answer]) {
        let named = Dictionary(entries.compactMap(\.named).map { ($0.name, $0) }) { first, _ in first }
        let selections = zip(entries.compactMap(\.selection), answers).map { $0 }
        var finders: [UserName: [UserSelection]] = [:]
        for (selection, answer) in selections {
            for name in (try? answer.get())?.names ?? [] { finders[name, default: []].append(selection) }
        }
        // Another selection's settings may not be theirs either.
        for (name, _) in selections.compactMap({ try? $0.1.get() }).flatMap(\.untold) { finders[name] = nil }
        var owners = Dictionary(named.values.map { ($0.parameter, [$0]) }) { $0 + $1 }
        var candidates: [UserName: ManagedUser] = [:]
        for (name, found) in finders.sorted(by: { $0.key < $1.key }) {
            guard let user = choose(name, found, named[name]) else { continue }
            candidates[name] = user
            owners[user.parameter, default: []].append(user)
        }
        for (name, user) in candidates.sorted(by: { $0.key < $1.key }) {
            guard let other = owners[user.parameter]?.first(where: { $0.name != name }) else { continue }
            candidates[name] = nil
            problems.append(
                Problem(user: name, status: .configuration, description: "\(name): \(other.clash(with: user))"))
        }
        var remaining = selections[...]
        for entry in entries {
            switch entry {
            case .named(let user): users.append(user)
            case .found:
                guard let (selection, answer) = remaining.popFirst() else { continue }
                tell(of: selection, answer)
                users += ((try? answer.get())?.names ?? []).compactMap { candidates[$0] }
            }
        }
    }

    mutating func leaveOut(_ name: UserName, because problem: String) {
        users.removeAll { $0.name == name }
        problems.append(Problem(user: name, status: .configuration, description: "\(name): \(problem)"))
    }

    /// Nil, and a problem where it is one, when no selection's settings are this user's.
    private mutating func choose(_ name: UserName, _ found: [UserSelection], _ named: ManagedUser?) -> ManagedUser? {
        func refuse(_ problem: String) {
            problems.append(Problem(user: name, status: .configuration, description: "\(name): \(problem)"))
        }
        let accounts = Set(found.map(\.role?.account) + (named.map { [$0.role?.account] } ?? []))
        guard accounts.count == 1 else {
            refuse(
                "there are users of this name in two accounts, found by \(found.map(\.description).joined(separator: " and ")): "
                    + "their journals and check-ins would be the same objects. Give one of the accounts a bucket and a "
                    + "configuration of its own, or `exclude` the user")
            return nil
        }
        if named != nil { return nil }
        guard let selection = found.first, found.count == 1 else {
            refuse(
                "found by \(found.map(\.description).joined(separator: " and by ")): `exclude` it from all but one, or give it "
                    + "a [[user]] of its own by name")
            return nil
        }
        do {
            return try selection.user(name)
        } catch {
            refuse("found by \(selection), but \(error)")
            return nil
        }
    }

    private mutating func tell(of selection: UserSelection, _ answer: Answer) {
        func warn(_ text: String) { problems.append(Problem(status: .success, description: text)) }
        switch answer {
        case .failure(let failure):
            problems.append(
                Problem(
                    status: failure.status,
                    description: "users of \(selection) cannot be listed: \(failure.description)"))
        case .success(let found):
            for name in found.absent {
                warn("users of \(selection): there is no \(name), which `include` or `exclude` names")
            }
            for text in found.unusable {
                problems.append(
                    Problem(
                        status: .badData,
                        description:
                            "users of \(selection): IAM names a user \(String(text.prefix(100)).printable), which cannot be"
                    ))
            }
            for (name, failure) in found.untold where !users.contains(where: { $0.name == name }) {
                problems.append(
                    Problem(
                        user: name, status: failure.status,
                        description: "\(name): its tags cannot be read, so it is left alone: \(failure)"))
            }
            if found.names.isEmpty { warn("nobody is found by \(selection)") }
        }
    }
}
