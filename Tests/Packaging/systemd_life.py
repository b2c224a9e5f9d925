"""The package's life where systemd is init, and starts the agent in its sandbox."""

import resource
import time

from host import CONFIGURATION, PACKAGE, TARGETS, Host
from steps import check, step

SERVICE = f"{PACKAGE}.service"
TIMER = f"{PACKAGE}.timer"


def is_limited():
    """Whether root is not root here: without CAP_SYS_RESOURCE the unit's LimitNICE= has no effect."""
    try:
        resource.setrlimit(resource.RLIMIT_NICE, (24, 24))
    except (ValueError, PermissionError):
        return True
    return False


IS_LIMITED = is_limited()


class SystemdLife(Host):
    def live(self):
        if IS_LIMITED:
            print("SKIPPED LimitNICE: root may raise no limits here, so one line of the journal is not looked at")
        self.installed()
        self.configured()
        self.rotated()
        self.failing()
        self.switched_off()

    def start(self):
        """Boots and starts the service: what systemd says of it, and what the agent wrote into the journal."""
        output = self.debian.boot(
            f"systemctl start {SERVICE} 2> /dev/null; echo Exit=$?\n"
            f"systemctl show --property=ConditionResult,ExecMainStatus,SubState {SERVICE}; echo\n"
            f"journalctl --sync; journalctl --boot --output=cat --no-pager --quiet _SYSTEMD_UNIT={SERVICE}"
        )
        facts, _, messages = output.partition("\n\n")
        messages = [line for line in messages.splitlines() if not (IS_LIMITED and "thread priority" in line)]
        for line in messages:
            print(f"    {line}")
        return dict(line.split("=", 1) for line in facts.splitlines()), messages

    def installed(self):
        step("apt install where systemd is init, with nothing configured")
        self.apt("install", "systemd-sysv", "/tmp/agent.deb")
        output = self.debian.boot(
            "systemctl is-system-running --wait > /dev/null\n"
            f"systemctl is-enabled {TIMER}; systemctl is-active {TIMER}; systemctl is-active {SERVICE}\n"
            f"systemctl list-units --failed --plain --no-legend '{PACKAGE}*'"
        )
        check(output == "enabled\nactive\ninactive\n", f"the timer waits, and nothing has failed: {output.split()}")
        facts, messages = self.start()
        check((facts["Exit"], facts["ConditionResult"], messages) == ("0", "no", []), "the service is skipped")

    def configured(self):
        step("configured; the rotator adopts the key, the service checks in")
        self.give(self.cloud.first_key)
        self.configure()
        facts, messages = self.start()
        check(facts["Exit"] == "0" and len(messages) == 1, "the service says one line, and ends well")
        check(self.is_current(), "the rotator has seen the host")

    def rotated(self):
        step("a rotation")
        old = self.cloud.first_key["id"]
        self.rotator("rotate")
        new = self.rotator_status()["new"]["id"]
        time.sleep(1)  # adopt_after
        output = self.debian.boot("/etc/cron.daily/keybaton-agent; echo $?")
        check((output, set(self.held().values())) == ("0\n", {old}), "the cron script leaves it to systemd")
        before = self.debian.files()
        facts, messages = self.start()
        check(facts["Exit"] == "0" and len(messages) == 1, "the service says one line, and ends well")
        check(set(self.held().values()) == {new}, f"every target holds {new}")
        after = self.debian.files()
        check(all(after[path][:3] == before[path][:3] for path in TARGETS), "… with the mode and the owner that it had")
        check(self.is_current(), "the rotator has seen the host")

    def failing(self):
        step("what fails")
        self.debian.write("/etc/default/keybaton-agent", "AWS_ENDPOINT_URL=http://127.0.0.1:9\n")
        facts, _ = self.start()
        check((facts["ExecMainStatus"], facts["SubState"]) == ("69", "auto-restart"), "no network: tried again later")
        with open(self.debian.path(CONFIGURATION), "a") as file:
            file.write("colour = 1\n")
        facts, _ = self.start()
        check((facts["ExecMainStatus"], facts["SubState"]) == ("78", "failed"), "a wrong setting: failed, to be seen")

    def switched_off(self):
        step("upgraded, after the administrator disabled the timer")
        self.debian.boot(f"systemctl disable {TIMER}")
        self.upgrade()
        output = self.debian.boot(f"systemctl is-enabled {TIMER}; systemctl is-active {TIMER}")
        check(output == "disabled\ninactive\n", "it stays disabled")
