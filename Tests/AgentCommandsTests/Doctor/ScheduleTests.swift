import Console
import FoundationEssentials
import HostTestSupport
import Testing

@testable import AgentCommands

/// What starts the agent, and what doctor says when nothing does.
struct ScheduleTests {
    let now = Date(timeIntervalSince1970: 1_790_000_000)
    let home = ScratchDirectory()
    let root = RunningUser(userID: 0, home: "/root", environment: [:])
    let alice = RunningUser(userID: 1000, home: "/home/alice", environment: [:])

    private func judge(_ change: (inout Schedule) -> Void, isSystemWide: Bool = true) -> Finding? {
        var schedule = Schedule(isSystemWide: isSystemWide)
        change(&schedule)
        return schedule.findings(now: now).first
    }

    @Test func `An active timer is right, a disabled one is a problem with the command that mends it`() {
        let active = judge {
            $0.hasSystemd = true
            ($0.enablement, $0.activity) = ("enabled", "active")
        }
        #expect(active?.verdict == .ok)
        let disabled = judge {
            $0.hasSystemd = true
            ($0.enablement, $0.activity) = ("disabled", "inactive")
        }
        #expect(disabled?.status == .configuration)
        #expect(disabled?.mend == "systemctl enable --now keybaton-agent.timer")
        let stopped = judge(
            {
                $0.hasSystemd = true
                ($0.enablement, $0.activity) = ("enabled", "inactive")
            }, isSystemWide: false)
        #expect(stopped?.mend == "systemctl --user enable --now keybaton-agent.timer")
    }

    @Test func `Instead of the timer a crontab will do`() {
        let finding = judge {
            $0.hasSystemd = true
            ($0.enablement, $0.activity) = ("disabled", "inactive")
            $0.crontabs = ["/etc/cron.d/mine"]
        }
        #expect(finding?.verdict == .ok)
    }

    @Test func `Without systemd the script of cron must be executable, and a cron must run`() {
        #expect(judge { $0.cronDaily = .notExecutable }?.mend == "chmod 755 /etc/cron.daily/keybaton-agent")
        #expect(judge { $0.cronDaily = .executable }?.mend?.contains("install") == true)
        let idle = judge {
            $0.cronDaily = .executable
            $0.hasCron = true
        }
        #expect(idle?.verdict == .warning)
        let running = judge {
            $0.cronDaily = .executable
            ($0.hasCron, $0.cronRuns) = (true, true)
        }
        #expect(running?.verdict == .ok)
        // It stands aside for systemd.
        let beside = judge {
            $0.cronDaily = .executable
            ($0.hasCron, $0.cronRuns, $0.hasSystemd) = (true, true, true)
        }
        #expect(beside?.verdict == .warning)
    }

    @Test func `Nothing found is a warning, because not everything can be seen`() {
        #expect(judge { _ in }?.verdict == .warning)
        #expect(judge({ _ in }, isSystemWide: false)?.mend?.contains("crontab -e") == true)
    }

    @Test func `A run that is overdue is told`() {
        var schedule = Schedule(isSystemWide: true)
        schedule.lastRun = now.addingTimeInterval(-86_400)
        #expect(schedule.findings(now: now).count == 1)
        schedule.lastRun = now.addingTimeInterval(-9 * 86_400)
        #expect(schedule.findings(now: now).last?.message == "the last run was 9 d ago")
    }

    @Test func `The machine is asked without a shell, and in the user's own realm`() {
        _ = Command.run(["mkdir", "-p", home.path("run/systemd/system"), home.path("etc/cron.d")])
        home.write("etc/cron.d/mine", "# keybaton-agent\n@daily root true\n")
        home.write("etc/crontab", "@daily root /usr/bin/keybaton-agent run\n")
        let schedule = Schedule.current(user: alice, root: home.path) { arguments in
            switch arguments {
            case ["systemctl", "--user", "is-enabled", "keybaton-agent.timer"]: "enabled\n"
            case ["systemctl", "--user", "is-active", "keybaton-agent.timer"]: "Warning: something\ninactive\n"
            default: nil
            }
        }
        #expect(schedule.hasSystemd)
        #expect(schedule.enablement == "enabled" && schedule.activity == "inactive")
        #expect(schedule.crontabs == ["/etc/crontab"])
        #expect(!schedule.hasCron && !schedule.cronRuns)
    }

    @Test func `A timer that is not installed is none, and a user's crontab counts`() {
        _ = Command.run(["mkdir", "-p", home.path("run/systemd/system"), home.path("etc/cron.daily")])
        home.write("etc/cron.daily/keybaton-agent", "#!/bin/sh\n", mode: 0o755)
        let schedule = Schedule.current(user: root, root: home.path) { arguments in
            switch arguments {
            case ["systemctl", "is-enabled", "keybaton-agent.timer"]: "not-found\n"
            case ["crontab", "-l"]: "\t#keybaton-agent\n@daily keybaton-agent run\n"
            default: nil
            }
        }
        #expect(schedule.enablement == nil && schedule.activity == nil)
        #expect(schedule.cronDaily == .executable)
        #expect(schedule.crontabs == ["the crontab of this user"])
    }
}
