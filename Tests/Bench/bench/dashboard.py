"""The dashboard under load: pages a second, the slowest of a hundred, memory, and what a refresh asks of AWS."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .cost import BenchError
from .server import Server
from .world import BUCKET, REGION, USER

REFRESH = 5
"""Seconds: the shortest that the dashboard takes."""
CONNECTIONS = 32

# A search that nobody has made before, so that the page is made anew for each request.
_SEARCHES = 'local n = 0\nrequest = function() n = n + 1 return wrk.format("GET", "/users/%s?search=" .. n) end\n'


@dataclass(frozen=True)
class Load:
    rate: float
    """Answers a second."""
    p99: str


@dataclass(frozen=True)
class Measured:
    hosts: int
    overview: Load
    user: Load
    searches: Load
    file: Load
    """Nginx, with the user's page as a file."""
    at_rest: int
    """Resident memory after the first pages, in KiB."""
    peak: int
    """The same at most, under load."""
    first: tuple[int, int]
    """Listings and bodies of the first reading."""
    second: tuple[int, int]


def measure(
    hosts: int, binary: Path, nginx: Path, folder: Path, variables: dict[str, str], server: Server, seconds: int
) -> Measured:
    configuration = folder / "dashboard.toml"
    configuration.write_text(f'region = "{REGION}"\nbucket = "{BUCKET}"\nrefresh = "{REFRESH}s"\n')
    site = folder / "site"
    subprocess.run([binary, "export", site, "--config", configuration], env=variables, check=True, capture_output=True)
    server.taken()
    with _serving(binary, configuration, variables) as (process, address):
        _get(f"{address}/users/{USER}")
        first = _requests(server)
        time.sleep(REFRESH + 0.5)
        _get(f"{address}/")
        second = _requests(server)
        at_rest = _memory(process, "VmRSS")
        overview = _load(f"{address}/", seconds)
        user = _load(f"{address}/users/{USER}", seconds)
        script = folder / "searches.lua"
        script.write_text(_SEARCHES % USER)
        searches = _load(f"{address}/", seconds, script)
        peak = _memory(process, "VmHWM")
    with _nginx(nginx, folder, site) as address:
        file = _load(f"{address}/users/{USER}.html", seconds)
    return Measured(hosts, overview, user, searches, file, at_rest, peak, first, second)


def table(measured: list[Measured]) -> str:
    def line(*cells: object) -> str:
        return f"| {' | '.join(str(cell) for cell in cells)} |"

    def loads(name: str, loads: list[Load]) -> list[str]:
        return [
            line(f"{name}, a second", *(f"{load.rate:,.0f}" for load in loads)),
            line("99 of 100 within", *(load.p99 for load in loads)),
        ]

    def requests(name: str, pairs: list[tuple[int, int]]) -> str:
        return line(name, *(f"{listings} + {bodies}" for listings, bodies in pairs))

    head = line(
        "`keybaton-dashboard`, one user with",
        *(f"{each.hosts:,} host{'s' if each.hosts > 1 else ''}" for each in measured),
    )
    return "\n".join(
        [
            head,
            line("---", *("---:" for _ in measured)),
            *loads("overview", [each.overview for each in measured]),
            *loads("user's page", [each.user for each in measured]),
            *loads("user's page, each time another search", [each.searches for each in measured]),
            *loads("user's page as a file, by nginx", [each.file for each in measured]),
            line("memory at rest", *(f"{each.at_rest / 1024:.1f} MiB" for each in measured)),
            line("memory at most", *(f"{each.peak / 1024:.1f} MiB" for each in measured)),
            requests("first reading: listings + objects", [each.first for each in measured]),
            requests("second reading, nothing new", [each.second for each in measured]),
        ]
    ) + (
        f"\n\nBy wrk with {CONNECTIONS} connections, all on this machine. Of ten thousand check-ins each reading "
        "fetches the next few hundred, those of hosts that are behind first, until there is no room for more; "
        "from then on only news are fetched."
    )


@contextmanager
def _serving(
    binary: Path, configuration: Path, variables: dict[str, str]
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [binary, "serve", "--config", configuration, "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, env=variables, stderr=subprocess.PIPE, text=True)
    try:
        line = process.stderr.readline()
        address = re.search(r"http://[0-9.:]+", line)
        if not address:
            raise BenchError(f"the dashboard does not listen: {line}")
        yield process, address[0]
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def _nginx(binary: Path, folder: Path, site: Path) -> Iterator[str]:
    if not binary.exists():
        raise BenchError(f"there is no {binary}: run make bench")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    work = folder / "nginx"
    work.mkdir()
    configuration = work / "nginx.conf"
    paths = "".join(f"{kind}_temp_path {work};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    configuration.write_text(
        f"user root; worker_processes 2; daemon off; pid {work}/pid; error_log {work}/error.log;\n"
        "events { worker_connections 256; }\n"
        f"http {{ {paths} access_log off; sendfile on; tcp_nopush on; default_type text/html;\n"
        f"server {{ listen 127.0.0.1:{port}; root {site}; }} }}\n"
    )
    process = subprocess.Popen([binary, "-c", configuration, "-p", work], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                _get(f"http://127.0.0.1:{port}/index.html")
                break
            except OSError:
                time.sleep(0.05)
        else:
            raise BenchError(f"nginx does not listen: {(work / 'error.log').read_text()}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _load(url: str, seconds: int, script: Path | None = None) -> Load:
    program = shutil.which("wrk")
    if not program:
        raise BenchError("there is no wrk: run make bench")
    command = [program, "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds}s", "--latency"]
    if script:
        command += ["--script", str(script)]
    text = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    rate, p99 = re.search(r"Requests/sec: +([0-9.]+)", text), re.search(r"99% +([0-9.]+)(us|ms|s)", text)
    if not rate or not p99 or "Non-2xx" in text or "Socket errors" in text:
        raise BenchError(f"{url}: {text}")
    return Load(float(rate[1]), f"{p99[1]} {p99[2].replace('us', 'µs')}")


def _get(url: str) -> None:
    with urllib.request.urlopen(url, timeout=30) as answer:
        answer.read()


def _memory(process: subprocess.Popen[str], field: str) -> int:
    """In KiB."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1])
    raise BenchError(f"the dashboard has ended, or {field} is unknown")


def _requests(server: Server) -> tuple[int, int]:
    seen = server.taken()
    if others := set(seen) - {"ListObjectsV2", "GetObject"}:
        raise BenchError(f"the dashboard asked for {', '.join(sorted(others))}")
    return seen["ListObjectsV2"], seen["GetObject"]
