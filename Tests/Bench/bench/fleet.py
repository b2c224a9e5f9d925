"""Five hundred users in one run, while AWS throttles: `keybaton run`, and the same job by a loop of boto3."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import contenders, cost
from .cost import BenchError, Contender, Cost

USERS = 500
_SANDBOX = Path(__file__).resolve().parents[2] / "Sandbox"
_LOOP = Path(__file__).with_name("boto3_loop.py")
_BUCKET, _REGION = "123456789012-accesskey-update", "eu-west-1"
_DAY = 86_400
# As an account has them, or somewhat more, so that it takes minutes and not hours: what AWS documents for the Parameter
# Store (40 and 10 a second), nothing for IAM.
THROTTLES = {"GetParameter": 40, "PutParameter": 10, "CreateAccessKey": 15}
_FAULTS = [
    *({"kind": "throttle", "operation": name, "above": rate, "count": None} for name, rate in THROTTLES.items()),
    {"kind": "throttle", "service": "iam", "every": 50, "count": None},
]


class Fleet:
    """A sandbox with a bucket and two times so many users, one of each half for each contender."""

    def __init__(self, announcement: dict) -> None:
        self._control = announcement["control"]
        self.variables = {
            "AWS_ENDPOINT_URL": announcement["endpoint"],
            "AWS_CA_BUNDLE": announcement["ca_bundle"],
            "AWS_SHARED_CREDENTIALS_FILE": announcement["admin_credentials"],
        }
        self._call("s3", "create_bucket", Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": _REGION})
        for number in range(USERS):
            for path in ("keybaton", "loop"):
                self._call("iam", "create_user", UserName=user(path, number), Path=f"/{path}/")
            self._call("iam", "create_access_key", UserName=user("loop", number))

    @classmethod
    @contextmanager
    def started(cls, folder: Path) -> Iterator[Fleet]:
        process = subprocess.Popen(
            [_SANDBOX / "serve", "--state-dir", folder / "sandbox"], stdout=subprocess.PIPE, text=True
        )
        try:
            yield cls(json.loads(process.stdout.readline()))
        finally:
            process.terminate()
            process.wait(timeout=10)

    def throttle(self) -> None:
        for fault in _FAULTS:
            self._post("/faults", fault)

    def heal(self) -> None:
        self._ask("DELETE", "/faults")

    def forward(self, seconds: int) -> None:
        self._ask("PUT", "/settings", {"clock_offset": seconds})

    def taken(self, after: int) -> list[dict]:
        return self._ask("GET", f"/requests?after={after}")

    def keys(self, name: str) -> list[dict]:
        return self._call("iam", "list_access_keys", UserName=name)["AccessKeyMetadata"]

    def published(self, name: str) -> str:
        answer = self._call("ssm", "get_parameter", Name=f"/keybaton/{name}", WithDecryption=True)
        return answer["Parameter"]["Value"].split("aws_access_key_id = ", 1)[1].split("\n", 1)[0]

    def journal(self, name: str) -> dict:
        return json.loads(self._call("s3", "get_object", Bucket=_BUCKET, Key=f"state/{name}.json")["Body"])

    def _call(self, service: str, operation: str, **parameters: object) -> dict:
        return self._post("/call", {"service": service, "operation": operation, "parameters": parameters})

    def _post(self, path: str, body: dict) -> dict:
        return self._ask("POST", path, body)

    def _ask(self, method: str, path: str, body: dict | None = None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._control + path, data=data, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())


def user(path: str, number: int) -> str:
    return f"{path}-{number:03}"


def fleet(binary: Path, folder: Path) -> str:
    """The table. Raises BenchError when one of the users is not where it must be after the run."""
    configuration = folder / "rotator.toml"
    configuration.write_text(
        f'region = "{_REGION}"\nbucket = "{_BUCKET}"\nmax_users_per_run = {USERS}\n'
        '[policy]\nretire = "scheduled"\n[[user]]\npath = "/keybaton/"\n'
    )
    configuration.chmod(0o600)
    with Fleet.started(folder) as world:
        variables = contenders.environment("", Path(), folder) | world.variables
        run = Contender(
            "keybaton run, 8 users at a time", [[binary, "run", "--quiet", "--config", configuration]], variables
        )
        loop = Contender(
            "boto3, one after the other", [[sys.executable, _LOOP, _REGION, "/loop/", "/keybaton/"]], variables
        )
        rows = []
        # The first keys, while AWS is at its best: nobody measures that.
        cost.run(run)
        world.forward(100 * _DAY)
        world.throttle()
        for contender in (run, loop):
            seen = world.taken(0)
            spent = cost.run(contender)
            rows.append(_row(contender.name, spent, world.taken(seen[-1]["number"] if seen else 0)))
        world.heal()
        _check(world)
    limits = ", ".join(f"{rate} `{name}`" for name, rate in THROTTLES.items())
    return (
        f"{USERS} users get a new key each, in one run against the sandbox, which allows {limits} a second and refuses "
        "each 50th request to IAM besides. The loop lists, creates and publishes, and remembers nothing.\n\n"
        + "\n".join(
            [
                f"| {USERS} users | wall | CPU | peak memory | requests a user | of these throttled |",
                "| --- | ---: | ---: | ---: | ---: | ---: |",
                *rows,
            ]
        )
    )


def _row(name: str, spent: Cost, requests: list[dict]) -> str:
    throttled = sum(1 for request in requests if request["fault"] == "throttle")
    return (
        f"| {name} | {spent.wall:.1f} s | {spent.cpu:.1f} s | {spent.peak / 1024:.1f} MiB "
        f"| {len(requests) / USERS:.1f} | {throttled / USERS:.1f} |"
    )


def _check(world: Fleet) -> None:
    wrong = Counter()
    for number in range(USERS):
        name = user("keybaton", number)
        keys = sorted(world.keys(name), key=lambda key: key["CreateDate"])
        journal = world.journal(name)
        if len(keys) != 2 or any(key["Status"] != "Active" for key in keys):
            wrong["have not two active keys"] += 1
        elif keys[-1]["AccessKeyId"] != world.published(name) or journal["current"]["id"] != world.published(name):
            wrong["do not publish the newer one"] += 1
        elif "lease" in journal or "unresolved" in journal:
            wrong["are not done"] += 1
        other = user("loop", number)
        if world.published(other) not in [key["AccessKeyId"] for key in world.keys(other)]:
            wrong["of the loop's publish no key of theirs"] += 1
    if wrong:
        raise BenchError("; ".join(f"{count} users {what}" for what, count in wrong.items()))
