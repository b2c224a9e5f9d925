import Console
import Handover
import CredentialsFile
import Refresher
import Secrets

extension KeyExamination {
    /// What one look at a target showed.
    struct TargetLook {
        let target: any KeyTarget
        /// Nil when it cannot be read.
        var content: TargetContent?
        /// Why it cannot be read, or could not be written.
        var failure: String?
        var warnings: [Finding] = []

        /// As in a table: the file, and which of its keys.
        var place: String { target.profile.isEmpty ? target.path : "\(target.path) (\(target.profile))" }
    }

    func look(at target: any KeyTarget) -> TargetLook {
        var look = TargetLook(target: target)
        do {
            look.content = try target.read()
            if case .foreign = look.content { return look }
            // The sentences say what to do.
            look.warnings = try target.check().map { .warning(.target, look.place, "\($0)", mend: nil) }
        } catch {
            look.failure = "\(error)"
        }
        return look
    }

    /// - Parameter publication: nil when it could not be read, which is a finding of its own.
    func judge(_ look: TargetLook, _ publication: PublicationLook?) -> Finding {
        if let failure = look.failure { return .problem(.badData, .target, look.place, failure, mend: nil) }
        switch look.content ?? .empty {
        case .empty: return .ok(.target, look.place, "holds no key yet; the next run puts NEW there")
        case .foreign(let description):
            return .problem(.unknownKey, .target, look.place, description, mend: adoption)
        case .key(let key), .keyWithSessionToken(let key): return judge(key, look, publication)
        }
    }

    private func judge(
        _ key: AccessKey, _ look: TargetLook, _ publication: PublicationLook?
    ) -> Finding {
        guard let publication else { return .ok(.target, look.place, "holds \(key.id)") }
        let keys = publication.keys
        if look.content == .key(keys.new) { return .ok(.target, look.place, "holds NEW, \(key.id)") }
        if key.id == keys.new.id {
            return .warning(
                .target, look.place, "holds the id of NEW beside a wrong secret or a left-over session token",
                mend: "the next run writes it anew: keybaton-agent run")
        }
        if key.id == keys.old?.id {
            return .ok(.target, look.place, "holds OLD, \(key.id); the next run puts NEW there")
        }
        if publication.earlier.contains(key.id) {
            return .ok(.target, look.place, "holds \(key.id), published before OLD; the next run puts NEW there")
        }
        return .problem(
            .unknownKey, .target, look.place, "holds \(key.id), which was never published for \(user)", mend: adoption)
    }

    private var adoption: String {
        "if it may be replaced: keybaton-agent run --adopt; otherwise give Keybaton another profile"
    }
}
