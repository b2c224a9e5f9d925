"""The instance metadata service (version 2 only) and the container credentials endpoint, for credential chains."""

from __future__ import annotations

import datetime
import json

from .wire import Request, Response
from .world import World

ROLE = "sandbox-instance"
_IMDS = "/latest/meta-data/iam/security-credentials"
_TOKEN = "imdsv2-token-of-the-sandbox"


def metadata(world: World, request: Request) -> Response | None:
    """The answer of either endpoint; None when the path is neither's."""
    path = request.raw_path
    if path == "/container-credentials":
        if request.header("Authorization") != world.metadata_token:
            return _text(401, "Unauthorized")
        return _credentials(world, "container")
    if path == "/latest/api/token":
        wanted = request.method == "PUT" and request.header("X-aws-ec2-metadata-token-ttl-seconds")
        return _text(200, _TOKEN) if wanted else _text(405, "Method Not Allowed")
    if not path.startswith("/latest/"):
        return None
    if request.header("X-aws-ec2-metadata-token") != _TOKEN:
        return _text(401, "Unauthorized")
    if path in (_IMDS, _IMDS + "/"):
        return _text(200, ROLE)
    if path == f"{_IMDS}/{ROLE}":
        return _credentials(world, "instance")
    return _text(404, "Not Found")


def _credentials(world: World, session: str) -> Response:
    """A fresh session of the role, which has the policies that a test gave it: none unless it made the role."""
    from moto.sts.models import sts_backends

    from .moto_backend import ACCOUNT, PARTITION

    role = sts_backends[ACCOUNT][PARTITION].assume_role(
        region_name="us-east-1",
        role_session_name=session,
        role_arn=f"arn:{PARTITION}:iam::{ACCOUNT}:role/{ROLE}",
        policy="",
        duration=3600,
        external_id="",
    )
    world.learn()
    expiration = role.expiration.replace(tzinfo=datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    document = {
        "Code": "Success",
        "Type": "AWS-HMAC",
        "AccessKeyId": role.access_key_id,
        "SecretAccessKey": role.secret_access_key,
        "Token": role.session_token,
        "Expiration": expiration,
        "LastUpdated": world.clock.utc().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "RoleArn": role.role_arn,
    }
    return Response(200, [("Content-Type", "application/json")], json.dumps(document).encode())


def _text(status: int, text: str) -> Response:
    return Response(status, [("Content-Type", "text/plain")], text.encode())
