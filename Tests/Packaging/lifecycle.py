"""The package's life on a fresh Debian 12 and a fresh Debian 13: installed, used, upgraded, removed, purged.

    lifecycle.py DEB_FOLDER BINARIES SANDBOX_SERVE [SUITE...]

The system's daily cron job runs the packaged agent against the sandbox's AWS, while the rotator rotates from outside.
The first step that does not hold ends it with an error. Needs root, debootstrap, piuparts and Debian's packages.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from cloud import BUCKET, REGION, USER, Cloud
from debian import Debian, Failed, base, mirror

ROOT = Path(__file__).resolve().parents[2]
SUITES = ("bookworm", "trixie")
PACKAGE = "keybaton-agent"
CONFIGURATION = "/etc/keybaton-agent/agent.toml"
STATE = "/var/lib/keybaton-agent"
CRON = "/etc/cron.daily/keybaton-agent"
TIMER_LINK = "/etc/systemd/system/timers.target.wants/keybaton-agent.timer"
CA = "/usr/local/share/sandbox-ca.pem"

ROTATOR_CONFIGURATION = f"""\
region = "{REGION}"
bucket = "{BUCKET}"

[policy]
quiet_period = "2s"
grace        = "3s"

[[user]]
name  = "{USER}"
hosts = ["nas"]
"""

AGENT_CONFIGURATION = f"""\
region = "{REGION}"
bucket = "{BUCKET}"
host = "nas"
adopt_after = "1s"

[[key]]
user = "{USER}"

"""

# The files that hold the key, and the profile in each.
TARGETS = {"/root/.aws/credentials": "default", "/srv/backup/credentials": "nas"}
# No target: it has an owner who manages it alone.
FOREIGN = "/home/alice/.aws/credentials"

# What apt, and packages that came along and stay, write beside their own files.
NOT_OURS = re.compile(
    r"""
      /etc/(\.pwd\.lock|(passwd|group|g?shadow|sub[ug]id)-?|ld\.so\.cache|ca-certificates\.conf|ssl/certs/.*)
    | /etc/(rc\d\.d/S\d\dcron|systemd/system/multi-user\.target\.wants/cron\.service)
    | /(run/adduser|tmp/.*|usr/local/share/ca-certificates|usr/lib/ssl/cert\.pem)
    | /var/(backups|cache/(apt|debconf|ldconfig)|lib/(apt|dpkg|systemd)|log)/.*
    """,
    re.VERBOSE,
)


class Life:
    def __init__(self, suite, package, binaries, cloud, folder, cache):
        self.package = package
        self.cloud = cloud
        self.folder = folder
        self.keybaton = binaries / "keybaton"
        self.rotator_configuration = folder / "rotator.toml"
        self.rotator_configuration.write_text(ROTATOR_CONFIGURATION)
        self.rotator_environment = {
            **cloud.environment,
            "AWS_SHARED_CREDENTIALS_FILE": str(cloud.rotator_credentials(folder)),
        }
        self.debian = Debian(base(suite, cache), folder / "root")

    # What happens outside

    def rotator(self, *arguments):
        done = subprocess.run(
            [self.keybaton, *arguments, "--config", self.rotator_configuration],
            env=self.rotator_environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        if done.returncode != 0:
            raise Failed(f"keybaton {' '.join(map(str, arguments))} exited with {done.returncode}:\n{done.stderr}")
        return done.stdout

    def rotator_status(self):
        return json.loads(self.rotator("status", "--json"))["users"][0]

    def until(self, phase):
        for _ in range(20):
            self.rotator("run")
            if self.rotator_status()["phase"] == phase:
                return
            time.sleep(1)
        raise Failed(f"the rotation did not come to {phase}: {self.rotator('status')}")

    # What happens inside

    def apt(self, *arguments):
        # Unattended, as unattended-upgrades does it; and nobody minds if this system does not survive a power failure.
        dpkg = (f"--option=Dpkg::Options::=--force-{force}" for force in ("confold", "unsafe-io"))
        return self.debian.run("apt-get", "--yes", "--quiet=2", "--no-install-recommends", *dpkg, *arguments)

    def daily(self):
        """As cron does it every day."""
        return self.debian.run("run-parts", "--report", "/etc/cron.daily")

    def held(self):
        """The key id in each file."""
        return {
            path: re.search(rf"\[{profile}\]\naws_access_key_id = (\w+)\n", self.debian.path(path).read_text())[1]
            for path, profile in TARGETS.items()
        }

    def key(self):
        text = self.debian.path("/root/.aws/credentials").read_text()
        values = dict(line.split(" = ", 1) for line in text.splitlines() if " = " in line)
        return {"id": values["aws_access_key_id"], "secret": values["aws_secret_access_key"]}

    def give(self, key):
        self.debian.run("useradd", "--create-home", "alice")
        for path, profile in {**TARGETS, FOREIGN: "default"}.items():
            self.debian.write(
                path,
                f"# kept as it is\n[{profile}]\naws_access_key_id = {key['id']}\n"
                f"aws_secret_access_key = {key['secret']}\n\n[other]\nregion = eu-west-1\n",
                mode=0o600,
            )
        self.debian.run("chown", "-R", "alice:alice", "/home/alice")

    def credentials(self):
        """Whatever may not change when a package is upgraded, removed and purged."""
        return {path: facts for path, facts in self.debian.files().items() if "/.aws" in path or path in TARGETS}

    def upgrade(self):
        """The same program as a later version, with another cron script, so that dpkg has something to decide."""
        tree = self.folder / "upgrade"
        subprocess.run(["dpkg-deb", "--raw-extract", self.package, tree], check=True)
        control = tree / "DEBIAN/control"
        control.write_text(re.sub(r"^Version: (.*)$", r"Version: \1+upgrade", control.read_text(), flags=re.MULTILINE))
        with open(tree / CRON.lstrip("/"), "a") as script:
            script.write("# A later version of this script.\n")
        later = self.debian.path("/tmp/upgrade.deb")
        subprocess.run(["dpkg-deb", "--build", tree, later], check=True, stdout=subprocess.DEVNULL)
        self.apt("install", "/tmp/upgrade.deb")

    # The life

    def live(self):
        self.before = self.debian.files()
        self.installed()
        self.configured()
        self.rotated()
        self.upgraded()
        self.removed()
        self.purged()

    def installed(self):
        step("apt install, with nothing configured")
        self.debian.path("/tmp/agent.deb").write_bytes(self.package.read_bytes())
        self.debian.write("/tmp/smoke", (ROOT / "packaging/deb/tests/smoke").read_text(), mode=0o755)
        self.apt("update")
        self.apt("install", "cron", "/tmp/agent.deb")
        print("    " + self.debian.run("keybaton-agent", "--version").strip())
        self.debian.run("/tmp/smoke")
        check(self.daily() == "", "the daily job says nothing and does not fail")
        check(not self.debian.path(STATE).exists(), "nothing has run")
        check(self.debian.path(TIMER_LINK).is_symlink(), "the timer is enabled, for the day that systemd is init")

    def configured(self):
        step("configured; the rotator adopts the key, the daily job checks in")
        self.old = self.cloud.first_key
        self.give(self.old)
        self.debian.write(CA, Path(self.cloud.sandbox["ca_bundle"]).read_text())
        self.debian.write(
            "/etc/default/keybaton-agent", f"AWS_ENDPOINT_URL={self.cloud.sandbox['endpoint']}\nAWS_CA_BUNDLE={CA}\n"
        )
        targets = (f'\n[[key.target]]\npath = "{path}"\nprofile = "{name}"\n' for path, name in TARGETS.items())
        self.debian.write(CONFIGURATION, AGENT_CONFIGURATION + "".join(targets), mode=0o600)
        root = self.debian.path("/root/.aws/credentials")
        self.rotator("init", "--adopt", "--profile", "default", "--credentials-file", root)
        check(self.daily() == "", "the daily job says nothing: all is well")
        self.rotator("run")
        hosts = [(host["host"], host["state"]) for host in self.rotator_status()["hosts"]]
        check(hosts == [("nas", "current")], "the rotator has seen the host")

    def rotated(self):
        step("a rotation")
        self.rotator("rotate")
        new = self.rotator_status()["new"]["id"]
        time.sleep(1)  # adopt_after
        before = self.debian.files()
        self.as_the_service("run", "--splay", "0s")
        check(set(self.held().values()) == {new}, f"every target holds {new}, installed in the unit's confines")
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

    def as_the_service(self, *arguments):
        """With what the unit leaves of root's capabilities, and with its variables."""
        service = (ROOT / "packaging/systemd/keybaton-agent.service").read_text()
        kept = re.search(r"^CapabilityBoundingSet=(.*)$", service, re.MULTILINE)[1].lower().split()
        confined = ",".join(["-all", *(name.replace("cap_", "+") for name in kept)])
        program = "set -a; . /etc/default/keybaton-agent; exec setpriv --no-new-privs --bounding-set=" + confined
        return self.debian.run("sh", "-c", f'{program} keybaton-agent "$@"', "sh", *arguments)

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
        check(left == [], f"nothing is left behind {left[:20] or ''}")


def step(text):
    print(f"\n\N{BULLET} {text}", flush=True)


def check(holds, what):
    print(f"    {'ok' if holds else 'FAILED'}: {what}", flush=True)
    if not holds:
        raise Failed(what)


def piuparts(suite, package, cache):
    step("piuparts: installed, removed and purged by a stranger, who compares every file")
    log = cache / f"piuparts-{suite}.log"
    done = subprocess.run(
        [
            *("piuparts", "--distribution", suite, "--mirror", f"{mirror()} main", "--no-eatmydata"),
            *("--basetgz", base(suite, cache), "--log-file", log, package),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=1800,
    )
    check(done.returncode == 0, f"{log.read_text().splitlines()[-1]} ({log})")


def skip(reason):
    print(f"SKIPPED deb-test: {reason}")
    return 1 if os.environ.get("KEYBATON_REQUIRE_ALL") else 0


def main(deb_folder, binaries, serve, *suites):
    if os.getuid() != 0:
        return skip("it makes systems to change root into, and that takes root")
    version = (ROOT / "packaging/deb/changelog").read_text().split("(")[1].split(")")[0]
    [package] = Path(deb_folder).resolve().glob(f"{PACKAGE}_{version}_*.deb")
    cache = ROOT / ".build/deb-test"
    cache.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    for suite in suites or SUITES:
        print(f"\n== {package.name} on Debian {suite}")
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="keybaton-deb-", dir=cache)))
            try:
                cloud = stack.enter_context(Cloud.started(serve, folder))
                Life(suite, package, Path(binaries).resolve(), cloud, folder, cache).live()
                piuparts(suite, package, cache)
            except Failed as error:
                print(f"\nFAILED on {suite}: {error}", file=sys.stderr)
                return 1
    print(f"\nThe package came, worked and went. ({time.monotonic() - begun:.0f} s)")
    return 0


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(*sys.argv[1:]))
