"""The relay, shown with the real programs: three hosts, one of them asleep, on the sandbox's AWS.

    relay.py BINARIES SANDBOX_SERVE

Nothing is faked: the programs speak to the sandbox as to AWS, with least-privilege policies and an old key that really
dies. Every step is checked; the first one that does not hold ends the demo with an error.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cloud import BUCKET, PARAMETER, REGION, USER, Cloud

ROTATOR_CONFIGURATION = f"""\
region = "{REGION}"
bucket = "{BUCKET}"

[policy]                    # weeks in real life
quiet_period = "2s"
grace        = "4s"

[[user]]
name  = "{USER}"
hosts = ["nas", "pi", "laptop"]
"""

AGENT_CONFIGURATION = f"""\
region = "{REGION}"
bucket = "{BUCKET}"
host   = "%(name)s"
adopt_after = "1s"

[[key]]
user      = "{USER}"
parameter = "{PARAMETER}"

[[key.target]]
path = "%(path)s"
"""


class DemoError(Exception):
    pass


class Host:
    def __init__(self, name, folder, binary, environment):
        self.name = name
        self.binary = binary
        self.home = folder / name
        self.credentials = self.home / ".aws" / "credentials"
        self.environment = {**environment, "HOME": str(self.home)}
        self.credentials.parent.mkdir(parents=True, mode=0o700)
        self.configuration = self.home / "agent.toml"
        self.configuration.write_text(AGENT_CONFIGURATION % {"name": name, "path": self.credentials})

    def give(self, key):
        self.credentials.write_text(
            f"# kept as it is\n[default]\naws_access_key_id = {key['id']}\n"
            f"aws_secret_access_key = {key['secret']}\n\n[other]\nregion = eu-west-1\n"
        )
        self.credentials.chmod(0o600)

    def held_key(self):
        values = dict(line.split(" = ", 1) for line in self.credentials.read_text().splitlines() if " = " in line)
        return {"id": values["aws_access_key_id"], "secret": values["aws_secret_access_key"]}


class Dashboard:
    def __init__(self, binary, cloud, folder):
        self.binary = binary
        self.folder = folder / "site"
        self.configuration = folder / "dashboard.toml"
        self.configuration.write_text(f'region = "{REGION}"\nbucket = "{BUCKET}"\nrefresh = "5s"\n')
        self.environment = {
            **cloud.environment,
            "AWS_SHARED_CREDENTIALS_FILE": str(cloud.dashboard_credentials(folder)),
        }

    def export(self):
        """The exported files' texts by their paths."""
        command = [self.binary, "export", str(self.folder), "--config", str(self.configuration)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise DemoError(f"keybaton-dashboard export: {done.stderr}")
        return {str(path.relative_to(self.folder)): path.read_text() for path in self.folder.rglob("*.*")}

    def serve_until_enter(self):
        for port in (8080, 0):
            command = [self.binary, "serve", "--config", str(self.configuration), "--listen", f"127.0.0.1:{port}"]
            process = subprocess.Popen(command, env=self.environment, stderr=subprocess.PIPE, text=True)
            line = process.stderr.readline()
            if "listening on" in line:
                break
            process.wait(timeout=10)
        else:
            raise DemoError(f"keybaton-dashboard serve: {line}")
        print(f"    Look at {line.split()[-1]}")
        try:
            input("    Enter ends the demo. ")
        except (EOFError, KeyboardInterrupt):
            print()
        finally:
            process.terminate()
            process.wait(timeout=20)


class Demo:
    def __init__(self, binaries, cloud, folder):
        self.cloud = cloud
        self.keybaton = str(binaries / "keybaton")
        self.configuration = folder / "rotator.toml"
        self.configuration.write_text(ROTATOR_CONFIGURATION)
        self.rotator_environment = {
            **cloud.environment,
            "AWS_SHARED_CREDENTIALS_FILE": str(cloud.rotator_credentials(folder)),
        }
        self.dashboard = Dashboard(str(binaries / "keybaton-dashboard"), cloud, folder)
        agent = str(binaries / "keybaton-agent")
        self.hosts = [Host(name, folder, agent, cloud.environment) for name in ("nas", "pi", "laptop")]
        self.transcript = ""

    # Steps

    def rotator(self, *arguments, expecting=0):
        return self._run(
            "keybaton",
            [self.keybaton, *arguments, "--config", str(self.configuration)],
            self.rotator_environment,
            expecting,
        )

    def agent(self, host, expecting=0):
        return self._run(
            f"{host.name}$ keybaton-agent",
            [host.binary, "run", "--config", str(host.configuration)],
            host.environment,
            expecting,
        )

    def _run(self, shown, command, environment, expecting):
        arguments = [word for word in command[1:] if not word.startswith("/") and word != "--config"]
        print(f"\n  \N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT} {shown} {' '.join(arguments)}", flush=True)
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        for line in done.stdout.splitlines():
            print(f"    {line}")
        self.transcript += done.stdout
        if done.returncode != expecting:
            raise DemoError(f"{shown} {' '.join(arguments)} exited with {done.returncode}, not {expecting}")
        return done.stdout

    def check(self, holds, what):
        print(f"    {'ok' if holds else 'FAILED'}: {what}", flush=True)
        if not holds:
            raise DemoError(what)

    def status(self):
        self.rotator("status")
        return json.loads(self._quiet("status", "--json"))["users"][0]

    def _quiet(self, *arguments):
        done = subprocess.run(
            [self.keybaton, *arguments, "--config", str(self.configuration)],
            env=self.rotator_environment,
            capture_output=True,
            text=True,
            check=True,
        )
        self.transcript += done.stdout + done.stderr
        return done.stdout

    def show(self):
        step("The same, as a page")
        if sys.stdout.isatty() and sys.stdin.isatty():
            self.dashboard.serve_until_enter()
            return
        files = self.dashboard.export()
        report = json.loads(files["status.json"])
        self.check(
            report["summary"]["fresh"] and report["users"][0]["phase"] == "steady",
            f"the dashboard's {len(files)} exported files show one user, steady",
        )
        overview, page = files["index.html"], files[f"users/{USER}.html"]
        self.check(f"users/{USER}.html" in overview, "the overview leads to the user's page")
        self.check(all(host.name in page for host in self.hosts), "the user's page shows all three hosts")
        held = self.hosts[0].held_key()
        self.check(
            held["id"] in page and not any(held["secret"] in text for text in files.values()),
            "it names the key that they hold, and no secret",
        )

    # The relay

    def play(self):
        nas, pi, laptop = self.hosts
        step("A user whose hosts share one key, least-privilege policies, a bucket; Keybaton adopts the key")
        old = self.cloud.first_key
        for host in self.hosts:
            host.give(old)
        self.rotator("init", "--adopt", "--profile", "default", "--credentials-file", str(nas.credentials))
        for host in self.hosts:
            self.agent(host)
        self.rotator("run")
        self.check(self.status()["phase"] == "steady", "steady: all three hosts hold the only key")

        step("Rotate: a second key is made and published; the old one goes on working")
        self.rotator("rotate")
        new_id = self.status()["new"]["id"]
        self.check(new_id != old["id"], f"NEW is {new_id}, OLD is {old['id']}")

        step("nas and pi pick NEW up and check in; the laptop sleeps")
        self.agent(nas)
        self.agent(pi)
        self.check(
            {nas.held_key()["id"], pi.held_key()["id"]} == {new_id} and laptop.held_key() == old,
            "two files hold NEW, the laptop's still OLD",
        )
        self.rotator("run")
        self.rotator("plan")
        self.rotator("wait", "--timeout", "2s", "--interval", "1s", expecting=11)
        user = self.status()
        self.check(
            user["phase"] == "distributing" and self.cloud.key_status(old["id"]) == "Active",
            "OLD survives, because the laptop has not proved that it holds NEW",
        )

        step("The laptop wakes up, with a key that still works")
        self.agent(laptop)
        self.check(laptop.held_key() == nas.held_key(), "all three files hold the same NEW")
        self.rotator("wait", "--timeout", "10s", "--interval", "1s")

        step("OLD has been quiet: it is deactivated, and observed")
        self.until_phase("observing")
        self.check(self.cloud.key_status(old["id"]) == "Inactive", "OLD is deactivated, and can be brought back")
        self.check(not self.cloud.accepts(old), "AWS refuses OLD")
        time.sleep(5)
        self.rotator("run")
        self.check(
            self.cloud.key_status(old["id"]) == "Inactive",
            "the grace period is over, but nobody was seen working without OLD since: it is kept",
        )

        step("Every host's next daily run shows that it works without OLD: OLD is deleted")
        for host in self.hosts:
            self.agent(host)
        self.until_phase("steady")
        self.verify(old, new_id)
        self.show()

    def until_phase(self, phase):
        for _ in range(20):
            self.rotator("run")
            user = json.loads(self._quiet("status", "--json"))["users"][0]
            if user["phase"] == phase:
                self.rotator("status")
                return
            time.sleep(1)
        raise DemoError(f"the rotation did not come to {phase}")

    def verify(self, old, new_id):
        step("What is left")
        self.check(self.cloud.keys() == {new_id: "Active"}, "IAM has NEW and nothing else")
        for host in self.hosts:
            key = host.held_key()
            self.check(key["id"] == new_id and self.cloud.accepts(key), f"{host.name} holds NEW, and AWS accepts it")
            text = host.credentials.read_text()
            self.check(
                text.startswith("# kept as it is\n[default]\n")
                and text.endswith("\n\n[other]\nregion = eu-west-1\n")
                and host.credentials.stat().st_mode & 0o777 == 0o600,
                f"every other byte of {host.name}'s file is as it was",
            )
        secrets = [old["secret"], self.hosts[0].held_key()["secret"]]
        texts = [self.transcript, *self.cloud.objects()]
        self.check(
            not any(secret in text for secret in secrets for text in texts),
            f"neither secret is in any message or in any of the bucket's {len(texts) - 1} objects",
        )


def step(text):
    print(f"\n\N{BULLET} {text}", flush=True)


def main(binaries, serve):
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="keybaton-demo-") as name:
        folder = Path(name)
        with Cloud.started(serve, folder) as cloud:
            try:
                Demo(Path(binaries), cloud, folder).play()
            except DemoError as error:
                print(f"\nThe demo failed: {error}", file=sys.stderr)
                return 1
    print(f"\nThe baton was handed over: nobody was locked out. ({time.monotonic() - begun:.0f} s)")
    return 0


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main(*sys.argv[1:]))
