package import Secrets

/// The hooks that have to be run for one managed user: owed from the moment before a change until each has succeeded, so
/// that neither a crash nor a failure leaves a program with a key that will be deleted.
package struct HookDebt: Hashable, Sendable, Codable {
    /// A hook, and what it is told.
    package struct Entry: Hashable, Sendable, Codable {
        package let hook: Hook
        /// The key that the programs may still hold; nil when there was none.
        package var oldKeyID: AccessKeyID?
        /// The files that were changed, in the order of the targets.
        package var changed: [String]

        private enum CodingKeys: String, CodingKey {
            case hook, changed
            case oldKeyID = "old_key_id"
        }
    }

    /// What an installation does to one target.
    package struct Change: Hashable, Sendable {
        package let target: TargetName
        package let old: AccessKeyID?

        package init(target: TargetName, old: AccessKeyID?) {
            self.target = target
            self.old = old
        }
    }

    /// In the order in which they are to be run: the targets' own ones first.
    package private(set) var entries: [Entry] = []

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }

    /// With what these changes make owed. A hook that is owed already stays so, and remembers the oldest key: its program
    /// has seen none since.
    ///
    /// - Parameters:
    ///   - targets: those that have a hook of their own.
    ///   - hasDirectory: whether there are programs for every change.
    package func adding(_ changes: [Change], targets: Set<TargetName>, hasDirectory: Bool) -> HookDebt {
        var debt = self
        for change in changes where targets.contains(change.target) {
            debt.owe(Entry(hook: .target(change.target), oldKeyID: change.old, changed: [change.target.path]))
        }
        for change in changes where hasDirectory {
            debt.owe(Entry(hook: .directory, oldKeyID: change.old, changed: [change.target.path]))
        }
        return debt
    }

    /// What of it is to be run: each of these programs in place of the whole directory, in this order. Programs that are
    /// gone, and targets without a hook, are owed no longer: there is nothing to run. A program that is there and cannot
    /// be run is owed still: its daemon holds the old key.
    ///
    /// - Parameter directory: nil when it cannot be used now; what is owed of it stays as it is then.
    package func resolved(_ directory: HookDirectory?, targets: Set<TargetName>) -> HookDebt {
        var debt = HookDebt()
        for entry in entries {
            let isOwed =
                switch entry.hook {
                case .target(let name): targets.contains(name)
                case .program(let name): directory?.others.contains(name) ?? true
                case .directory: directory == nil
                }
            if isOwed { debt.owe(entry) }
        }
        let all = entries.first { $0.hook == .directory }
        for program in directory?.programs ?? [] {
            for entry in [entries.first { $0.hook == .program(program) }, all].compactMap(\.self) {
                debt.owe(Entry(hook: .program(program), oldKeyID: entry.oldKeyID, changed: entry.changed))
            }
        }
        return debt
    }

    package func without(_ hook: Hook) -> HookDebt {
        var debt = self
        debt.entries.removeAll { $0.hook == hook }
        return debt
    }

    private mutating func owe(_ entry: Entry) {
        guard let index = entries.firstIndex(where: { $0.hook == entry.hook }) else {
            entries.append(entry)
            return
        }
        entries[index].oldKeyID = entries[index].oldKeyID ?? entry.oldKeyID
        entries[index].changed += entry.changed.filter { !entries[index].changed.contains($0) }
    }
}

extension HookDebt {
    package init(from decoder: any Decoder) throws {
        entries = try decoder.singleValueContainer().decode([Entry].self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(entries)
    }
}
