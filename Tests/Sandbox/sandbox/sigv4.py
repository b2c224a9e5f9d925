"""Reads and recomputes AWS Signature Version 4, in headers and in presigned URLs.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import calendar
import hashlib
import hmac
import posixpath
import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import quote, unquote_plus, unquote_to_bytes

from .refusal import Refusal
from .wire import Request

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
_FIELD = re.compile(r"\s*(Credential|SignedHeaders|Signature)=([^,\s]+)\s*$")


@dataclass(frozen=True)
class Signature:
    """What a request says about its own signature; nothing of it is verified yet."""

    key_id: str
    date: str
    region: str
    service: str
    terminator: str
    signed_headers: tuple[str, ...]
    signature: str
    timestamp: str
    signed_at: float
    token: str | None
    expires: int | None  # seconds, of a presigned URL only

    @property
    def scope(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/{self.terminator}"


def read(request: Request) -> Signature | None:
    """The signature that the request carries; None when it carries none, a Refusal when it cannot be read."""
    authorization = request.header("Authorization")
    if authorization is not None:
        return _from_header(request, authorization)
    query = dict(request.query())
    return _from_query(query) if "X-Amz-Signature" in query or "X-Amz-Algorithm" in query else None


def _malformed(message: str) -> Refusal:
    return Refusal("malformed", message)


def _from_header(request: Request, authorization: str) -> Signature:
    algorithm, _, rest = authorization.partition(" ")
    if algorithm != ALGORITHM:
        raise _malformed(f"Unsupported authorization type {algorithm!r}.")
    matches = [_FIELD.match(part) for part in rest.split(",")]
    fields = {match[1]: match[2] for match in matches if match}
    for name in ("Credential", "SignedHeaders", "Signature"):
        if name not in fields:
            raise _malformed(f"Authorization header requires '{name}' parameter.")
    timestamp, signed_at = _signing_time(request.header("X-Amz-Date"), request.header("Date"))
    return _signature(
        fields["Credential"],
        fields["SignedHeaders"],
        fields["Signature"],
        timestamp,
        signed_at,
        request.header("X-Amz-Security-Token"),
        None,
    )


def _from_query(query: dict[str, str]) -> Signature:
    if query.get("X-Amz-Algorithm") != ALGORITHM:
        raise _malformed("AWS query-string parameters must include 'X-Amz-Algorithm' = 'AWS4-HMAC-SHA256'.")
    for name in ("X-Amz-Credential", "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Date", "X-Amz-Expires"):
        if name not in query:
            raise _malformed(f"AWS query-string parameters must include '{name}'.")
    if not query["X-Amz-Expires"].isdigit() or not 1 <= int(query["X-Amz-Expires"]) <= 604_800:
        raise _malformed("X-Amz-Expires must be a number of seconds between 1 and 604800.")
    timestamp, signed_at = _signing_time(query["X-Amz-Date"], None)
    return _signature(
        query["X-Amz-Credential"],
        query["X-Amz-SignedHeaders"],
        query["X-Amz-Signature"],
        timestamp,
        signed_at,
        query.get("X-Amz-Security-Token"),
        int(query["X-Amz-Expires"]),
    )


def _signature(
    credential: str, headers: str, signature: str, timestamp: str, at: float, token: str | None, expires: int | None
) -> Signature:
    parts = credential.split("/")
    if len(parts) != 5:
        raise _malformed(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term."
        )
    return Signature(*parts, tuple(headers.split(";")), signature, timestamp, at, token, expires)


def _signing_time(amz_date: str | None, date: str | None) -> tuple[str, float]:
    try:
        if amz_date is not None:
            return amz_date, float(calendar.timegm(time.strptime(amz_date, "%Y%m%dT%H%M%SZ")))
        if date is not None:
            seconds = parsedate_to_datetime(date).timestamp()
            return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(seconds)), seconds
    except (ValueError, TypeError):
        raise _malformed(f"Date must be in ISO-8601 'basic format'. Got '{amz_date or date}'.") from None
    raise _malformed("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")


def expected(request: Request, signature: Signature, secret: str, payload_hash: str, *, normalize: bool = True) -> str:
    """The signature that this request has under `secret`."""
    canonical = canonical_request(request, signature, payload_hash, normalize=normalize)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join((ALGORITHM, signature.timestamp, signature.scope, digest))
    key = ("AWS4" + secret).encode()
    for part in (signature.date, signature.region, signature.service, signature.terminator):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def canonical_request(request: Request, signature: Signature, payload_hash: str, *, normalize: bool = True) -> str:
    headers = "".join(f"{name}:{_canonical_value(request, name)}\n" for name in signature.signed_headers)
    return "\n".join(
        (
            request.method,
            _canonical_path(request.raw_path, signature.service, normalize),
            _canonical_query(request.raw_query),
            headers,
            ";".join(signature.signed_headers),
            payload_hash,
        )
    )


def _canonical_value(request: Request, name: str) -> str:
    values = [" ".join(value.split()) for key, value in request.headers if key.lower() == name]
    # http.server reads header bytes as ISO 8859-1; the signer saw UTF-8.
    return ",".join(values).encode("latin-1", "replace").decode("utf-8", "replace")


def _canonical_path(raw_path: str, service: str, normalize: bool) -> str:
    """S3 object names are not paths: encoded once and never normalised. Everybody else encodes what was sent again."""
    if service == "s3":
        return quote(unquote_to_bytes(raw_path), safe="/-_.~")
    path = raw_path
    if normalize:
        path = posixpath.normpath(re.sub("/+", "/", path))
        path += "/" if raw_path.endswith(("/", "/.", "/..")) and path != "/" else ""
    return quote(path, safe="/-_.~")


def _canonical_query(raw_query: str) -> str:
    pairs = []
    for part in filter(None, raw_query.split("&")):
        name, _, value = part.partition("=")
        if name != "X-Amz-Signature":
            pairs.append((quote(unquote_plus(name), safe="-_.~"), quote(unquote_plus(value), safe="-_.~")))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))
