"""Reads a credentials file with botocore over and over while something else rewrites it.

Usage: reader.py FILE PROFILE STOP < PAIRS     (each line of PAIRS: an id, a space, a secret)

Touches STOP.ready after the first read and ends when STOP exists. Prints how many reads saw each id; the exit code is 1
as soon as one saw anything but one of the pairs.
"""

import collections
import pathlib
import sys

import botocore.credentials


def main():
    path, profile, stop = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    pairs = dict(line.split() for line in sys.stdin)
    seen = collections.Counter()
    while not stop.exists():
        try:
            held = botocore.credentials.SharedCredentialProvider(path, profile).load()
        except Exception as error:
            sys.exit(f"read {sum(seen.values())}: {type(error).__name__}")
        if held is None:
            sys.exit(f"read {sum(seen.values())}: no key")
        if held.token is not None or pairs.get(held.access_key) != held.secret_key:
            sys.exit(f"read {sum(seen.values())}: not a pair")
        seen[held.access_key] += 1
        stop.with_suffix(".ready").touch()
    print(" ".join(f"{identifier}={count}" for identifier, count in sorted(seen.items())))


main()
