"""A host with the package on it, and the rotator outside that it works with."""

import json
import re
import shlex
import stat
import subprocess
import time
from pathlib import Path

from cloud import BUCKET, REGION, USER
from debian import Debian, base
from steps import Failed, check, step

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

# Below what `init` wrote. The hook is for a program that read its key at its start.
FURTHER_TARGETS = """
[[key.target]]
path = "/srv/restic/credentials"
profile = "nas"
hook = {hook}

[[key.target]]
path = "~alice/.aws/credentials"

[[key.target]]
format = "json"
owner = "alice"
"""

# The files that hold the key: the profile in each, and whose it is.
TARGETS = {
    "/root/.aws/credentials": ("default", "root"),
    "/srv/restic/credentials": ("nas", "restic"),
    "/home/alice/.aws/credentials": ("default", "alice"),
}
# Made by the agent, for alice's credential_process.
STORE = f"/home/alice/.aws/keybaton/{USER}.json"
# No target: it has an owner who manages it alone.
FOREIGN = "/home/bob/.aws/credentials"
# Prometheus's own, as its exporter's package makes it.
TEXTFILE = "/var/lib/prometheus/node-exporter/keybaton_agent.prom"
# What the hooks write: which program has started with which credentials, and which files have changed.
CONSUMED = "/var/lib/consumer"
NOTED = "/var/lib/noted"


class Host:
    """On a Debian that has apt, and nothing installed yet.

    What starts the agent is a subclass's: `needs_splay`, `hook` (a target's, as the arguments), `stop_schedule` and
    `start_schedule`, and `schedule_problem`, which is what doctor says in between.
    """

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

    def agent(self, *arguments, expecting=0):
        """What a person sees who runs the agent with the variables of its daily runs."""
        script = 'set -a; . /etc/default/keybaton-agent; exec keybaton-agent "$@"'
        return self.debian.run("sh", "-c", script, "sh", *arguments, expecting=expecting)

    def as_user(self, user, *command, expecting=0):
        return self.debian.run("runuser", "--login", user, "--command", shlex.join(command), expecting=expecting)

    @staticmethod
    def key_id(text, profile):
        return re.search(rf"\[{profile}\]\naws_access_key_id = (\w+)\n", text)[1]

    def held(self):
        """The key id in each file."""
        return {
            path: self.key_id(self.debian.path(path).read_text(), profile) for path, (profile, _) in TARGETS.items()
        }

    def key(self):
        text = self.debian.path("/root/.aws/credentials").read_text()
        values = dict(line.split(" = ", 1) for line in text.splitlines() if " = " in line)
        return {"id": values["aws_access_key_id"], "secret": values["aws_secret_access_key"]}

    def give(self, key):
        for user in ("alice", "bob"):
            self.debian.run("useradd", "--create-home", user)
        for user in ("restic", "prometheus"):
            self.debian.run("useradd", "--system", user)
        for path, (profile, owner) in {**TARGETS, FOREIGN: ("default", "bob")}.items():
            self.debian.write(
                path,
                f"# kept as it is\n[{profile}]\naws_access_key_id = {key['id']}\n"
                f"aws_secret_access_key = {key['secret']}\n\n[other]\nregion = eu-west-1\n",
                mode=0o600,
            )
            self.debian.run("chown", f"{owner}:{owner}", path)
        for user in ("alice", "bob"):
            self.debian.run("chown", f"{user}:{user}", f"/home/{user}/.aws")
        folder = str(Path(TEXTFILE).parent)
        self.debian.path(folder).mkdir(parents=True)
        self.debian.run("chown", "prometheus:prometheus", folder)

    def credentials(self):
        """Whatever may not change when a package is upgraded, removed and purged."""
        return {path: facts for path, facts in self.debian.files().items() if "/.aws" in path or path in TARGETS}

    def configure(self):
        """What a person does: the way to the sandbox, `init`, and what goes beyond its questions."""
        self.debian.write(CA, Path(self.cloud.sandbox["ca_bundle"]).read_text())
        self.debian.write(
            "/etc/default/keybaton-agent", f"AWS_ENDPOINT_URL={self.cloud.sandbox['endpoint']}\nAWS_CA_BUNDLE={CA}\n"
        )
        root = self.debian.path("/root/.aws/credentials")
        self.rotator("init", "--adopt", "--profile", "default", "--credentials-file", root)
        said = self.agent("init", "--region", REGION, "--bucket", BUCKET, "--user", USER, "--host", "nas")
        check(f"Wrote {CONFIGURATION}" in said, "init writes the configuration, and its doctor finds no problem")
        text = self.debian.path(CONFIGURATION).read_text()
        check(
            ('splay = "30m"\n' in text) == self.needs_splay, "… with a splay exactly where nothing else spreads hosts"
        )
        # Nobody waits here; the rest is for people who want more than one file.
        text = text.replace('splay = "30m"', 'splay = "1s"')
        text = text.replace('host = "nas"\n', f'host = "nas"\nadopt_after = "1s"\ntextfile = "{TEXTFILE}"\n')
        self.debian.path(CONFIGURATION).write_text(text + FURTHER_TARGETS.format(hook=json.dumps(self.hook)))
        note = f'#!/bin/sh\nprintf "%s\\n" "$KEYBATON_CHANGED" >> {NOTED}\n'
        self.debian.write("/etc/keybaton-agent/hooks.d/10-note", note, mode=0o755)

    def examined(self):
        step("doctor, before the first run")
        said = self.agent("doctor")
        print("    " + said.splitlines()[-1])
        for path in (*TARGETS, STORE):
            check(f"target {path}" in said, f"it has looked at {path}")
        check(not self.debian.path(STATE).exists(), "nothing has run")
        alices = self.debian.path("/home/alice/.aws/credentials")
        text = alices.read_text()
        alices.write_text("[default\n" + text)
        self.stop_schedule()
        said = self.agent("doctor", expecting=65)
        for line in said.splitlines():
            if line.startswith(("problem", " ")):
                print(f"    {line}")
        check(re.search(r"^problem +target /home/alice/.aws/credentials", said, re.MULTILINE), "it finds a broken file")
        check(self.schedule_problem in said, "it finds that nothing starts the agent, and how to mend it")
        alices.write_text(text)
        self.start_schedule()
        self.agent("doctor")

    def check_rotated(self, new, before):
        """Everything that a rotation has to change, and nothing else."""
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
        answer = json.loads(self.as_user("alice", "keybaton-agent", "credentials", "--user", USER))
        check(answer["AccessKeyId"] == new and "Expiration" in answer, "alice's credential_process has it, too")
        self.as_user("bob", "keybaton-agent", "credentials", "--file", STORE, expecting=77)
        alice = after["/home/alice"][1:3]
        check((stat.S_IMODE(after[STORE][0]), after[STORE][1:3]) == (0o600, alice), "… from a file that is hers alone")
        check(self.key_id(self.debian.path(CONSUMED).read_text(), "nas") == new, "the target's hook has run after that")
        noted = set(self.debian.path(NOTED).read_text().splitlines())
        check(noted == {*TARGETS, STORE}, "the hook directory was told of every file that changed")
        metrics = self.debian.path(TEXTFILE).read_text()
        check(
            "\nkeybaton_agent_last_run_exit_code 0\n" in metrics and after[TEXTFILE][1] == 0,
            "the metrics are there, in a folder of Prometheus's",
        )

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
