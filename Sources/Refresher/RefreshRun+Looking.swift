import Handover
import Secrets

/// What one look at a target showed: its content, or why there is none.
struct TargetLook {
    let content: TargetContent?
    let problem: CheckIn.Problem?
}

extension RefreshRun {
    func look(at target: any KeyTarget) -> TargetLook {
        do {
            let content = try target.read()
            guard case .foreign(let description) = content else { return TargetLook(content: content, problem: nil) }
            return TargetLook(
                content: content,
                problem: CheckIn.Problem(
                    .unknownKey,
                    "\(target.path): \(description). If it may be replaced, run `keybaton-agent run --adopt`; otherwise "
                        + "give Keybaton another profile"))
        } catch {
            return TargetLook(content: nil, problem: CheckIn.Problem(.targetUnreadable, "\(error)"))
        }
    }

    func state(of look: TargetLook) -> TargetState {
        switch look.content {
        case .key(let key), .keyWithSessionToken(let key): .key(key.id)
        case .empty: .none
        case .foreign where replacesUnknownKeys: .none
        case .foreign, nil:
            .unreadable(look.problem ?? CheckIn.Problem(.targetUnreadable, "the target could not be read"))
        }
    }

    /// Those of the targets' unknown keys that earlier versions of the parameter published.
    func earlierKeys(
        among states: [TargetState], _ published: PublishedIDs, _ publication: Publication, _ reader: Reader
    ) async throws(RefreshFailure) -> Set<AccessKeyID> {
        guard !replacesUnknownKeys, let newest = publication.version else { return [] }
        let held = states.compactMap { if case .key(let id) = $0 { id } else { nil } }
        do {
            return try await services.earlierKeys(
                among: Set(held).subtracting([published.new, published.old].compactMap(\.self)), of: parameter,
                before: newest, with: reader.key)
        } catch {
            throw RefreshFailure(problem: problem(of: error))
        }
    }
}
