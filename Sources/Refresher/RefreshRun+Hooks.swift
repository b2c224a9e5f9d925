import Handover
import Secrets

extension RefreshRun {
    /// Runs the hooks that are owed, each once. Returns those that are still owed then; each is a problem of the outcome.
    func runHooks(
        _ owed: HookDebt, _ after: [TargetLook], hiding secrets: [Secret], _ outcome: inout RefreshOutcome
    ) -> HookDebt {
        guard !owed.isEmpty, let hooks else { return owed }
        let directory = Result { try hooks.runner.directory() }
        let usable = try? directory.get()
        let due = owed.resolved(usable, targets: Set(hooks.arguments.keys))
        if owed.entries.contains(where: { !$0.hook.isOfTarget }) {
            switch directory {
            case .success(let directory): outcome.warnings += directory.warnings
            case .failure(let error): outcome.problems.append(CheckIn.Problem(.hookFailed, "\(error)"))
            }
        }
        var rest = due
        for entry in due.entries where entry.hook.isOfTarget || usable != nil {
            guard let command = command(for: entry, hooks, after) else { continue }
            let end = hooks.runner.run(command)
            let report = HookReport(
                name: name(of: entry.hook, hooks), failure: end.failure,
                output: HookReport.lines(of: end.output, hiding: secrets))
            outcome.hooks = (outcome.hooks ?? []) + [report]
            if end.failure == nil {
                rest = rest.without(entry.hook)
            } else {
                outcome.problems.append(.hookFailed(report))
            }
        }
        return rest
    }

    /// What is owed when these targets are changed, or have been changed.
    func debt(_ owed: HookDebt, changing indices: [Int], _ before: [TargetLook]) -> HookDebt {
        guard let hooks, !indices.isEmpty else { return owed }
        let changes = indices.map {
            HookDebt.Change(target: TargetName(targets[$0]), old: before[$0].content?.key?.id)
        }
        // One that cannot be used now may be mended, and what will not be run is to be told of.
        let isInUse = (try? hooks.runner.directory()).map { $0 != HookDirectory() } ?? true
        return owed.adding(changes, targets: Set(hooks.arguments.keys), hasDirectory: isInUse)
    }

    private func command(for entry: HookDebt.Entry, _ hooks: Hooks, _ after: [TargetLook]) -> HookCommand? {
        var environment = [
            "KEYBATON_USER": "\(user)", "KEYBATON_OLD_KEY_ID": entry.oldKeyID?.description ?? "",
        ]
        let index = targets.indices.first { index in
            if case .target(let name) = entry.hook { return TargetName(targets[index]) == name }
            return entry.changed.contains(targets[index].path)
        }
        environment["KEYBATON_KEY_ID"] = index.flatMap { after[$0].content?.key?.id }?.description ?? ""
        switch entry.hook {
        case .target(let name):
            guard let arguments = hooks.arguments[name] else { return nil }
            environment["KEYBATON_TARGET_PATH"] = name.path
            environment["KEYBATON_TARGET_PROFILE"] = name.profile
            environment["KEYBATON_TARGET_FORMAT"] = name.format
            return HookCommand(program: .arguments(arguments), environment: environment)
        case .program(let name):
            environment["KEYBATON_CHANGED"] = entry.changed.joined(separator: "\n")
            return HookCommand(program: .inDirectory(name), environment: environment)
        case .directory: return nil
        }
    }

    /// Without the arguments: they may hold the address of a private channel.
    func name(of hook: Hook, _ hooks: Hooks) -> String {
        switch hook {
        case .target(let target): "\(hooks.arguments[target]?.first ?? "nothing") for \(target)"
        case .program(let name): name
        case .directory: "all programs of the hooks directory"
        }
    }
}

extension Hook {
    fileprivate var isOfTarget: Bool {
        if case .target = self { true } else { false }
    }
}

extension CheckIn.Problem {
    static func hooksNotRemembered(_ error: any Error) -> Self {
        Self(
            .hookFailed,
            "NEW was not installed, because after a crash nobody would know which hooks it still takes: \(error)")
    }

    fileprivate static func hookFailed(_ report: HookReport) -> Self {
        let last = report.output.last.map { ", its last line: \($0.hasSuffix(".") ? $0.dropLast() : $0[...])" } ?? ""
        return Self(
            .hookFailed,
            "the key is installed, but the hook \(report.name) failed: \(report.failure ?? "")\(last). It is run again by "
                + "every run until it succeeds; mend it, or take it out of the configuration")
    }
}
