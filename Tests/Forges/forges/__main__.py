"""`python -m forges PID`: prints one line of JSON when ready, and ends with that process or when it is told to."""

from __future__ import annotations

import json
import sys
import threading

from sandbox import lifetime

from .bitbucket import Bitbucket
from .control import Control
from .github import GitHub
from .gitlab import GitLab
from .server import Front


def main() -> None:
    lifetime.hold_signals()
    lifetime.end_with(int(sys.argv[1]))
    forges = [Bitbucket(), GitHub(), GitLab()]
    fronts = {forge.name: Front(forge) for forge in forges}
    control = Control({forge.name: forge for forge in forges})
    for server in (*fronts.values(), control):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    addresses = {name: front.address + front.forge.base for name, front in fronts.items()}
    print(json.dumps(addresses | {"control": control.address}), flush=True)
    lifetime.wait_for_end()


main()
