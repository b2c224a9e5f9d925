"""Which reads may be stale in the sandbox, and which calls make them so."""

from __future__ import annotations

import json
from functools import partial
from urllib.parse import urlencode

from .operations import Operation
from .sigv4 import Signature
from .wire import Request, Response
from .world import World

_KEY_CHANGES = ("CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey")


def stale_answer(world: World, request: Request, signature: Signature, call: Operation) -> Response | None:
    """The answer as it was before a change of late; None when the read is to be up to date."""
    if (call.service, call.name) == ("iam", "ListAccessKeys"):
        return world.staleness.answer(("ListAccessKeys", call.resource))
    if (call.service, call.name) == ("ssm", "GetParameter"):
        decrypt = str(bool(request.json().get("WithDecryption")))
        return world.staleness.answer(("GetParameter", signature.region, call.resource, decrypt))
    return None


def remember_before(world: World, request: Request, signature: Signature, call: Operation) -> None:
    """To be called right before a change is carried out."""
    if call.service == "iam" and call.name in _KEY_CHANGES:
        read = Request(
            "POST",
            "/",
            [("Content-Type", "application/x-www-form-urlencoded")],
            urlencode({"Action": "ListAccessKeys", "Version": "2010-05-08", "UserName": call.resource}).encode(),
        )
        world.staleness.before_change(
            ("ListAccessKeys", call.resource),
            world.settings.stale_list_access_keys,
            lambda: world.moto.call(read, signature.key_id, signature.region, "iam"),
        )
    elif (call.service, call.name) == ("ssm", "PutParameter"):
        for decrypt in (True, False):
            world.staleness.before_change(
                ("GetParameter", signature.region, call.resource, str(decrypt)),
                world.settings.stale_get_parameter,
                partial(_parameter, world, signature, call.resource, decrypt),
            )


def _parameter(world: World, signature: Signature, name: str, decrypt: bool) -> Response:
    headers = [("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Target", "AmazonSSM.GetParameter")]
    body = json.dumps({"Name": name, "WithDecryption": decrypt}).encode()
    return world.moto.call(Request("POST", "/", headers, body), signature.key_id, signature.region, "ssm")
