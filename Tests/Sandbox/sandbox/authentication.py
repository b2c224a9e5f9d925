"""Decides who signed a request, as AWS does: key state, time, scope, signed headers, then the signature itself."""

from __future__ import annotations

import hmac
import re

from .clock import Clock, compact
from .keys import Key, KeyLedger
from .refusal import Refusal, wrong_signature
from .settings import Settings, for_service
from .sigv4 import Signature, expected
from .wire import Request

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]")
# Services of the partition as a whole are signed for one region.
_GLOBAL = {"iam": "us-east-1"}


def authenticate(
    request: Request, signature: Signature, payload_hash: str, keys: KeyLedger, settings: Settings, clock: Clock
) -> Key:
    """The key that made this signature, or a Refusal."""
    _check_scope(signature)
    _check_headers(request, signature)
    _check_time(signature, settings, clock)
    key = _key(signature, keys, clock)
    if not hmac.compare_digest(expected(request, signature, key.secret, payload_hash), signature.signature):
        raise wrong_signature()
    return key


def _check_scope(signature: Signature) -> None:
    if signature.terminator != "aws4_request":
        raise Refusal("wrong_scope", "Credential should be scoped with a valid terminator: 'aws4_request'.")
    if signature.date != signature.timestamp[:8]:
        raise Refusal(
            "wrong_scope",
            f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{signature.date}' != '{signature.timestamp[:8]}', from '{signature.timestamp}'.",
        )
    region = _GLOBAL.get(signature.service)
    if region is not None and signature.region != region or not _REGION.fullmatch(signature.region):
        raise Refusal(
            "wrong_scope",
            f"Credential should be scoped to a valid region, not '{signature.region}'.",
            {"Region": region or "us-east-1"},
        )


def _check_headers(request: Request, signature: Signature) -> None:
    sent = {name.lower() for name, _ in request.headers}
    required = {"host"} | {name for name in sent if name.startswith("x-amz-")}
    missing = sorted(required - set(signature.signed_headers))
    if missing:
        raise Refusal(
            "unsigned_header",
            "There were headers present in the request which were not signed: " + ", ".join(missing),
            {"HeadersNotSigned": ", ".join(missing)},
        )


def _check_time(signature: Signature, settings: Settings, clock: Clock) -> None:
    now, window = clock.now(), for_service(settings.signature_window, signature.service)
    signed, here = signature.timestamp, compact(now)
    if signature.expires is not None:
        if now > signature.signed_at + signature.expires:
            raise Refusal("denied" if signature.service == "s3" else "skewed", "Request has expired")
        if signature.signed_at > now + window:
            raise Refusal("denied" if signature.service == "s3" else "skewed", "Request is not valid yet")
        return
    if abs(now - signature.signed_at) <= window:
        return
    if signature.service == "s3":
        raise Refusal(
            "skewed",
            "The difference between the request time and the current time is too large.",
            {"RequestTime": signed, "ServerTime": here, "MaxAllowedSkewMilliseconds": str(int(window * 1000))},
        )
    minutes = f"{window / 60:g} min."
    if signature.signed_at < now:
        limit = compact(now - window)
        raise Refusal("skewed", f"Signature expired: {signed} is now earlier than {limit} ({here} - {minutes})")
    raise Refusal(
        "skewed",
        f"Signature not yet current: {signed} is still later than {compact(now + window)} ({here} + {minutes})",
    )


def _key(signature: Signature, keys: KeyLedger, clock: Clock) -> Key:
    key = keys.working(signature.key_id, signature.service)
    if key is None:
        text = (
            "The AWS Access Key Id you provided does not exist in our records."
            if signature.service == "s3"
            else "The security token included in the request is invalid."
        )
        raise Refusal("unknown_key", text, {"AWSAccessKeyId": signature.key_id})
    if key.token != signature.token:
        raise Refusal("bad_token", "The security token included in the request is invalid.")
    if key.expires_at is not None and clock.now() >= key.expires_at:
        raise Refusal("expired_token", "The security token included in the request is expired")
    return key
