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
    ///
    /// Newest first and not for ever: a host that slept through more rotations than this is for a person to look at.
    func earlierKeys(
        among states: [TargetState], _ published: PublishedIDs, _ publication: Publication, _ reader: Reader
    ) async throws(RefreshFailure) -> Set<AccessKeyID> {
        var unknown = Set(states.compactMap { if case .key(let id) = $0 { id } else { nil } })
        unknown.subtract([published.new, published.old].compactMap(\.self))
        var found: Set<AccessKeyID> = []
        guard !replacesUnknownKeys, let newest = publication.version else { return found }
        for number in stride(from: newest - 1, through: max(newest - 10, 1), by: -1) where !unknown.isEmpty {
            do throws(ServiceFailure) {
                let version = try await services.parameter(parameter, version: number, with: reader.key)
                guard let keys = try? PublishedKeys(parsing: version.value) else { continue }
                let ids = [keys.new.id, keys.old?.id].compactMap(\.self)
                found.formUnion(unknown.intersection(ids))
                unknown.subtract(ids)
            } catch {
                // The Parameter Store keeps the newest hundred versions.
                if error.kind == .notFound { break }
                throw RefreshFailure(problem: problem(of: error))
            }
        }
        return found
    }
}
