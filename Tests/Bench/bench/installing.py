"""What a rotation costs a host: a run that installs a key into one target, into fifty, and into fifty homes."""

from __future__ import annotations

import os
from pathlib import Path

from . import contenders, cost
from .cost import BenchError, Contender
from .report import table
from .server import Server
from .world import BUCKET, NEW, OLD, REGION, USER

MANY = 50
# Far above the users of this machine; the agent needs a number only.
_FIRST_OWNER = 61_000
_TEXT = "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n"


def installing(binary: Path, folder: Path, server: Server, authority: Path, runs: int) -> str:
    home = folder / "installing"
    home.mkdir(mode=0o755)
    variables = contenders.environment(server.endpoint, authority, home)
    cases = [("into 1 target", 1, False), (f"into {MANY} targets", MANY, False)]
    if os.geteuid() == 0:
        cases.append((f"into {MANY} targets of {MANY} owners", MANY, True))
    measured = [_contender(binary, home / str(n), variables, *case) for n, case in enumerate(cases)]

    def check(contender: Contender) -> None:
        seen = server.taken()
        # The proof of NEW, and the readings before and after it, are the agent's affair; there is one check-in.
        if seen["PutObject"] != 1 or not seen["GetCallerIdentity"]:
            raise BenchError(f"{contender.name} asked {dict(seen)}")
        _expect_new(contender)

    costs = cost.medians(measured, runs, check)
    return table("`keybaton-agent run` installs a key", costs)


def _contender(
    binary: Path, folder: Path, variables: dict[str, str], name: str, targets: int, many_owners: bool
) -> Contender:
    folder.mkdir(mode=0o755)
    files = [_file(folder / f"home-{n}", _FIRST_OWNER + n if many_owners else os.geteuid()) for n in range(targets)]
    configuration = folder / "agent.toml"
    configuration.write_text(
        f'region = "{REGION}"\nbucket = "{BUCKET}"\nhost = "bench"\nstate_directory = "{folder / "state"}"\n'
        f'adopt_after = "0s"\n[[key]]\nuser = "{USER}"\n'
        + "".join(f'[[key.target]]\npath = "{file}"\n' for file in files)
    )

    def give_old() -> None:
        for file in files:
            with file.open("r+") as opened:
                opened.truncate()
                opened.write(_TEXT.format(*OLD))

    return Contender(name, [[binary, "run", "--config", configuration]], variables, give_old)


def _file(home: Path, owner: int) -> Path:
    file = home / ".aws" / "credentials"
    home.mkdir(mode=0o700)
    file.parent.mkdir(mode=0o700)
    file.write_text("")
    file.chmod(0o600)
    for path in (home, file.parent, file):
        os.chown(path, owner, owner)
    return file


def _expect_new(contender: Contender) -> None:
    configuration = Path(contender.commands[0][-1])
    for file in configuration.parent.glob("home-*/.aws/credentials"):
        if file.read_text() != _TEXT.format(*NEW):
            raise BenchError(f"{contender.name}: {file} does not hold NEW")
