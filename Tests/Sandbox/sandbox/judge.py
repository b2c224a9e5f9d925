"""One request in, one answer out: as AWS would give it, or as a fault says."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace

from . import authorization, parameter_store, payload, refusal, secrets_manager, sigv4
from .authentication import authenticate
from .clock import Clock
from .fault_answers import refused_by
from .faults import Fault
from .identity_answers import access_key_last_used, caller_identity
from .keys import Key
from .operations import Operation, operation, unsigned_service
from .refusal import Refusal, exact
from .s3_operations import path_style
from .s3_rules import after_s3, before_s3
from .sigv4 import Signature
from .stale_views import remember_before, stale_answer
from .wire import Request, Response, new_request_id
from .world import World


@dataclass
class Answer:
    """What to send: None is a connection that is cut, `truncated` half of the body, `delay` seconds before it."""

    response: Response | None
    delay: float = 0.0
    truncated: bool = False


def judge(world: World, request: Request) -> Answer:
    fault, signature, call, principal_arn = None, None, Operation(unsigned_service(request), ""), ""
    clock = world.clock
    try:
        signature = sigv4.read(request)
        call = _operation(world, request, signature)
        if signature is None or signature.key_id != world.operator.id:
            key_id = signature.key_id if signature else ""
            fault = world.faults.take(call.service, call.name, call.resource, key_id, request.header("Host") or "")
        clock = clock.shifted(fault.seconds) if fault and fault.kind == "skew" else clock
        response = refused_by(fault, call.service)
        if response is None and not (fault and fault.kind == "drop"):
            key = _signer(world, request, signature, call, clock)
            principal_arn = key.principal.arn if key else ""
            response = _carry_out(world, request, signature, call, key, fault)
    except Refusal as reason:
        response = refusal.response(reason, call.service)
    if response is not None:
        _finish(response, call, request, clock)
    if signature is None or signature.key_id != world.operator.id:
        world.seen.add(
            {
                "time": round(clock.now(), 3),
                "service": call.service,
                "operation": call.name,
                "resource": call.resource,
                "key_id": signature.key_id if signature else None,
                "principal": principal_arn or None,
                "status": response.status if response else None,
                "code": response.code if response else None,
                "fault": fault.kind if fault else None,
            }
        )
    kind = fault.kind if fault else None
    if kind in ("drop", "lose"):
        return Answer(None)
    return Answer(response, fault.seconds if fault and kind == "slow" else 0.0, kind == "truncate")


def _operation(world: World, request: Request, signature: Signature | None) -> Operation:
    service = signature.service if signature else unsigned_service(request)
    if service == "ses" and request.raw_path.startswith("/v2/"):
        service = "sesv2"  # one signing name, two protocols
    key = world.keys.find(signature.key_id) if signature else None
    region = signature.region if signature else "us-east-1"
    request = path_style(request) if service == "s3" else request
    return operation(request, service, region, key.principal if key else None, world.moto)


def _signer(world: World, request: Request, signature: Signature | None, call: Operation, clock: Clock) -> Key | None:
    """The key that signed; None for the one call that needs none."""
    if signature is None:
        if (call.service, call.name) == ("sts", "AssumeRoleWithWebIdentity"):
            return None
        raise Refusal(
            "unsigned", "Access Denied" if call.service == "s3" else "Request is missing Authentication Token"
        )
    hashed = payload.signed_hash(request, signature)
    # The operator signs by this machine's clock, wherever a test has moved AWS's.
    judged_by = Clock() if signature.key_id == world.operator.id else clock
    key = authenticate(request, signature, hashed, world.keys, world.settings, judged_by)
    # AWS notes a use when the signature is right, whatever the policies then say.
    world.last_used.note(key.id, signature.service, signature.region)
    return key


def _carry_out(
    world: World,
    request: Request,
    signature: Signature | None,
    call: Operation,
    key: Key | None,
    fault: Fault | None,
) -> Response:
    if key is None or signature is None:
        authorization.check_web_identity(request, call, world.web_identity_token, world.moto)
        response = world.moto.call(request, "", "us-east-1", "sts")
    else:
        request = payload.decode(request, signature)
        request = path_style(request) if call.service == "s3" else request
        authorization.authorize(call, key.principal, world.moto)
        if fault and fault.kind == "heedless":
            request = replace(request, headers=request.without_headers("If-Match"))
        response = _answered_here(world, request, signature, call, key)
        if response is None:
            remember_before(world, request, signature, call)
            response = world.moto.call(request, key.id, signature.region, signature.service)
        if call.service == "secretsmanager":
            response = secrets_manager.after(response, call, signature.region, world.moto)
        if call.service == "s3":
            response = after_s3(world, response, call, key.principal)
    if call.service in ("iam", "sts") and not call.name.startswith(("Get", "List")):
        world.learn()
    return parameter_store.hide_ciphertext(response) if call.service == "ssm" else response


def _answered_here(world: World, request: Request, signature: Signature, call: Operation, key: Key) -> Response | None:
    """An answer that does not come from moto, or a Refusal for what moto would wrongly accept."""
    if call.service == "s3":
        before_s3(world, request, signature)
    elif (call.service, call.name) == ("sts", "GetCallerIdentity"):
        return caller_identity(key.principal)
    elif (call.service, call.name) == ("sts", "AssumeRole"):
        authorization.check_trust(call, key.principal, world.moto)
        if "Policy" in request.form():
            raise exact(501, "NotImplemented", "The sandbox does not know session policies.")
    elif (call.service, call.name) == ("iam", "GetAccessKeyLastUsed"):
        found = world.moto.user_keys().get(call.resource)
        return access_key_last_used(found[2].name, world.last_used.of(call.resource)) if found else None
    elif (call.service, call.name) == ("ssm", "PutParameter"):
        parameter_store.check_put(request)
    elif call.service == "secretsmanager":
        secrets_manager.check(request, call, signature.region, world.moto)
    return stale_answer(world, request, signature, call)


_XML_CODE = re.compile(rb"<Code>([^<]+)</Code>")


def _finish(response: Response, call: Operation, request: Request, clock: Clock) -> None:
    response.set_header("Date", clock.http_date())
    if call.service == "s3" and response.header("x-amz-request-id") is None:
        response.headers = [each for each in response.headers if each[0].lower() != "x-amzn-requestid"]
        response.headers += [("x-amz-request-id", new_request_id()), ("x-amz-id-2", "c2FuZGJveA==")]
    if response.code is None and response.status >= 400:
        found = _XML_CODE.search(response.body)
        if found:
            response.code = found[1].decode()
        elif response.body.startswith(b"{"):
            response.code = str(json.loads(response.body).get("__type", "")) or None
    if request.method == "HEAD":
        response.body = b""
