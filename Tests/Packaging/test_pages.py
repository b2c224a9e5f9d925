"""The manual pages and the example configuration say what the program does: no more, and no less.

KEYBATON_AGENT names the program.
"""

import json
import os
import pwd
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ROOT / "packaging/man/keybaton-agent.8"
SETTINGS = ROOT / "packaging/man/keybaton-agent.toml.5"
EXAMPLE = ROOT / "packaging/examples/agent.toml"
DOCUMENT = ROOT / "Sources/AgentCommands/AgentDocument.swift"
AGENT = os.environ["KEYBATON_AGENT"]


def sections(page, macro):
    """The page's parts under `.Sh` or `.Ss` headings, by heading in lower case."""
    parts = re.split(rf"^\.{macro} (.*)\n", page.read_text(), flags=re.MULTILINE)
    return {
        name.lower(): re.split(r"^\.Sh ", text, flags=re.MULTILINE)[0]
        for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def listed_options(text):
    """The options that a list explains, as `-q` and `--quiet`."""
    found = set()
    for item in re.findall(r"^\.It (Fl .*)$", text, flags=re.MULTILINE):
        for words in re.split(r" , ", item.removeprefix("Fl ")):
            found.add("-" + words.split()[0])
    return found


def synopsis_options(text):
    return {
        "-" + name
        for line in re.findall(r"^\.(?:Op )?Fl (.*)$", text, flags=re.MULTILINE)
        for name in line.split(" Ar ")[0].split(" | ")
    }


def settings(text):
    return {name for item in re.findall(r"^\.It Ic (.*)$", text, flags=re.MULTILINE) for name in item.split(" , ")}


def documented_settings():
    """The settings by table: the whole configuration, `key`, `target`."""
    tables = {name: text for name, text in sections(SETTINGS, "Ss").items() if name.startswith("each ")}
    found = {re.search(r"(\w+)\]\]", name)[1]: settings(text) for name, text in tables.items()}
    found["configuration"] = settings(re.split(r"^\.Ss ", sections(SETTINGS, "Sh")["settings"], flags=re.MULTILINE)[0])
    return found


def decoded_settings():
    """What the program decodes: the raw values of the coding keys, which an unknown setting is held against."""
    found, table = {}, "configuration"
    for line in DOCUMENT.read_text().splitlines():
        if match := re.match(r"    struct (\w+): Decodable", line):
            table = match[1].lower()
        elif line == "    }":
            table = "configuration"
        elif match := re.match(r"\s+case (.*)", line):
            for name in match[1].split(", "):
                swift, _, raw = name.partition(" = ")
                found.setdefault(table, set()).add(raw.strip('"') or swift)
    return found


def example_settings(text):
    found, table = {"configuration": set()}, "configuration"
    for line in text.splitlines():
        if match := re.match(r"\[\[(?:(\w+)\.)?(\w+)\]\]", line):
            found.setdefault(match[1] or "configuration", set()).add(match[2])
            table = match[2]
        elif match := re.match(r"(\w+) = ", line):
            found.setdefault(table, set()).add(match[1])
    return found


def everything(example):
    """The example with every setting on."""
    return re.sub(r"^#(?=\w+ = |\[\[)", "", example, flags=re.MULTILINE)


def configurations(page):
    """The examples of the page that are a configuration, or a part of one."""
    blocks = re.findall(r"^\.Bd -literal.*\n((?:.*\n)*?)^\.Ed$", page.read_text(), flags=re.MULTILINE)
    return [block for block in blocks if "[[key" in block]


def complete(block):
    """With what a part leaves out before it."""
    before = "" if "region = " in block else 'region = "eu-west-1"\nbucket = "123456789012-accesskey-update"\n'
    return before + ("" if "[[key]]" in block else '[[key]]\nuser = "backup"\n') + block


def trusted_folder():
    """A folder for a configuration and a state; root follows neither where others could put something else."""
    return tempfile.TemporaryDirectory(prefix="keybaton-pages-", dir="/var/lib" if os.geteuid() == 0 else None)


class CommandPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        dump = subprocess.run([AGENT, "--experimental-dump-help"], check=True, capture_output=True).stdout
        cls.command = json.loads(dump)["command"]
        cls.subcommands = {
            each["commandName"]: each for each in cls.command["subcommands"] if each.get("shouldDisplay", True)
        }
        cls.described = sections(COMMANDS, "Ss")

    @staticmethod
    def options(command):
        """Without those that every command has."""
        return {
            {"short": "-", "long": "--"}[name["kind"]] + name["name"]
            for argument in command.get("arguments", [])
            if argument.get("shouldDisplay", True) and argument["kind"] in ("flag", "option")
            for name in argument["names"]
        }

    def test_explains_every_command_and_no_other(self):
        self.assertEqual(set(self.described), set(self.subcommands))

    def test_explains_every_option_of_each_command_and_no_other(self):
        common = self.options(self.command)
        self.assertEqual(listed_options(sections(COMMANDS, "Sh")["options"]), common)
        for name, command in self.subcommands.items():
            with self.subTest(command=name):
                self.assertEqual(listed_options(self.described[name]), self.options(command) - common)

    def test_its_synopsis_has_the_same_commands_and_options(self):
        calls = re.split(r"^\.Nm$", sections(COMMANDS, "Sh")["synopsis"], flags=re.MULTILINE)
        called = {match[1]: call for call in calls if (match := re.search(r"^\.Cm (\S+)$", call, flags=re.MULTILINE))}
        self.assertEqual(set(called), set(self.subcommands))
        common = self.options(self.command)
        for name, command in self.subcommands.items():
            with self.subTest(command=name):
                self.assertEqual(synopsis_options(called[name]), self.options(command) - common)

    def test_lists_the_exit_codes_of_the_help_in_their_order(self):
        told = re.findall(r"(?<=[:,] )(\d+) [a-zA-Z]", " " + self.command["discussion"])
        self.assertGreater(len(told), 5)
        listed = re.findall(r"^\.It (\d+)$", sections(COMMANDS, "Sh")["exit status"], flags=re.MULTILINE)
        self.assertEqual(listed, told)


class SettingsPage(unittest.TestCase):
    def test_explains_every_setting_that_the_program_decodes_and_no_other(self):
        self.assertEqual(documented_settings(), decoded_settings())

    def test_the_example_shows_every_setting(self):
        self.assertEqual(example_settings(everything(EXAMPLE.read_text())), documented_settings())

    def test_the_program_accepts_the_example_and_its_every_setting(self):
        text = EXAMPLE.read_text()
        with trusted_folder() as folder:
            for name, configuration in {"as it is": text, "everything": everything(text)}.items():
                with self.subTest(name):
                    self.assertEqual(self.status(folder, configuration), (0, ""))

    def test_the_program_accepts_the_configurations_in_the_pages(self):
        blocks = [block for page in (COMMANDS, SETTINGS) for block in configurations(page)]
        self.assertGreater(len(blocks), 4)
        with trusted_folder() as folder:
            for block in blocks:
                with self.subTest(block):
                    self.assertEqual(self.status(folder, complete(block)), (0, ""))

    def test_the_program_refuses_a_setting_that_the_page_does_not_have(self):
        with trusted_folder() as folder:
            status, message = self.status(folder, 'colour = "blue"\n' + EXAMPLE.read_text())
        self.assertEqual(status, 78)
        self.assertIn("colour", message)

    @staticmethod
    def status(folder, configuration):
        """Reads the configuration and the last runs; without the network."""
        path = Path(folder) / "agent.toml"
        # Not this machine's state; and alice and bob are whoever is here.
        configuration = re.sub(r"^state_directory = .*\n", "", configuration, flags=re.MULTILINE)
        configuration = re.sub("alice|bob", pwd.getpwuid(os.geteuid()).pw_name, configuration)
        path.write_text(f'state_directory = "{folder}/state"\n{configuration}')
        done = subprocess.run(
            [AGENT, "status", "--config", path], capture_output=True, text=True, env={"HOME": folder}, timeout=60
        )
        return done.returncode, done.stderr


class Pages(unittest.TestCase):
    def test_mandoc_finds_nothing_to_say(self):
        for page in (COMMANDS, SETTINGS):
            with self.subTest(page.name):
                done = subprocess.run(["mandoc", "-T", "lint", page], capture_output=True, text=True)
                # That depends on which pages this machine happens to have.
                found = [line for line in done.stdout.splitlines() if "referenced manual not found" not in line]
                self.assertEqual(found, [])


if __name__ == "__main__":
    unittest.main()
