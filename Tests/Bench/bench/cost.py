"""The cost of running commands."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LAUNCHER = Path(__file__).with_name("launch.py")
_SECONDS = 120


class BenchError(Exception):
    """Something did not do what is being measured."""


@dataclass(frozen=True)
class Cost:
    cpu: float
    wall: float
    peak: int
    """KiB; of the largest process."""


@dataclass(frozen=True)
class Contender:
    name: str
    commands: Sequence[Sequence[str | Path]]
    """Run one after the other."""
    environment: Mapping[str, str]
    prepare: Callable[[], None] = lambda: None
    """Called before every run, and not measured."""


def run(contender: Contender) -> Cost:
    """Runs every command of a contender once; raises BenchError when one fails."""
    contender.prepare()
    costs = [_run(command, contender) for command in contender.commands]
    return Cost(sum(cost.cpu for cost in costs), sum(cost.wall for cost in costs), max(cost.peak for cost in costs))


def _run(command: Sequence[str | Path], contender: Contender) -> Cost:
    finished = subprocess.run(
        [sys.executable, "-I", "-S", _LAUNCHER, *command],
        env=dict(contender.environment),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
    *said, last = finished.stderr.splitlines() or [""]
    try:
        cpu, wall, peak, code = last.split()
    except ValueError:
        raise BenchError(f"{contender.name}: {finished.stderr}") from None
    if int(code) != 0:
        raise BenchError(f"{contender.name}: exit code {code}: {' '.join(said)}")
    return Cost(float(cpu), float(wall), int(peak))


def medians(contenders: Sequence[Contender], runs: int, check: Callable[[Contender], None]) -> dict[str, Cost]:
    """Each contender's medians over so many runs, taken in turns, so that whatever else the machine does hits all.

    `check` is called after every run and raises where the contender did not do its work. One run before them warms up.
    """
    costs: dict[str, list[Cost]] = {contender.name: [] for contender in contenders}
    for turn in range(runs + 1):
        for contender in contenders:
            cost = run(contender)
            check(contender)
            if turn > 0:
                costs[contender.name].append(cost)
    return {
        name: Cost(
            statistics.median(cost.cpu for cost in taken),
            statistics.median(cost.wall for cost in taken),
            int(statistics.median(cost.peak for cost in taken)),
        )
        for name, taken in costs.items()
    }


def floor(environment: Mapping[str, str]) -> int:
    """The peak that the launcher itself lends to whatever it starts, in KiB."""
    return run(Contender("true", [["/bin/true"]], environment)).peak
