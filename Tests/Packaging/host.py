"""A host with the package on it, and the rotator outside that it works with."""

import json
import re
import subprocess
import time
from pathlib import Path

from cloud import BUCKET, REGION, USER
from debian import Debian, base
from steps import Failed

ROOT = Path(__file__).resolve().parents[2]
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


class Host:
    """On a Debian that has apt, and nothing installed yet."""

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
        self.debian.path("/tmp/agent.deb").write_bytes(package.read_bytes())
        self.apt("update")

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

    def configure(self):
        """What a person does: the configuration, and the way to the sandbox."""
        self.debian.write(CA, Path(self.cloud.sandbox["ca_bundle"]).read_text())
        self.debian.write(
            "/etc/default/keybaton-agent", f"AWS_ENDPOINT_URL={self.cloud.sandbox['endpoint']}\nAWS_CA_BUNDLE={CA}\n"
        )
        targets = (f'\n[[key.target]]\npath = "{path}"\nprofile = "{name}"\n' for path, name in TARGETS.items())
        self.debian.write(CONFIGURATION, AGENT_CONFIGURATION + "".join(targets), mode=0o600)
        root = self.debian.path("/root/.aws/credentials")
        self.rotator("init", "--adopt", "--profile", "default", "--credentials-file", root)

    def is_current(self):
        """Whether the rotator has seen it holding NEW."""
        self.rotator("run")
        return [(host["host"], host["state"]) for host in self.rotator_status()["hosts"]] == [("nas", "current")]

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
