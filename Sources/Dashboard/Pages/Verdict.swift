import FoundationEssentials
import Handover
package import Rotation

/// The one sentence that a page begins with.
package struct Verdict: Hashable, Sendable {
    package let tone: Tone
    package let sentence: String

    package init(_ tone: Tone, _ sentence: String) {
        self.tone = tone
        self.sentence = sentence
    }
}

extension Verdict {
    /// Of one user, whose name stands beside it.
    package init(_ user: StatusReport.User) {
        let hosts = HostCount(user)
        let sentence = Self.sentence(user, hosts)
        if user.decision.kind == .hold {
            self.init(.attention, "On hold: a person must decide. \(sentence)")
        } else if user.needsAttention {
            self.init(.attention, sentence)
        } else {
            self.init(user.phase == .steady ? .good : .working, sentence)
        }
    }

    private static func sentence(_ user: StatusReport.User, _ hosts: HostCount) -> String {
        guard let new = user.new else { return "There is no published key yet." }
        if let revocation = user.revocation { return Self.sentence(revocation, new, hosts) }
        switch user.phase {
        case .publishing:
            let places = user.destinations
            let fed = places.count { $0.holdsNew }
            return
                "The new key is on its way to \(places.isEmpty ? "where hosts read it" : "\(fed) of \(places.count) destinations"); "
                + (user.old == nil ? "it is the first one." : "the old one works everywhere.")
        case .distributing, .settling:
            switch user.retirement {
            case "scheduled":
                let date = user.upcoming?.first { $0.step == "deactivate" }?.at.formatted(.iso8601).prefix(10)
                return
                    "\(hosts.holdNew); the old one is switched off \(date.map { "on \($0)" } ?? "when its time has come"), "
                    + "whoever holds it then."
            case "next-rotation": return "\(hosts.holdNew); the old one works until the next rotation."
            default: break
            }
            return user.phase == .distributing
                ? "\(hosts.holdNew); the old one stays until \(hosts.missingReport)."
                : "\(hosts.holdNew); the old one stays until nobody has used it for long enough."
        case .observing:
            return "\(hosts.holdNew); the old one is switched off, and can still be brought back."
        case .steady:
            return user.isCutOff
                ? "\(hosts.holdCurrent); no old one is kept for the others." : "\(hosts.holdCurrent)."
        }
    }

    private static func sentence(
        _ revocation: Journal.Revocation, _ new: StatusReport.New, _ hosts: HostCount
    ) -> String {
        guard let key = revocation.keys.first(where: { $0.id == new.id }) else {
            let keys = revocation.keys.count == 1 ? "A leaked key is" : "Leaked keys are"
            return "\(keys) on the way out: whoever holds one loses access. \(hosts.holdCurrent)."
        }
        return key.state == .named
            ? "The current key has leaked and is being switched off: whoever holds it loses access."
            : "The current key has leaked and is switched off: whoever holds it has no access, and another one is not "
                + "published yet."
    }
}

extension Verdict {
    /// Of everything that is managed.
    package init(_ users: [StatusReport.User]) {
        guard let first = users.first else {
            self.init(.working, "No user is managed yet.")
            return
        }
        guard users.count > 1 else {
            self.init(first)
            return
        }
        let held = users.filter { $0.decision.kind == .hold }
        let troubled = users.filter { $0.needsAttention && $0.decision.kind != .hold }
        let rotating = users.filter { $0.phase != .steady }
        if held.count == 1, let user = held.first {
            self.init(.attention, "\(user.user) is on hold: a person must decide.")
        } else if held.count > 1 {
            self.init(.attention, "\(held.count) of \(users.count) users are on hold: a person must decide.")
        } else if troubled.count == 1, let user = troubled.first {
            self.init(.attention, "\(user.user): \(Self.sentence(user, HostCount(user)))")
        } else if !troubled.isEmpty {
            self.init(
                .attention,
                troubled.contains { $0.revocation != nil || $0.isCutOff }
                    ? "\(troubled.count) of \(users.count) users need a look; hosts may have lost access."
                    : "\(troubled.count) of \(users.count) users need a look; their old keys stay as long as needed.")
        } else if rotating.count == 1, let user = rotating.first {
            self.init(.working, "\(user.user): \(Self.sentence(user, HostCount(user)))")
        } else if !rotating.isEmpty {
            let hosts = rotating.map { HostCount($0) }
            let areAcknowledged = rotating.allSatisfy { ["acknowledged", nil].contains($0.retirement) }
            let old =
                areAcknowledged
                ? "every old one stays until its hosts have moved" : "the old ones go as each user's policy says"
            self.init(
                .working,
                "\(rotating.count) keys are being rotated: \(hosts.reduce(0) { $0 + $1.holding }) of "
                    + "\(hosts.reduce(0) { $0 + $1.all }) hosts hold the new ones; \(old)."
            )
        } else {
            // Whom one of them lacks needs attention, which has been said by now.
            let holding = users.reduce(0) { $0 + HostCount($1).holding }
            self.init(.good, "All \(holding) hosts of \(users.count) users hold their current keys.")
        }
    }
}

/// Whose hosts hold NEW, counted as a person would.
struct HostCount: Hashable {
    /// Whom the rotation waits for: expected and not waived.
    let all: Int
    let holding: Int
    let waived: Int
    /// Awaited and not seen with NEW.
    let missing: [HostID]

    init(_ user: StatusReport.User) {
        let expected = user.hosts.filter(\.expected)
        let awaited = expected.filter { $0.state != .waived }
        all = awaited.count
        waived = expected.count - awaited.count
        missing = user.missing
        holding = awaited.count - missing.count
    }

    var holdNew: String { held("the new key") }
    var holdCurrent: String { all + waived == 0 ? "No host has checked in yet" : held("the current key") }

    private func held(_ key: String) -> String {
        guard all > 0 else { return waived == 0 ? "No host is expected" : "Every host is waived" }
        let waivers = waived == 0 ? "" : " (and \(waived) \(waived == 1 ? "is" : "are") waived)"
        return switch (holding, all) {
        case (1, 1): "The \(waived == 0 ? "only " : "")host holds \(key)\(waivers)"
        case (all, _): "All \(all) hosts hold \(key)\(waivers)"
        default: "\(holding) of \(all) hosts hold \(key)\(waivers)"
        }
    }

    /// `nas-2 reports`.
    var missingReport: String {
        switch missing.count {
        case 0: "their reports are verified"
        case 1: "\(missing[0]) reports"
        case 2...3:
            "\(missing.dropLast().map(\.description).joined(separator: ", ")) and \(missing[missing.count - 1]) report"
        default: "\(missing[0]), \(missing[1]) and \(missing.count - 2) more report"
        }
    }
}
