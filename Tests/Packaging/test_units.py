"""The systemd units and the cron script, as far as they can be judged without running systemd.

KEYBATON_AGENT, KEYBATON and KEYBATON_DASHBOARD name the programs.
"""

import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "packaging/systemd"
CRON = ROOT / "cron/keybaton-agent"
PROGRAMS = {
    "keybaton-agent": os.environ["KEYBATON_AGENT"],
    "keybaton": os.environ["KEYBATON"],
    "keybaton-dashboard": os.environ["KEYBATON_DASHBOARD"],
}

# systemd's own measure of what a broken service could do, from 0 to 10: 3.2, 2.5 and 1.2 with systemd 252; a plain
# service has 9.6. `systemd-analyze security --offline=true FILE` shows what it is made of.
HIGHEST_EXPOSURE = {"keybaton-agent": 3.4, "keybaton": 2.7, "keybaton-dashboard": 1.4}


class Units(unittest.TestCase):
    def test_systemd_understands_every_line(self):
        with tempfile.TemporaryDirectory() as folder:
            for unit in UNITS.iterdir():
                # The program is not installed here.
                text = re.sub(r"/usr/bin/(keybaton\S*)", lambda match: PROGRAMS[match[1]], unit.read_text())
                (Path(folder) / unit.name).write_text(text)
            done = subprocess.run(
                ["systemd-analyze", "verify", "--man=no", *Path(folder).iterdir()], capture_output=True, text=True
            )
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_a_broken_service_could_do_little(self):
        for name, highest in HIGHEST_EXPOSURE.items():
            with self.subTest(name):
                done = subprocess.run(
                    [
                        *("systemd-analyze", "security", "--offline=true", "--no-pager"),
                        f"--threshold={highest * 10:.0f}",
                        UNITS / f"{name}.service",
                    ],
                    capture_output=True,
                    text=True,
                )
                print(done.stdout.splitlines()[-1])
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_timers_catch_up_and_spread(self):
        for name, spread in (("keybaton-agent", r"\d+h"), ("keybaton", r"\d+min")):
            with self.subTest(name):
                timer = (UNITS / f"{name}.timer").read_text()
                self.assertIn("\nPersistent=true\n", timer)
                self.assertRegex(timer, rf"\nRandomizedDelaySec={spread}\n")

    def test_what_no_timer_starts_can_be_enabled(self):
        for unit in UNITS.glob("*.service"):
            if unit.with_suffix(".timer").exists():
                continue
            with self.subTest(unit.name), tempfile.TemporaryDirectory() as root:
                folder = Path(root) / "etc/systemd/system"
                folder.mkdir(parents=True)
                shutil.copy(unit, folder)
                done = subprocess.run(
                    ["systemctl", f"--root={root}", "enable", unit.name], capture_output=True, text=True
                )
                self.assertEqual(done.returncode, 0, done.stderr)
                wanted = folder / "multi-user.target.wants" / unit.name
                self.assertTrue(wanted.is_symlink(), done.stderr)

    def test_a_credential_that_is_not_there_keeps_no_service_from_starting(self):
        for unit in UNITS.glob("*.service"):
            text = unit.read_text()
            with self.subTest(unit.name):
                loaded = re.findall(r"^LoadCredential=(\w+):", text, re.MULTILINE)
                self.assertEqual(loaded, re.findall(r"^SetCredential=(\w+):", text, re.MULTILINE))

    def test_the_token_of_the_example_is_the_one_that_the_service_gets(self):
        example = (ROOT / "packaging/examples/dashboard.toml").read_text()
        service = (UNITS / "keybaton-dashboard.service").read_text()
        path = re.search(r'^# token_file = "(.*)"$', example, re.MULTILINE)[1]
        self.assertEqual(path, "/run/credentials/keybaton-dashboard.service/token")
        self.assertIn("\nLoadCredential=token:", service)

    def test_every_service_does_nothing_before_it_is_configured(self):
        for name, path in (
            ("keybaton-agent", "/etc/keybaton-agent/agent.toml"),
            ("keybaton", "/etc/keybaton/rotator.toml"),
            ("keybaton-dashboard", "/etc/keybaton-dashboard/dashboard.toml"),
        ):
            with self.subTest(name):
                self.assertIn(f"\nConditionPathExists={path}\n", (UNITS / f"{name}.service").read_text())

    def test_a_rotator_is_ended_by_nobody_before_its_lease_is(self):
        """A step that is cut off waits for a lease of twenty minutes; the hour must have room for both."""
        service = (UNITS / "keybaton.service").read_text()
        self.assertGreater(int(re.search(r"^TimeoutStartSec=(\d+)min$", service, re.MULTILINE)[1]), 20)
        self.assertNotIn("\nRestart=", service)

    def test_the_service_tries_again_for_every_exit_code_that_passes_by_itself(self):
        """What it does not try again for stays failed; new exit codes have to take a side."""
        source = (ROOT / "Sources/Console/ExitStatus.swift").read_text()
        codes = {name: int(number) for name, number in re.findall(r"case (\w+) = (\d+)", source)}
        # Of the rotator, or of commands that no timer calls.
        for name in ("success", "stillWaiting", "wouldChange", "hold", "upToDate"):
            codes.pop(name)
        # A hook that failed is run again by the next run.
        transient = {codes.pop("unavailable"), codes.pop("temporary"), codes.pop("hookFailed")}
        service = (UNITS / "keybaton-agent.service").read_text()
        final = {int(code) for code in re.search(r"^RestartPreventExitStatus=(.*)$", service, re.MULTILINE)[1].split()}
        self.assertEqual(final, set(codes.values()))
        self.assertFalse(final & transient)


class CronScript(unittest.TestCase):
    def run_in(self, root):
        """The script with its absolute paths below a folder."""
        text = re.sub(r"(?<![\w.])/(?=run/|usr/|etc/)", f"{root}/", CRON.read_text())
        return subprocess.run(["/bin/sh", "-c", text], capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.program = self.root / "usr/bin/keybaton-agent"
        self.program.parent.mkdir(parents=True)
        self.program.write_text('#!/bin/sh\necho "ran $* with proxy ${HTTPS_PROXY:-none}"; exit 69\n')
        self.program.chmod(0o755)
        self.configuration = self.root / "etc/keybaton-agent/agent.toml"
        self.configuration.parent.mkdir(parents=True)
        self.configuration.touch()

    def assert_stands_aside(self):
        done = self.run_in(self.root)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_runs_the_agent_and_passes_its_exit_code_on(self):
        done = self.run_in(self.root)
        self.assertEqual((done.returncode, done.stdout), (69, "ran run --quiet with proxy none\n"))

    def test_hands_the_variables_of_etc_default_on(self):
        defaults = self.root / "etc/default/keybaton-agent"
        defaults.parent.mkdir()
        defaults.write_text("HTTPS_PROXY=http://proxy.example:3128\n")
        self.assertEqual(self.run_in(self.root).stdout, "ran run --quiet with proxy http://proxy.example:3128\n")

    def test_stands_aside_where_systemd_is_init(self):
        (self.root / "run/systemd/system").mkdir(parents=True)
        self.assert_stands_aside()

    def test_says_nothing_once_the_package_is_removed(self):
        self.program.unlink()
        self.assert_stands_aside()

    def test_says_nothing_before_the_agent_is_configured(self):
        self.configuration.unlink()
        self.assert_stands_aside()


if __name__ == "__main__":
    unittest.main()
