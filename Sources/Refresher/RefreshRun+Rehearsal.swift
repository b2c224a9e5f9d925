import CredentialsFile
import Handover
package import Secrets

extension RefreshRun {
    /// Finds out what `execute` would do, and changes nothing: no file, no check-in, no hook.
    ///
    /// - Parameters:
    ///   - owed: the hooks that earlier runs left.
    ///   - isThorough: whether to prove NEW and to look at every line that would change, too.
    package func rehearse(owed: HookDebt, isThorough: Bool) async -> Rehearsal {
        var rehearsal = Rehearsal(user: user, parameter: parameter)
        let before = targets.map(look)
        let publication = await readPublication(with: before)
        rehearsal.parameterVersion = publication.version
        rehearsal.publishedKeyID = publication.keys?.new.id
        rehearsal.problems = publication.problems
        var stale: [Int] = []
        var problems = before.map(\.problem)
        if let keys = publication.keys, let reader = publication.reader {
            do throws(RefreshFailure) {
                let plan = try await plan(before, keys, publication, reader)
                problems = plan.problems
                stale = plan.stale
                if isThorough, !stale.isEmpty {
                    _ = try await prove(keys.new, reader, replacing: plan.stale.compactMap { before[$0].content?.key })
                }
            } catch {
                rehearsal.problems.append(error.problem)
                stale = []
            }
        }
        for index in targets.indices {
            var target = Rehearsal.Target(
                path: targets[index].path, profile: targets[index].profile, format: targets[index].format,
                keyID: before[index].content?.key?.id, isStale: stale.contains(index), problem: problems[index])
            if isThorough, target.isStale, let new = publication.keys?.new {
                preview(new, targets[index], &target, &rehearsal)
            }
            rehearsal.targets.append(target)
        }
        rehearsal.problems += rehearsal.targets.compactMap(\.problem)
        rehearse(hooks: debt(owed, changing: stale, before), &rehearsal)
        return rehearsal
    }

    private func preview(
        _ new: AccessKey, _ target: any KeyTarget, _ rehearsed: inout Rehearsal.Target, _ rehearsal: inout Rehearsal
    ) {
        do {
            let preview = try target.preview(new)
            rehearsed.changes = preview.changes
            rehearsal.warnings += preview.warnings.map { "\(target.path): \($0)" }
        } catch {
            rehearsed.problem = CheckIn.Problem(.targetUnwritable, "\(error)")
        }
    }

    private func rehearse(hooks owed: HookDebt, _ rehearsal: inout Rehearsal) {
        guard let hooks, !owed.isEmpty else { return }
        var directory: HookDirectory?
        do {
            directory = try hooks.runner.directory()
            rehearsal.warnings += directory?.warnings ?? []
        } catch {
            rehearsal.problems.append(CheckIn.Problem(.hookFailed, "\(error)"))
        }
        rehearsal.hooks = owed.resolved(directory, targets: Set(hooks.arguments.keys)).entries.map {
            name(of: $0.hook, hooks)
        }
    }
}

extension RefreshRun {
    /// The same without the network: against the NEW that was published when it was last read. Nil: it never was; then no
    /// target is taken for current.
    package func rehearse(owed: HookDebt, published: AccessKeyID?) -> Rehearsal {
        var rehearsal = Rehearsal(user: user, parameter: parameter)
        rehearsal.publishedKeyID = published
        rehearsal.targets = targets.map { target in
            let look = look(at: target)
            return Rehearsal.Target(
                path: target.path, profile: target.profile, format: target.format, keyID: look.content?.key?.id,
                isStale: look.problem == nil && (published == nil || look.content?.key?.id != published),
                problem: look.problem)
        }
        rehearsal.problems = rehearsal.targets.compactMap(\.problem)
        rehearse(hooks: owed, &rehearsal)
        return rehearsal
    }
}
