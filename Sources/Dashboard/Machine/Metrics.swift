import FoundationEssentials
import Handover
import Rotation

/// Prometheus's text format: https://prometheus.io/docs/instrumenting/exposition_formats/
///
/// Labels are users, phases and states, and nothing that a host could invent: no host, no key id.
struct Metrics {
    /// More users than these are only in the totals: every label costs its reader a series for ever.
    static let userLimit = 1000

    private(set) var text = ""

    init(_ snapshot: Snapshot) {
        let (report, freshness) = (snapshot.report, snapshot.freshness)
        let summary = Summary(snapshot)
        add("keybaton_fresh", "Whether what is told here is what the bucket holds.", [("", number(summary.fresh))])
        add(
            "keybaton_last_read_timestamp_seconds", "When the bucket was last read without a problem.",
            timestamp("", freshness.readAt))
        add("keybaton_users", "Managed users.", [("", "\(summary.users)")])
        let users = report.users.prefix(Self.userLimit)
        func each(_ value: (StatusReport.User) -> [(labels: String, value: String)]) -> [(String, String)] {
            users.flatMap { user in value(user).map { ("{user=\"\(user.user)\"\($0.labels)}", $0.value) } }
        }
        add(
            "keybaton_phase", "1 for the phase that a user's rotation is in.",
            each { user in
                Phase.allCases.map { (",phase=\"\($0.rawValue)\"", number($0 == user.phase)) }
            })
        add(
            "keybaton_hold", "Whether the rotator holds and a person must decide.",
            each { [("", number($0.decision.kind == .hold))] })
        add("keybaton_hosts_expected", "Hosts that are waited for.", each { [("", "\($0.acknowledged.of)")] })
        add(
            "keybaton_hosts_acknowledged", "Of those, the hosts that hold the new key or are waived.",
            each { [("", "\($0.acknowledged.count)")] })
        add(
            "keybaton_hosts", "Hosts that are waited for, by state.",
            each { user in
                StatusReport.Host.State.allCases.map { state in
                    let count = user.hosts.count { $0.expected && $0.state == state }
                    return (",state=\"\(state.rawValue)\"", "\(count)")
                }
            })
        add(
            "keybaton_destinations_failing", "Destinations that do not take the new key.",
            each { user in [("", "\(user.destinations.count { $0.problem != nil })")] })
        add(
            "keybaton_notifications_undelivered", "Notifications that did not arrive.",
            each { [("", "\($0.undelivered?.count ?? 0)")] })
        add(
            "keybaton_key_published_timestamp_seconds", "When the present key was published.",
            each { timestamp("", $0.new?.publishedAt) })
        add(
            "keybaton_old_key_last_used_timestamp_seconds", "When the key that is being retired was last used.",
            each { timestamp("", $0.old?.lastUsed?.at) })
        add(
            "keybaton_rotator_last_look_timestamp_seconds", "When the rotator last looked.",
            each { timestamp("", freshness.users[$0.user]?.viewedAt) })
    }

    private mutating func add(_ name: String, _ help: String, _ samples: [(labels: String, value: String)]) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
        for sample in samples { text += "\(name)\(sample.labels) \(sample.value)\n" }
    }
}

private func number(_ flag: Bool) -> String { flag ? "1" : "0" }

private func timestamp(_ labels: String, _ date: Date?) -> [(labels: String, value: String)] {
    date.map { [(labels, "\(Int($0.timeIntervalSince1970))")] } ?? []
}
