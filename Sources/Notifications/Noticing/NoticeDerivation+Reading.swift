import FoundationEssentials
import Handover
import Rotation
import Secrets

/// What the look says, in the words of a notice.
extension NoticeDerivation {
    func notice(
        _ event: Notice.Event, step: String? = nil, _ key: String, at date: Date, _ facts: [String: String]
    ) -> Notice {
        let name = step.map { "\(event.rawValue).\($0)" } ?? event.rawValue
        return Notice(
            event: event, step: step, user: report.user, key: "\(name):\(key)", at: date,
            facts: facts.merging(["user": "\(report.user)"]) { $1 })
    }

    var isAcknowledged: Bool { policy.retirement == .acknowledged }

    /// The same for a publication and its being published again; another one after a roll-back to the same key.
    func identity(_ current: Journal.Current) -> String { "\(current.id):\(seconds(current.publishedAt))" }

    /// Only a roll-back publishes the older of two keys.
    func isRollback(_ current: Journal.Current) -> Bool {
        guard let new = observation.keys[current.id], let previous = journal.previous,
            let old = observation.keys[previous.id]
        else { return false }
        return new.createdAt < old.createdAt
    }

    /// Whether the publication made its key, instead of adopting one: a lease is longer than it takes, and a journal that was
    /// built anew says so.
    func isFresh(_ current: Journal.Current) -> Bool {
        guard let new = observation.keys[current.id], !isRollback(current), journal.reactivatedAt != current.publishedAt
        else { return false }
        return new.createdAt >= current.publishedAt - leaseDuration
    }

    /// Expected hosts that did not say that they hold NEW.
    var lateHosts: [StatusReport.Host] {
        report.hosts.filter { host in
            guard host.expected else { return false }
            switch host.state {
            case .current, .waived: return false
            case .behind, .problem: return true
            // A laptop that took NEW and sleeps since has done its part.
            case .silent:
                guard let new = report.new, host.keyID == new.id, let seen = host.lastSeen else { return true }
                return seen < new.publishedAt
            }
        }
    }

    func publicationFacts(_ current: Journal.Current) -> [String: String] {
        var facts = ["new": "\(current.id)", "version": "\(current.version)", "since": time(current.publishedAt)]
        if let old = report.old, old.status == "active" {
            facts["old"] = "\(old.id)"
        } else if !report.missing.isEmpty {
            facts["without"] = names(report.missing)
        }
        let awaited = report.hosts.filter { $0.expected && $0.state != .waived }
        facts["total"] = "\(awaited.count)"
        if isAcknowledged, facts["old"] != nil, !awaited.isEmpty { facts["awaited"] = names(awaited.map(\.host)) }
        if policy.retirement == .scheduled, let end = steps.first(where: { $0.step == .deactivate }) {
            facts["deactivates"] = time(end.at)
        }
        return facts
    }

    var lastUse: String? {
        report.old?.lastUsed.map { "\($0.service), \($0.region), \(time($0.at))" }
    }

    func names(_ hosts: [HostID]) -> String {
        let shown = hosts.prefix(10).map(\.description).joined(separator: ", ")
        return hosts.count > 10 ? "\(shown), +\(hosts.count - 10)" : shown
    }

    /// Nil when none of them said what is wrong.
    func problems(_ hosts: [StatusReport.Host]) -> String? {
        let told = hosts.compactMap { host in host.problem.map { "\(host.host): \($0)" } }
        return told.isEmpty ? nil : told.prefix(5).joined(separator: "; ")
    }

    /// Names that come and go in a hold's reason while it stays the same hold.
    var names: Set<String> {
        Set(report.hosts.map(\.host.description) + report.destinations.map(\.name) + [report.user.description])
    }

    func seconds(_ date: Date) -> Int { Int(date.timeIntervalSince1970.rounded(.down)) }
}

/// `2026-11-28 10:00 UTC`: read alike in every language.
func time(_ date: Date) -> String { "\(date.formatted(.iso8601).prefix(16).replacing("T", with: " ")) UTC" }

func day(_ date: Date) -> String { String(date.formatted(.iso8601).prefix(10)) }
