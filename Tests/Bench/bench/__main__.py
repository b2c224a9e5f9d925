"""`make bench`: prints its tables, and puts them into README.md between its markers.

python -m bench [--runs N] [--binaries FOLDER] [--dry-run]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from sandbox import certificates

from . import contenders, cost, dashboard
from .cost import BenchError, Contender, Cost
from .installing import installing
from .report import replace, table
from .server import Server
from .world import PAGE, World

ROOT = Path(__file__).resolve().parents[3]
HOSTS = 10_000
BODY_SIZES = (1_000, 32_000)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=21, help="of each contender; the medians are reported")
    parser.add_argument("--body-runs", type=int, default=3, help="of those that read 10,000 check-ins")
    parser.add_argument("--binaries", type=Path, default=ROOT / ".build" / "release")
    parser.add_argument("--packages", type=Path, default=ROOT / ".build" / "deb")
    parser.add_argument("--nginx", type=Path, default=ROOT / ".build" / "nginx" / "usr" / "sbin" / "nginx")
    parser.add_argument("--seconds", type=int, default=4, help="of load on each page of the dashboard")
    parser.add_argument("--dry-run", action="store_true", help="leave README.md as it is")
    options = parser.parse_args()
    try:
        tables = [refresh(options), installation(options), listing(options), serving(options)]
    except BenchError as error:
        sys.exit(f"bench: {error}")
    text = f"{description(options)}\n\n" + "\n\n".join(tables)
    print(text)
    if not options.dry_run:
        replace(ROOT / "README.md", text)


def refresh(options: argparse.Namespace) -> str:
    """An agent with nothing to do beside curl and the AWS CLI."""
    with tempfile.TemporaryDirectory(prefix="keybaton-bench-") as name:
        folder = Path(name)
        (folder / "home").mkdir(mode=0o700)
        made = certificates.make(folder)
        server = Server(made, World().answer)
        variables = contenders.environment(server.endpoint, made.authority, folder / "home")
        agent = contenders.agent(_binary(options, "keybaton-agent"), folder, variables)
        curls = contenders.curl(folder, variables)
        measured = [agent, *curls, contenders.aws(folder, variables)]

        def check(contender: Contender) -> None:
            _expect(contender, server.taken(), Counter(GetParameter=1, PutObject=1))

        # Another first run may look at more than later ones: they are what is measured.
        cost.run(agent)
        server.taken()
        costs = cost.medians(measured, options.runs, check)
        server.stop()
        _check_floor(variables, costs)
        return table("read the parameter, check in", costs, beside=curls[0].name)


def installation(options: argparse.Namespace) -> str:
    """The agent on the day of a rotation, and what its package takes."""
    # Not below a directory that others can write, where root's agent edits nothing; and where other owners get at it.
    place = "/var/lib" if os.geteuid() == 0 else Path.home()
    with tempfile.TemporaryDirectory(prefix="keybaton-bench-", dir=place) as name:
        folder = Path(name)
        folder.chmod(0o755)
        made = certificates.make(folder)
        server = Server(made, World().answer)
        text = installing(_binary(options, "keybaton-agent"), folder, server, made.authority, options.runs)
        server.stop()
        return f"{text}\n\n{package(options.packages)}"


def package(folder: Path) -> str:
    found = sorted(folder.glob("keybaton-agent_*.deb"), key=os.path.getmtime)
    if not found:
        raise BenchError(f"there is no package in {folder}: run make deb")
    fields = subprocess.run(
        ["dpkg-deb", "--field", found[-1], "Installed-Size", "Architecture"], capture_output=True, text=True, check=True
    ).stdout
    values = dict(line.split(": ", 1) for line in fields.splitlines())
    return (
        f"The package `keybaton-agent` ({values['Architecture']}) is {found[-1].stat().st_size / 2**20:.1f} MiB large, "
        f"and {int(values['Installed-Size']) / 1024:.1f} MiB once installed."
    )


def listing(options: argparse.Namespace) -> str:
    """`keybaton status` for one user with very many hosts."""
    costs: dict[str, Cost] = {}
    with tempfile.TemporaryDirectory(prefix="keybaton-bench-") as name:
        folder = Path(name)
        made = certificates.make(folder)
        cases = [("between rotations", World(hosts=HOSTS), options.runs)]
        cases += [
            (f"retiring OLD, check-ins of {size // 1000} kB", World(HOSTS, size, old_lives=True), options.body_runs)
            for size in BODY_SIZES
        ]
        for case, world, runs in cases:
            server = Server(made, world.answer)
            variables = contenders.environment(server.endpoint, made.authority, folder)
            binary = _binary(options, "keybaton")
            # The journal is the rotator's own: it expects every host that has checked in.
            cost.run(contenders.status(binary, "keybaton run", folder, variables, command="run"))
            server.taken()
            passes: set[int] = set()
            bodies = HOSTS if world.old_lives else 0

            def check(
                contender: Contender, server: Server = server, passes: set[int] = passes, bodies: int = bodies
            ) -> None:
                seen = server.taken()
                passes.add(seen["ListObjectsV2"] * PAGE // HOSTS)
                # One GetObject more is the journal.
                if seen["GetObject"] != bodies + 1:
                    raise BenchError(f"{contender.name} read {seen['GetObject'] - 1} check-ins and not {bodies}")

            measured = cost.medians([contenders.status(binary, case, folder, variables)], runs, check)
            if max(passes) > 2:
                raise BenchError(f"{case}: {max(passes)} passes over the listing, and two are the limit")
            costs[f"{case} ({max(passes)} pass)"] = measured[case]
            server.stop()
    return table(f"`keybaton status`, one user with {HOSTS:,} hosts", costs)


def serving(options: argparse.Namespace) -> str:
    """The dashboard's pages beside the same page as a file of nginx."""
    measured = []
    for hosts in (1, 100, HOSTS):
        with tempfile.TemporaryDirectory(prefix="keybaton-bench-") as name:
            folder = Path(name)
            made = certificates.make(folder)
            server = Server(made, World(hosts).answer)
            variables = contenders.with_keys(contenders.environment(server.endpoint, made.authority, folder))
            cost.run(contenders.status(_binary(options, "keybaton"), "keybaton run", folder, variables, command="run"))
            binary = _binary(options, "keybaton-dashboard")
            measured.append(dashboard.measure(hosts, binary, options.nginx, folder, variables, server, options.seconds))
            server.stop()
    return dashboard.table(measured)


def description(options: argparse.Namespace) -> str:
    release = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)[
        "PRETTY_NAME"
    ].strip('"')
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} by `make bench`, {release}, {os.cpu_count()} cores: "
        f"whole processes, medians of {options.runs} ({options.body_runs} where check-ins are read), in turns, "
        "against one local TLS server with fixed answers."
    )


def _binary(options: argparse.Namespace, name: str) -> Path:
    path = options.binaries / name
    if not os.access(path, os.X_OK):
        raise BenchError(f"there is no {path}: run make build")
    return path


def _expect(contender: Contender, seen: Counter[str], wanted: Counter[str]) -> None:
    if seen != wanted:
        raise BenchError(f"{contender.name} asked {dict(seen)} and not {dict(wanted)}")


def _check_floor(variables: dict[str, str], costs: dict[str, Cost]) -> None:
    floor, least = cost.floor(variables), min(costs.values(), key=lambda each: each.peak)
    if least.peak <= floor:
        raise BenchError(f"peaks below {floor} KiB cannot be measured: that much is the launcher's own")


if __name__ == "__main__":
    main()
