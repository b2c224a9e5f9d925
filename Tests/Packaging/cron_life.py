"""The package's life where cron is what starts it."""

import re
import time
from pathlib import Path

from host import CA, CONFIGURATION, CRON, FOREIGN, PACKAGE, ROOT, STATE, TARGETS, TIMER_LINK, Host
from steps import check, step

# What apt, and packages that came along and stay, write beside their own files.
NOT_OURS = re.compile(
    r"""
      /etc/(\.pwd\.lock|(passwd|group|g?shadow|sub[ug]id)-?|ld\.so\.cache|ca-certificates\.conf|ssl/certs/.*)
    | /(run/adduser|tmp/.*|usr/local/share/ca-certificates|usr/lib/ssl/cert\.pem)
    | /var/(backups|cache/(apt|debconf|ldconfig)|lib/(apt|dpkg|systemd)|log)/.*
    """,
    re.VERBOSE,
)


class CronLife(Host):
    def live(self):
        # On Debian 13 it brings half of systemd along, which nothing starts here.
        self.apt("install", "cron")
        self.before = self.debian.files()
        self.installed()
        self.configured()
        self.rotated()
        self.upgraded()
        self.removed()
        self.purged()

    def daily(self):
        """What the daily jobs print."""
        return self.debian.run("run-parts", "--report", "/etc/cron.daily")

    def installed(self):
        step("apt install, with nothing configured")
        self.debian.write("/tmp/smoke", (ROOT / "packaging/deb/tests/smoke").read_text(), mode=0o755)
        self.apt("install", "/tmp/agent.deb")
        print("    " + self.debian.run("keybaton-agent", "--version").strip())
        self.debian.run("/tmp/smoke")
        check(self.daily() == "", "the daily job says nothing and does not fail")
        check(not self.debian.path(STATE).exists(), "nothing has run")
        check(self.debian.path(TIMER_LINK).is_symlink(), "the timer is enabled, for the day that systemd is init")

    def configured(self):
        step("configured; the rotator adopts the key, the daily job checks in")
        self.old = self.cloud.first_key
        self.give(self.old)
        self.configure()
        check(self.daily() == "", "the daily job says nothing: all is well")
        check(self.is_current(), "the rotator has seen the host")

    def rotated(self):
        step("a rotation")
        self.rotator("rotate")
        new = self.rotator_status()["new"]["id"]
        time.sleep(1)  # adopt_after
        before = self.debian.files()
        check(self.daily() == "", "the daily job says nothing: all is well")
        check(set(self.held().values()) == {new}, f"every target holds {new}")
        after = self.debian.files()
        check(after[FOREIGN] == before[FOREIGN], "a file that is no target is as it was")
        for path in TARGETS:
            was, now = before[path], after[path]
            check(was[:3] == now[:3], f"{path} has the mode and the owner that it had")
            text = self.debian.path(path).read_text()
            check(
                text.startswith("# kept") and text.endswith("\n[other]\nregion = eu-west-1\n"), "… and its other lines"
            )
        self.until("observing")
        check(not self.cloud.accepts(self.old), "OLD is deactivated")
        time.sleep(4)  # grace
        check(self.daily() == "", "the next daily job works without OLD")
        self.until("steady")
        check(self.cloud.keys() == {new: "Active"}, "OLD is deleted")

    def upgraded(self):
        step("upgraded, after the administrator edited the configuration and the cron script")
        for path in (CONFIGURATION, CRON):
            with open(self.debian.path(path), "a") as file:
                file.write("# edited here\n")
        before = self.debian.files()
        credentials, state = self.credentials(), before[f"{STATE}/state.json"]
        self.upgrade()
        after = self.debian.files()
        check(after[CONFIGURATION] == before[CONFIGURATION], "the configuration is as it was")
        check(after[CRON] == before[CRON], "the cron script is the edited one")
        check(f"{CRON}.dpkg-dist" in after, "the new one lies beside it")
        check(after[f"{STATE}/state.json"] == state, "the state is as it was")
        check(self.credentials() == credentials, "the credentials are as they were")
        self.debian.run("keybaton-agent", "run", "--help")
        check(self.daily() == "", "the daily job goes on, and skips what lies beside it")

    def removed(self):
        step("removed")
        before, credentials = self.debian.files(), self.credentials()
        self.apt("remove", PACKAGE)
        after = self.debian.files()
        check("/usr/bin/keybaton-agent" not in after, "the program is gone")
        kept = [path for path in before if path.startswith(("/etc/keybaton-agent", STATE)) or path == CRON]
        check(
            len(kept) >= 5 and all(after.get(path) == before[path] for path in kept), "configuration and state are not"
        )
        check(self.credentials() == credentials, "the credentials are as they were")
        check(self.daily() == "", "what is left of the daily job says nothing and does not fail")

    def purged(self):
        step("purged")
        credentials = self.credentials()
        self.apt("purge", PACKAGE)
        after = self.debian.files()
        check(
            not any(path.startswith(("/etc/keybaton-agent", STATE)) for path in after),
            "configuration and state are gone",
        )
        check(self.credentials() == credentials, "the credentials are as they were")
        check(self.cloud.accepts(self.key()), "AWS accepts the key in them")
        # What is the administrator's, not the package's.
        for path in ("/etc/default/keybaton-agent", CA):
            self.debian.path(path).unlink()
        self.debian.run("userdel", "--remove", "alice")
        targets = {str(each) for path in TARGETS for each in (Path(path), Path(path).parent)}
        new = self.debian.files().keys() - self.before.keys() - self.debian.owned() - targets
        left = sorted(path for path in new if "keybaton" in path or not NOT_OURS.fullmatch(path))
        check(left == [], f"nothing is left behind{': ' if left else ''}{', '.join(left[:20])}")
