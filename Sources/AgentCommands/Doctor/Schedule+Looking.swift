import Glibc
import HostSystem

extension Schedule {
    /// Runs a program, and returns what it writes; nil when it could not be run.
    typealias Tool = @Sendable (_ arguments: [String]) -> String?

    /// systemctl(1); without `not-found`.
    private static let enablements: Set<Substring> = [
        "enabled", "enabled-runtime", "linked", "linked-runtime", "alias", "masked", "masked-runtime", "static",
        "indirect",
        "disabled", "generated", "transient", "bad",
    ]
    private static let activities: Set<Substring> = [
        "active", "reloading", "inactive", "failed", "activating", "deactivating", "maintenance",
    ]
    private static let daemons: Set<String> = ["cron", "crond", "fcron", "anacron", "dcron", "busybox-crond"]

    /// Whether systemd is the init system: sd_booted(3).
    ///
    /// - Parameter root: where the file system of the host begins.
    static func systemdIsInit(root: String = "") -> Bool { access("\(root)/run/systemd/system", F_OK) == 0 }

    /// What this machine has.
    ///
    /// - Parameter root: where the file system of the host begins.
    static func current(user: RunningUser, root: String = "", tool: Tool) -> Schedule {
        var schedule = Schedule(isSystemWide: user.userID == 0)
        schedule.hasSystemd = systemdIsInit(root: root)
        if schedule.hasSystemd {
            let systemctl = ["systemctl"] + (schedule.isSystemWide ? [] : ["--user"])
            schedule.enablement = tool(systemctl + ["is-enabled", timer]).flatMap { word(in: $0, enablements) }
            if schedule.enablement != nil {
                schedule.activity = tool(systemctl + ["is-active", timer]).flatMap { word(in: $0, activities) }
            }
        }
        let script = "\(root)\(Self.script)"
        schedule.cronDaily =
            access(script, F_OK) != 0 ? .missing : access(script, X_OK) == 0 ? .executable : .notExecutable
        schedule.hasCron = ["cron", "crond", "fcron", "anacron"].contains {
            access("\(root)/usr/sbin/\($0)", X_OK) == 0
        }
        let running = RunningProcess.all(of: nil, in: "\(root)/proc")
        // A timer of systemd or a line of cron starts anacron, which is no daemon.
        schedule.cronRuns =
            running.contains { daemons.contains($0.name) }
            || schedule.hasSystemd && access("\(root)/usr/sbin/anacron", X_OK) == 0
        schedule.crontabs = crontabs(root: root, tool: tool)
        return schedule
    }

    private static func crontabs(root: String, tool: Tool) -> [String] {
        var found: [String] = []
        if let own = tool(["crontab", "-l"]), startsAgent(own) { found.append("the crontab of this user") }
        let others = (try? Directory(path: "\(root)/etc/cron.d").names().sorted().map { "/etc/cron.d/\($0)" }) ?? []
        for path in ["/etc/crontab"] + others where smallFile(root + path).map(startsAgent) == true {
            found.append(path)
        }
        return found
    }

    private static func startsAgent(_ crontab: String) -> Bool {
        crontab.split(separator: "\n").contains { line in
            line.first { $0 != " " && $0 != "\t" } != "#" && line.contains("keybaton-agent")
        }
    }
}

/// The line that is one of these words: others complain of what is missing.
private func word(in text: String, _ words: Set<Substring>) -> String? {
    text.split(separator: "\n").first(where: words.contains).map(String.init)
}
