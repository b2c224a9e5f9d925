"""The package's life on a fresh Debian 12 and a fresh Debian 13: installed, used, upgraded, removed, purged.

    lifecycle.py DEB_FOLDER BINARIES SANDBOX_SERVE [SUITE...]

First cron runs the packaged agent against the sandbox's AWS, then systemd does, while the rotator rotates from outside;
then piuparts looks for what is left. The first step that does not hold ends it with an error.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cloud import Cloud
from cron_life import CronLife
from debian import base, mirror
from host import PACKAGE, ROOT
from steps import Failed, check, step
from systemd_life import SystemdLife

SUITES = ("bookworm", "trixie")


def live(life, suite, package, binaries, serve, cache):
    with tempfile.TemporaryDirectory(prefix="keybaton-deb-", dir=cache) as name:
        folder = Path(name)
        with Cloud.started(serve, folder) as cloud:
            life(suite, package, binaries, cloud, folder, cache).live()


def piuparts(suite, package, cache):
    step("piuparts: installed, removed and purged by a stranger, who compares every file")
    log = cache / f"piuparts-{suite}.log"
    log.unlink(missing_ok=True)
    done = subprocess.run(
        [
            *("piuparts", "--distribution", suite, "--mirror", f"{mirror()} main", "--no-eatmydata"),
            # debconf's own, which this piuparts is too old to know.
            "--ignore=/var/cache/debconf/tmp.ci/",
            *("--basetgz", base(suite, cache), "--log-file", log, package),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=1800,
    )
    verdicts = [line.split(": ", 1)[1] for line in log.read_text().splitlines() if "PASS: " in line or "FAIL: " in line]
    check(done.returncode == 0, f"{'; '.join(dict.fromkeys(verdicts))} ({log})")


def skip(reason):
    print(f"SKIPPED deb-test: {reason}")
    return 1 if os.environ.get("KEYBATON_REQUIRE_ALL") else 0


def main(deb_folder, binaries, serve, *suites):
    if os.getuid() != 0:
        return skip("it makes systems to change root into, and that takes root")
    version = (ROOT / "packaging/deb/changelog").read_text().split("(")[1].split(")")[0]
    [package] = Path(deb_folder).resolve().glob(f"{PACKAGE}_{version}_*.deb")
    cache = ROOT / ".build/deb-test"
    cache.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    for suite in suites or SUITES:
        print(f"\n== {package.name} on Debian {suite}")
        try:
            live(CronLife, suite, package, Path(binaries).resolve(), serve, cache)
            live(SystemdLife, suite, package, Path(binaries).resolve(), serve, cache)
            piuparts(suite, package, cache)
        except Failed as error:
            print(f"\nFAILED on {suite}: {error}", file=sys.stderr)
            return 1
    print(f"\nThe package came, worked and went. ({time.monotonic() - begun:.0f} s)")
    return 0


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main(*sys.argv[1:]))
