"""The package's life where systemd is init, and starts the agent in its sandbox."""

import shlex
import time

from host import CONFIGURATION, CONSUMED, PACKAGE, Host
from steps import Failed, check, step

SERVICE = f"{PACKAGE}.service"
TIMER = f"{PACKAGE}.timer"
DROP_IN = f"/etc/systemd/system/{SERVICE}.d/less.conf"

# Which files show that the unit's capabilities are needed: alice's in her home, which a process edits that becomes her,
# and restic's in a folder of root's, which stands for the folder of the metrics, too. CAP_KILL is for a process that
# hangs, which takes a minute to see.
ALICES, RESTICS = "/home/alice/.aws/credentials", "/srv/restic/credentials"
NEEDED = (
    {"CAP_SETUID": ALICES, "CAP_CHOWN": RESTICS},
    {"CAP_SETGID": ALICES, "CAP_FOWNER": RESTICS},
    {"CAP_DAC_OVERRIDE": RESTICS},
)

# Stands for a program that reads its key once, at its start.
CONSUMER = f"""\
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/cp /srv/restic/credentials {CONSUMED}
"""


class SystemdLife(Host):
    needs_splay = False
    hook = ("/usr/bin/systemctl", "restart", "consumer.service")
    schedule_problem = f"{TIMER} is disabled and inactive\n         → systemctl enable --now {TIMER}\n"

    def live(self):
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
        messages = messages.splitlines()
        for line in messages:
            print(f"    {line}")
        return dict(line.split("=", 1) for line in facts.splitlines()), messages

    def agent(self, *arguments, expecting=0):
        output = self.debian.boot(
            f"set -a; . /etc/default/keybaton-agent; keybaton-agent {shlex.join(arguments)}; echo Exit=$?"
        )
        said, _, status = output.rpartition("Exit=")
        if int(status) != expecting:
            raise Failed(f"keybaton-agent {shlex.join(arguments)} exited with {status.strip()}:\n{said}")
        return said

    def stop_schedule(self):
        self.debian.boot(f"systemctl disable --now {TIMER}")

    def start_schedule(self):
        self.debian.boot(f"systemctl enable --now {TIMER}")

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
        step("the rotator adopts the key; configured by init")
        self.give(self.cloud.first_key)
        self.configure()
        self.examined()
        step("the service's first run")
        facts, messages = self.start()
        check(facts["Exit"] == "0" and len(messages) == 2, "one line of the key and one of the hook, and it ends well")
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
        self.limited(old)
        step("the unit that the hook restarts is missing")
        facts, _ = self.start()
        check(
            (facts["ExecMainStatus"], facts["SubState"]) == ("15", "auto-restart"), "a hook failed: tried again later"
        )
        check(not self.is_current(), "the host does not acknowledge NEW, so that OLD lives")
        self.debian.write("/etc/systemd/system/consumer.service", CONSUMER)
        facts, messages = self.start()
        check(facts["Exit"] == "0" and len(messages) == 2, "one line of the key and one of the hook, and it ends well")
        self.check_rotated(new, before)
        check(self.is_current(), "the rotator has seen the host")
        facts, messages = self.start()
        check(facts["Exit"] == "0" and len(messages) == 1, "the next run has nothing to do, and says one line")

    def limited(self, old):
        step("the service may do less than it needs")
        for missing in NEEDED:
            self.debian.write(DROP_IN, f"[Service]\nCapabilityBoundingSet=~{' '.join(missing)}\n")
            facts, _ = self.start()
            check(facts["Exit"] != "0", "it fails")
            for capability, path in missing.items():
                check(self.held()[path] == old, f"without {capability} {path} stays as it was")
        check(not self.is_current(), "the host does not acknowledge NEW")
        self.debian.path(DROP_IN).unlink()

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
