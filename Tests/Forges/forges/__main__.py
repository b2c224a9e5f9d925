"""`python -m forges`: prints one line of JSON when ready, and ends with its standard input."""

from __future__ import annotations

import json
import sys
import threading

from .bitbucket import Bitbucket
from .control import Control
from .github import GitHub
from .gitlab import GitLab
from .server import Front


def main() -> None:
    forges = [Bitbucket(), GitHub(), GitLab()]
    fronts = {forge.name: Front(forge) for forge in forges}
    control = Control({forge.name: forge for forge in forges})
    for server in (*fronts.values(), control):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    addresses = {name: front.address + front.forge.base for name, front in fronts.items()}
    print(json.dumps(addresses | {"control": control.address}), flush=True)
    sys.stdin.read()


main()
