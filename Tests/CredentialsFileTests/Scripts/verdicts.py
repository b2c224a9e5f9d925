"""Compares Keybaton's reading and editing of credentials files with botocore's.

Usage: verdicts.py FOLDER ID < SECRET

In the folder, per case N: N.before, N.profile, N.verdict (edited, unreadable or doubtful), and N.after when edited.
Prints each disagreement and the number of cases of each verdict; the exit code is 1 when there was a disagreement.
"""

import collections
import configparser
import pathlib
import sys

import botocore.configloader
import botocore.credentials
import botocore.exceptions

CREDENTIALS = {"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token"}
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def load(path):
    """The sections of the file; None when botocore refuses it.

    A byte order mark is taken off: it is only warned of. One more section is put at the end, because botocore looks at
    the values of [DEFAULT] only where there is a section to lend them to, as there is after an edit.
    """
    content = path.read_bytes()
    plain = path.with_suffix(".plain")
    plain.write_bytes(content.removeprefix(BYTE_ORDER_MARK) + b"\n[verdict]\n")
    try:
        sections = botocore.configloader.raw_config_parse(str(plain))
    except botocore.exceptions.ConfigParseError:
        return None
    del sections["verdict"]
    return sections


def others(sections, profile, inherited):
    """Everything but the credentials of the profile; a missing section is as good as one that only inherits."""
    result = {name: dict(keys) for name, keys in sections.items()}
    rest = {key for key in result.pop(profile, inherited) if key not in CREDENTIALS}
    values = {key: value for key, value in sections.get(profile, {}).items() if key in rest - inherited}
    return result, rest, values


def inherited_keys(path):
    """The keys of [DEFAULT], which botocore lends to every section."""
    parser = configparser.RawConfigParser()
    parser.read([path])
    return set(parser.defaults())


def disagreement(case, identifier, secret):
    profile = case.with_suffix(".profile").read_text()
    verdict = case.with_suffix(".verdict").read_text()
    before = load(case)
    if (before is None) != (verdict == "unreadable"):
        return verdict, "botocore says " + ("unreadable" if before is None else "readable")
    if verdict != "edited":
        return verdict, None
    after = load(case.with_suffix(".after"))
    if after is None:
        return verdict, "botocore cannot read the result"
    inherited = inherited_keys(case.with_suffix(".plain"))
    if others(before, profile, inherited) != others(after, profile, inherited):
        return verdict, "something else changed"
    # The plain copy is now the one of the result.
    held = botocore.credentials.SharedCredentialProvider(str(case.with_suffix(".plain")), profile).load()
    if held is None or (held.access_key, held.secret_key, held.token) != (identifier, secret, None):
        return verdict, "botocore does not see exactly the new key"
    return verdict, None


def main():
    folder, identifier = pathlib.Path(sys.argv[1]), sys.argv[2]
    secret = sys.stdin.read()
    counts = collections.Counter()
    failed = False
    for case in sorted(folder.glob("*.before")):
        verdict, problem = disagreement(case, identifier, secret)
        counts[verdict] += 1
        if problem:
            failed = True
            print(f"case {case.stem}, {verdict}: {problem}: {case.read_bytes()!r}")
    print(" ".join(f"{verdict}={count}" for verdict, count in sorted(counts.items())))
    sys.exit(1 if failed else 0)


main()
