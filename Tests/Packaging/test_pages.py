"""The manual pages and the example configurations say what the programs do: no more, and no less.

KEYBATON_AGENT and KEYBATON name the programs.
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
MAN = ROOT / "packaging/man"


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
        for name in line.removeprefix("Fl ").split(" Ar ")[0].split(" | ")
    }


def settings(text):
    return {name for item in re.findall(r"^\.It Ic (.*)$", text, flags=re.MULTILINE) for name in item.split(" , ")}


def documented_settings(page):
    """The settings by table: the whole configuration, `key`, `key.target`, `policy`."""
    tables = {name: text for name, text in sections(page, "Ss").items() if re.match(r"(each|the) \[", name)}
    found = {re.search(r"\[+([\w.]+)\]", name)[1]: settings(text) for name, text in tables.items()}
    found["configuration"] = settings(re.split(r"^\.Ss ", sections(page, "Sh")["settings"], flags=re.MULTILINE)[0])
    return found


class Structure:
    """One `struct` of the sources: its properties with their types, and how a configuration calls them."""

    def __init__(self):
        self.properties, self.keys = {}, {}

    def settings(self):
        """By name, with their types; a property that no coding key names is not decoded."""
        if not self.keys:
            return self.properties
        return {key: self.properties[name] for name, key in self.keys.items()}


def structures(files):
    """Every struct by name."""
    found = {}
    for file in files:
        names, in_coding_keys = [], False
        for line in file.read_text().splitlines():
            depth = (len(line) - len(line.lstrip())) // 4
            if match := re.match(r"\s*enum (\w+)", line):
                in_coding_keys = match[1] == "CodingKeys"
            elif match := re.match(r"\s*struct (\w+)\b.*\{$", line):
                names = [*names[:depth], match[1]]
                found[match[1]] = Structure()
            elif names and line.strip() == "}" and depth < len(names):
                names = names[:depth]
            elif names and depth == len(names):
                match = re.match(r"\s+(?:let|var) (\w+): (.+?)\??$", line)
                if match and not line.endswith("{") and " }" not in line:
                    found[names[-1]].properties[match[1]] = match[2].strip("[]?")
            elif in_coding_keys and depth == len(names) + 1 and (match := re.match(r"\s+case ([\w, =\"]+)$", line)):
                for name in match[1].split(", "):
                    swift, _, raw = name.partition(" = ")
                    found[names[-1]].keys[swift] = raw.strip('"') or swift
    return found


def decoded_settings(files, root):
    """What the program decodes, by table: the coding keys, which an unknown setting is held against."""
    known, found = structures(files), {}

    def walk(name, table):
        found[table or "configuration"] = set(known[name].settings())
        for setting, kind in known[name].settings().items():
            if kind in known:
                walk(kind, f"{table}.{setting}".lstrip("."))

    walk(root, "")
    return found


def example_settings(text):
    found, table = {"configuration": set()}, "configuration"
    for line in text.splitlines():
        if match := re.match(r"\[+([\w.]+)\]", line):
            table = match[1]
            above, _, name = table.rpartition(".")
            found.setdefault(above or "configuration", set()).add(name)
            found.setdefault(table, set())
        elif match := re.match(r"(\w+) += ", line):
            found.setdefault(table, set()).add(match[1])
    return found


def everything(example):
    """The example with every setting on."""
    return re.sub(r"^#(?=\w+ = |\[)", "", example, flags=re.MULTILINE)


def trusted_folder():
    """A folder for a configuration and a state; root follows neither where others could put something else."""
    return tempfile.TemporaryDirectory(prefix="keybaton-pages-", dir="/var/lib" if os.geteuid() == 0 else None)


def configurations(page, mark):
    """The examples of the page that are a configuration, or a part of one."""
    blocks = re.findall(r"^\.Bd -literal.*\n((?:.*\n)*?)^\.Ed$", page.read_text(), flags=re.MULTILINE)
    return [block for block in blocks if mark in block]


def complete(block, table, first):
    """With what a part leaves out before it."""
    before = "" if "region = " in block else 'region = "eu-west-1"\nbucket = "123456789012-accesskey-update"\n'
    return before + ("" if f"[[{table}]]" in block else f"[[{table}]]\n{first}\n") + block


class CommandPage:
    """What a page about commands must be; `program` and `page` say which."""

    @classmethod
    def setUpClass(cls):
        dump = subprocess.run([cls.program, "--experimental-dump-help"], check=True, capture_output=True).stdout
        cls.command = json.loads(dump)["command"]
        cls.subcommands = {
            each["commandName"]: each for each in cls.command["subcommands"] if each.get("shouldDisplay", True)
        }
        cls.described = sections(cls.page, "Ss")

    @staticmethod
    def options(command):
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
        self.assertEqual(listed_options(sections(self.page, "Sh")["options"]), common)
        for name, command in self.subcommands.items():
            with self.subTest(command=name):
                self.assertEqual(listed_options(self.described[name]), self.options(command) - common)

    def test_its_synopsis_has_the_same_commands_and_options(self):
        calls = re.split(r"^\.Nm$", sections(self.page, "Sh")["synopsis"], flags=re.MULTILINE)
        called = {match[1]: call for call in calls if (match := re.search(r"^\.Cm (\S+)$", call, flags=re.MULTILINE))}
        self.assertEqual(set(called), set(self.subcommands))
        common = self.options(self.command)
        for name, command in self.subcommands.items():
            with self.subTest(command=name):
                self.assertEqual(synopsis_options(called[name]), self.options(command) - common)

    def test_lists_the_exit_codes_of_the_help_in_their_order(self):
        told = re.findall(r"(?<=[:,] )(\d+) [a-zA-Z]", " " + self.command["discussion"])
        self.assertGreater(len(told), 5)
        listed = re.findall(r"^\.It (\d+)$", sections(self.page, "Sh")["exit status"], flags=re.MULTILINE)
        self.assertEqual(listed, told)


class SettingsPage:
    """What a page about settings must be; `read` has the program read a configuration."""

    def test_explains_every_setting_that_the_program_decodes_and_no_other(self):
        self.assertEqual(documented_settings(self.page), self.decoded())

    def test_the_example_shows_every_setting(self):
        shown = example_settings(everything(self.example.read_text()))
        # One user's, which are explained where they are everybody's.
        self.assertLessEqual(shown.pop("user.policy", set()), shown.get("policy", set()))
        self.assertEqual(shown, self.shown())

    def shown(self):
        return documented_settings(self.page)

    def test_the_program_accepts_the_example_and_its_every_setting(self):
        text = self.example.read_text()
        with trusted_folder() as folder:
            for name, configuration in {"as it is": text, "everything": everything(text)}.items():
                with self.subTest(name):
                    self.assertEqual(self.read(folder, configuration), (0, ""))

    def test_the_program_accepts_the_configurations_in_the_pages(self):
        blocks = [block for page in self.pages for block in configurations(page, f"[[{self.table}")]
        self.assertGreaterEqual(len(blocks), 4)
        with trusted_folder() as folder:
            for block in blocks:
                with self.subTest(block):
                    self.assertEqual(self.read(folder, complete(block, self.table, self.first)), (0, ""))

    def test_the_program_refuses_a_setting_that_the_page_does_not_have(self):
        with trusted_folder() as folder:
            status, message = self.read(folder, 'colour = "blue"\n' + self.example.read_text())
        self.assertEqual(status, 78)
        self.assertIn("colour", message)


class AgentCommands(CommandPage, unittest.TestCase):
    program = os.environ["KEYBATON_AGENT"]
    page = MAN / "keybaton-agent.8"


class RotatorCommands(CommandPage, unittest.TestCase):
    program = os.environ["KEYBATON"]
    page = MAN / "keybaton.8"


class AgentSettings(SettingsPage, unittest.TestCase):
    page = MAN / "keybaton-agent.toml.5"
    pages = (AgentCommands.page, page)
    example = ROOT / "packaging/examples/agent.toml"
    table, first = "key", 'user = "backup"'

    def decoded(self):
        return decoded_settings([ROOT / "Sources/AgentCommands/AgentDocument.swift"], "AgentDocument")

    def read(self, folder, configuration):
        """Reads the configuration and the last runs; without the network."""
        path = Path(folder) / "agent.toml"
        # Not this machine's state; and alice and bob are whoever is here.
        configuration = re.sub(r"^state_directory = .*\n", "", configuration, flags=re.MULTILINE)
        configuration = re.sub("alice|bob", pwd.getpwuid(os.geteuid()).pw_name, configuration)
        path.write_text(f'state_directory = "{folder}/state"\n{configuration}')
        done = subprocess.run(
            [AgentCommands.program, "status", "--config", path],
            capture_output=True,
            text=True,
            env={"HOME": folder},
            timeout=60,
        )
        return done.returncode, done.stderr


class RotatorSettings(SettingsPage, unittest.TestCase):
    page = MAN / "keybaton.toml.5"
    pages = (RotatorCommands.page, page)
    example = ROOT / "packaging/examples/rotator.toml"
    table, first = "user", 'name = "backup"'

    def decoded(self):
        found = decoded_settings(
            sorted((ROOT / "Sources/RotatorCommands/Configuration").glob("*.swift")), "RotatorConfiguration"
        )
        # The same table in two places, explained once.
        self.assertEqual(found.pop("user.policy"), found["policy"])
        return found

    def shown(self):
        """Of two settings that exclude each other the example has one."""
        found = documented_settings(self.page)
        found["notify"] -= {"ping_file"}
        return found

    def read(self, folder, configuration):
        """Prints a policy, for which nobody need be asked."""
        path = Path(folder) / "rotator.toml"
        # alice is whoever is here, and every Debian has the group.
        path.write_text(configuration.replace("alice", pwd.getpwuid(os.geteuid()).pw_name))
        done = subprocess.run(
            [RotatorCommands.program, "policy", "rotator", "--account", "123456789012", "--config", path],
            capture_output=True,
            text=True,
            env={"HOME": folder},
            timeout=60,
        )
        return done.returncode, done.stderr


class Pages(unittest.TestCase):
    def test_mandoc_finds_nothing_to_say(self):
        for page in MAN.iterdir():
            with self.subTest(page.name):
                done = subprocess.run(["mandoc", "-T", "lint", page], capture_output=True, text=True)
                # That depends on which pages this machine happens to have.
                found = [line for line in done.stdout.splitlines() if "referenced manual not found" not in line]
                self.assertEqual(found, [])


if __name__ == "__main__":
    unittest.main()
