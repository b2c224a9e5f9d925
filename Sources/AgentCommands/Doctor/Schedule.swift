import Console
import FoundationEssentials

/// What starts the agent on this machine, as far as can be seen: a container's or another machine's scheduler cannot.
struct Schedule: Sendable, Equatable {
    enum Script: Sendable, Equatable {
        case missing, notExecutable, executable
    }

    static let timer = "keybaton-agent.timer"
    static let script = "/etc/cron.daily/keybaton-agent"
    /// For `systemctl`: root's timer is the system's.
    var isSystemWide: Bool
    /// Whether systemd is the init system: sd_booted(3).
    var hasSystemd = false
    /// What `systemctl is-enabled` says; nil when there is no such timer, or no answer.
    var enablement: String?
    /// What `systemctl is-active` says.
    var activity: String?
    var cronDaily = Script.missing
    /// The programs that would run it, of which one is enough.
    var hasCron = false
    var cronRuns = false
    /// Crontabs with a line that starts the agent.
    var crontabs: [String] = []
    /// How often it is to run.
    var every = Duration.seconds(86_400)
    /// The end of the newest run.
    var lastRun: Date?

    func findings(now: Date) -> [Finding] {
        [starter] + [silence(now: now)].compactMap(\.self)
    }

    private var starter: Finding {
        let systemctl = "systemctl \(isSystemWide ? "" : "--user ")"
        if hasSystemd, let enablement {
            if enablement.hasPrefix("enabled"), activity == "active" {
                return .ok(.schedule, nil, "\(Self.timer) is active")
            }
            guard let crontab = crontabs.first else {
                return .problem(
                    .configuration, .schedule, nil, "\(Self.timer) is \(enablement) and \(activity ?? "not known")",
                    mend: "\(systemctl)enable --now \(Self.timer)")
            }
            return .ok(.schedule, nil, "\(crontab) starts the agent (\(Self.timer) is \(enablement))")
        }
        // The script stands aside for systemd.
        let place = cronDaily == .executable && !hasSystemd && isSystemWide ? Self.script : crontabs.first
        if let place {
            if cronRuns { return .ok(.schedule, nil, "\(place) starts the agent") }
            return .warning(
                .schedule, nil,
                hasCron
                    ? "\(place) would start the agent, and no cron daemon is running"
                    : "\(place) would start the agent, and there is no cron",
                mend: hasCron ? "start it: service cron start" : "install one: apt install cron, or anacron")
        }
        if isSystemWide, cronDaily == .notExecutable, !hasSystemd {
            return .problem(
                .configuration, .schedule, nil, "\(Self.script) is not executable, so cron passes it by",
                mend: "chmod 755 \(Self.script)")
        }
        return .warning(
            .schedule, nil, "nothing on this machine was found that starts the agent",
            mend: "unless something else does: "
                + (hasSystemd && isSystemWide
                    ? "install the package's timer, then \(systemctl)enable --now \(Self.timer)"
                    : "add a line to the crontab (crontab -e): @daily keybaton-agent run --quiet --splay 1h"))
    }

    private func silence(now: Date) -> Finding? {
        guard let lastRun else { return nil }
        let age = Duration.seconds(max(now.timeIntervalSince(lastRun), 0))
        // One run may have been missed.
        guard age > every * 2.5 else { return nil }
        return .warning(
            .schedule, nil, "the last run was \(age.inWords) ago",
            mend: "find out why it is not started: journalctl -u keybaton-agent, or the log of cron")
    }
}
