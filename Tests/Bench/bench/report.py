"""Tables for people, and their place in README.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .cost import BenchError, Cost

_BEGIN, _END = "<!-- bench: written by make bench -->", "<!-- /bench -->"


def table(title: str, costs: Mapping[str, Cost], beside: str | None = None) -> str:
    """A Markdown table; with `beside`, two columns compare everybody with that one."""
    head, line = f"| {title} | CPU | wall | peak memory |", "| --- | ---: | ---: | ---: |"
    if beside:
        head, line = f"{head} CPU / curl | memory / curl |", f"{line} ---: | ---: |"
    rows = [head, line]
    for name, cost in costs.items():
        row = f"| {name} | {_time(cost.cpu)} | {_time(cost.wall)} | {cost.peak / 1024:.1f} MiB |"
        if beside:
            yardstick = costs[beside]
            row += f" {cost.cpu / yardstick.cpu:.2f} | {cost.peak / yardstick.peak:.2f} |"
        rows.append(row)
    return "\n".join(rows)


def replace(readme: Path, text: str) -> None:
    """Puts the text between the markers of README.md; raises BenchError where there are none."""
    before, begin, rest = readme.read_text().partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise BenchError(f"{readme} has no {_BEGIN} … {_END}")
    readme.write_text(f"{before}{_BEGIN}\n{text}\n{_END}{after}")


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"
