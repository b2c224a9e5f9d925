"""`python -m sandbox serve --state-dir DIR`: prints one line of JSON when ready, and serves until it is told to end."""

from __future__ import annotations

import argparse
import json
import os
import threading
from pathlib import Path

from . import certificates, lifetime
from .control import Control
from .front import Front
from .metadata import ROLE
from .moto_backend import ACCOUNT
from .world import REGION, World


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="sandbox", description="AWS on 127.0.0.1, for tests. Ends with its parent process."
    )
    parser.add_argument("command", choices=["serve"])
    parser.add_argument(
        "--state-dir", required=True, type=Path, help="where the CA and credentials go; made if missing"
    )
    parser.add_argument("--parent", type=int, default=os.getppid(), metavar="PID", help="the process to end with")
    parser.add_argument("--outlive-parent", action="store_true", help="end on SIGTERM or SIGINT only")
    arguments = parser.parse_args()
    lifetime.hold_signals()
    if not arguments.outlive_parent:
        try:
            lifetime.end_with(arguments.parent)
        except ProcessLookupError:
            parser.exit(1, "sandbox: the process that asked for it has ended already\n")
    folder: Path = arguments.state_dir.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    world = World()
    made = certificates.make(folder)
    front = Front(world, made.certificate, made.key)
    control = Control(world, front, str(made.authority))
    for server in (front, control):
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps(_announcement(folder, world, front, control, made)), flush=True)
    lifetime.wait_for_end()


def _announcement(folder: Path, world: World, front: Front, control: Control, made: certificates.Certificates) -> dict:
    """What a test needs. Secrets go into files: this line ends up in logs."""
    profile = f"[default]\naws_access_key_id = {world.admin.id}\naws_secret_access_key = {world.admin.secret}\n"
    plain = f"http://127.0.0.1:{control.port}"
    return {
        "endpoint": f"https://127.0.0.1:{front.port}",
        "control": plain,
        "ca_bundle": str(made.authority),
        "admin_credentials": _private(folder / "admin-credentials", profile),
        "admin_key_id": world.admin.id,
        "region": REGION,
        "account": ACCOUNT,
        "web_identity_token_file": _private(folder / "web-identity-token", world.web_identity_token),
        "metadata_endpoint": plain,
        "metadata_role": ROLE,
        "container_credentials_uri": f"{plain}/container-credentials",
        "container_token_file": _private(folder / "container-token", world.metadata_token),
        "pid": os.getpid(),
    }


def _private(path: Path, text: str) -> str:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    return str(path)


if __name__ == "__main__":
    main()
