import Glibc
import HostSystem

extension Schedule {
    /// Runs a program and returns its standard output; nil when it could not be run.
    typealias Tool = @Sendable (_ arguments: [String]) async -> String?

    private static let daemons: Set<String> = ["cron", "crond", "fcron", "anacron", "dcron", "busybox-crond"]

    /// What this machine has.
    ///
    /// - Parameter root: where the file system of the host begins.
    static func current(user: RunningUser, root: String = "", tool: Tool) async -> Schedule {
        var schedule = Schedule(isSystemWide: user.userID == 0)
        schedule.hasSystemd = access("\(root)/run/systemd/system", F_OK) == 0
        if schedule.hasSystemd {
            let systemctl = ["systemctl"] + (schedule.isSystemWide ? [] : ["--user"])
            let enablement = await tool(systemctl + ["is-enabled", timer]).flatMap(firstWord)
            schedule.enablement = enablement == "not-found" ? nil : enablement
            if schedule.enablement != nil {
                schedule.activity = await tool(systemctl + ["is-active", timer]).flatMap(firstWord)
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
        schedule.crontabs = await crontabs(root: root, tool: tool)
        return schedule
    }

    private static func crontabs(root: String, tool: Tool) async -> [String] {
        var found: [String] = []
        if let own = await tool(["crontab", "-l"]), startsAgent(own) { found.append("the crontab of this user") }
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

private func firstWord(_ text: String) -> String? {
    text.split(whereSeparator: \.isWhitespace).first.map(String.init)
}
