"""Two hundred hosts at once: every one of them ends on NEW, though AWS throttles and connections break.

    load.py BINARIES SANDBOX_SERVE [--hosts 200]

All hosts run in the same minute, as they do where nobody has set a random delay. Bounded: each host runs as often as it
must, at most ROUNDS times, as cron would run it.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Demo"))

from cloud import BUCKET, PARAMETER, REGION, USER, Cloud

ROUNDS = 4
# The account's quota for GetParameter (https://docs.aws.amazon.com/general/latest/gr/ssm.html).
PARAMETERS_A_SECOND = 40
FAULTS = [
    {
        "kind": "throttle",
        "service": "ssm",
        "operation": "GetParameter",
        "above": PARAMETERS_A_SECOND,
        "count": None,
    },
    # One connection in forty breaks before, one after AWS has done what it was asked: five in a hundred together.
    {"kind": "drop", "every": 40, "count": None},
    {"kind": "lose", "every": 40, "count": None},
]
CONFIGURATION = """\
region = "{region}"
bucket = "{bucket}"
host   = "{name}"
state_directory = "{state}"
adopt_after = "1s"

[[key]]
user      = "{user}"
parameter = "{parameter}"
"""
ROTATOR_CONFIGURATION = f"""\
region = "{REGION}"
bucket = "{BUCKET}"

[policy]
quiet_period = "1s"
grace        = "1s"

[[user]]
name = "{USER}"
"""
TEXT = "# kept\n[default]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"


class Failure(Exception):
    pass


class Host:
    def __init__(self, name, folder, binary, environment, key):
        self.name = name
        home = folder / name
        self.credentials = home / ".aws" / "credentials"
        self.credentials.parent.mkdir(parents=True, mode=0o700)
        self.credentials.write_text(TEXT.format(**key))
        self.credentials.chmod(0o600)
        configuration = home / "agent.toml"
        configuration.write_text(
            CONFIGURATION.format(
                region=REGION,
                bucket=BUCKET,
                name=name,
                state=home / "state",
                user=USER,
                parameter=PARAMETER,
            )
        )
        self.command = [binary, "run", "--config", str(configuration)]
        self.environment = {**environment, "HOME": str(home)}

    def run(self):
        """The exit code, how long it took, and what it said."""
        begun = time.monotonic()
        done = subprocess.run(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        return done.returncode, time.monotonic() - begun, done.stderr


class Reader(threading.Thread):
    """Reads every host's file again and again, as the host's other programs do."""

    def __init__(self, hosts):
        super().__init__(daemon=True)
        self.hosts = hosts
        self.valid = {host.credentials.read_text() for host in hosts}
        self.bad = []
        self.reads = 0
        self.stopped = threading.Event()

    def run(self):
        while not self.stopped.is_set():
            for host in self.hosts:
                text = host.credentials.read_text()
                self.reads += 1
                if text not in self.valid:
                    self.bad.append((host.name, text))
            # Leaves the processors to the hosts.
            time.sleep(0.01)

    def finish(self):
        self.stopped.set()
        self.join()
        return self.bad


class Load:
    def __init__(self, binaries, cloud, folder, count):
        self.cloud = cloud
        self.keybaton = str(binaries / "keybaton")
        self.configuration = folder / "rotator.toml"
        self.configuration.write_text(ROTATOR_CONFIGURATION)
        self.rotator_environment = {
            **cloud.environment,
            "AWS_SHARED_CREDENTIALS_FILE": str(cloud.rotator_credentials(folder)),
        }
        agent = str(binaries / "keybaton-agent")
        self.old = cloud.first_key
        self.hosts = [Host(f"host-{n:03}", folder, agent, cloud.environment, self.old) for n in range(count)]

    def play(self):
        first = self.hosts[0].credentials
        self.rotator("init", "--adopt", "--profile", "default", "--credentials-file", str(first))
        self.report("the first run, AWS at its best", self.all_at_once(self.hosts))
        self.rotator("run")
        self.rotator("rotate")
        new = json.loads(self.rotator("status", "--json"))["users"][0]["new"]["id"]
        secret = self.cloud.call("ssm", "get_parameter", Name=PARAMETER, WithDecryption=True)["Parameter"]["Value"]
        secret = secret.split("aws_secret_access_key = ", 1)[1].split("\n", 1)[0]
        reader = Reader(self.hosts)
        reader.valid.add(TEXT.format(id=new, secret=secret))
        before = self.seen(0)
        for fault in FAULTS:
            self.control("POST", "/faults", fault)
        reader.start()
        rest, rounds = self.hosts, 0
        while rest:
            rounds += 1
            if rounds > ROUNDS:
                raise Failure(f"{len(rest)} hosts are not done after {ROUNDS} runs: {rest[0].run()[2]}")
            results = self.all_at_once(rest)
            self.report(
                f"the rotation, run {rounds}, with {PARAMETERS_A_SECOND} GetParameter a second and breaks",
                results,
            )
            rest = [host for host, (code, _, _) in zip(rest, results, strict=True) if code != 0]
        self.control("DELETE", "/faults")
        bad = reader.finish()
        requests = self.seen(before[-1]["number"])
        self.report_requests(requests)
        self.check(
            not bad,
            f"no file was ever anything but OLD's or NEW's in {reader.reads:,} reads {bad[:1]}",
        )
        holding = sum(host.credentials.read_text() == TEXT.format(id=new, secret=secret) for host in self.hosts)
        self.check(holding == len(self.hosts), f"{holding} of {len(self.hosts)} hosts hold NEW")
        names = {request["resource"] for request in requests if request["operation"] == "PutObject"}
        wanted = {f"{BUCKET}/acks/{USER}/{new}/{host.name}.json" for host in self.hosts}
        self.check(
            wanted <= names,
            f"{len(wanted & names)} of {len(wanted)} check-ins under NEW have arrived",
        )
        self.rotator("run")
        user = json.loads(self.rotator("status", "--json"))["users"][0]
        current = sum(host["state"] == "current" for host in user["hosts"])
        self.check(
            current == len(self.hosts),
            f"the rotator counts {current} proved acknowledgements",
        )

    def all_at_once(self, hosts):
        with ThreadPoolExecutor(max_workers=len(hosts)) as pool:
            return list(pool.map(Host.run, hosts))

    def report(self, what, results):
        codes = Counter(code for code, _, _ in results)
        times = sorted(seconds for _, seconds, _ in results)
        print(f"{what}: {len(results)} hosts, exit codes {dict(codes)}")
        spread = " · ".join(
            f"{name} {value:.1f} s"
            for name, value in (
                ("fastest", times[0]),
                ("median", statistics.median(times)),
                ("slowest", times[-1]),
            )
        )
        print(f"    {spread}", flush=True)
        for code, _, said in results:
            if code not in (0, 69, 75):
                raise Failure(f"a host ended with {code}: {said}")

    def report_requests(self, requests):
        asked = Counter(request["operation"] for request in requests)
        hit = Counter(request["fault"] for request in requests if request["fault"])
        print(f"{len(requests)} requests, {sum(hit.values())} of them hit: {dict(hit)}")
        print(
            f"    {dict(asked)}; {len(requests) / len(self.hosts):.1f} a host",
            flush=True,
        )

    def check(self, holds, what):
        print(f"{'ok' if holds else 'FAILED'}: {what}", flush=True)
        if not holds:
            raise Failure(what)

    def rotator(self, *arguments):
        done = subprocess.run(
            [self.keybaton, *arguments, "--config", str(self.configuration)],
            env=self.rotator_environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if done.returncode != 0:
            raise Failure(f"keybaton {arguments[0]} exited with {done.returncode}: {done.stderr}")
        return done.stdout

    def seen(self, number):
        return self.control("GET", f"/requests?after={number}")

    def control(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.cloud.sandbox["control"] + path, data=data, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())


def main():
    parser = argparse.ArgumentParser(prog="load", description=__doc__)
    parser.add_argument("binaries", type=Path)
    parser.add_argument("serve")
    parser.add_argument("--hosts", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="keybaton-load-") as name:
        folder = Path(name)
        with Cloud.started(options.serve, folder) as cloud:
            try:
                Load(options.binaries, cloud, folder, options.hosts).play()
            except Failure as failure:
                sys.exit(f"load: {failure}")


if __name__ == "__main__":
    main()
