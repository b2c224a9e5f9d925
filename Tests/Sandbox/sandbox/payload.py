"""The body: undoes S3's aws-chunked encoding and checks every digest that was sent with it."""

from __future__ import annotations

import base64
import hashlib
import zlib

from .refusal import exact
from .sigv4 import UNSIGNED_PAYLOAD, Signature
from .wire import Request

UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"

_CHECKSUMS = {
    "x-amz-checksum-crc32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
    "x-amz-checksum-sha1": lambda body: hashlib.sha1(body).digest(),
    "x-amz-checksum-sha256": lambda body: hashlib.sha256(body).digest(),
    "content-md5": lambda body: hashlib.md5(body).digest(),
}


def signed_hash(request: Request, signature: Signature) -> str:
    """The payload hash as the signer put it into the canonical request."""
    if signature.service != "s3":
        return hashlib.sha256(request.body).hexdigest()
    if signature.expires is not None:
        return request.header("x-amz-content-sha256") or UNSIGNED_PAYLOAD
    declared = request.header("x-amz-content-sha256")
    if declared is None:
        raise exact(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    return declared


def decode(request: Request, signature: Signature) -> Request:
    """The request with its body decoded and checked; only S3 sends anything but the plain body."""
    if signature.service != "s3":
        return request
    declared = signed_hash(request, signature)
    trailers: list[tuple[str, str]] = []
    if declared == UNSIGNED_TRAILER:
        body, trailers = _unchunk(request.body)
        length = request.header("x-amz-decoded-content-length")
        if length is not None and length != str(len(body)):
            raise exact(400, "IncompleteBody", "The request body is not as long as x-amz-decoded-content-length says.")
        request = _decoded(request, body, trailers)
    elif declared.startswith("STREAMING-"):
        raise exact(501, "NotImplemented", f"The sandbox does not verify {declared}.")
    elif declared != UNSIGNED_PAYLOAD:
        actual = hashlib.sha256(request.body).hexdigest()
        if declared != actual:
            raise exact(
                400,
                "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
                ClientComputedContentSHA256=declared,
                S3ComputedContentSHA256=actual,
            )
    _check_digests(request, trailers)
    return request


def _unchunk(encoded: bytes) -> tuple[bytes, list[tuple[str, str]]]:
    malformed = exact(400, "InvalidRequest", "The aws-chunked body could not be read.")
    body, rest = bytearray(), encoded
    while True:
        line, found, rest = rest.partition(b"\r\n")
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError:
            raise malformed from None
        if not found or size < 0:
            raise malformed
        if size == 0:
            break
        body += rest[:size]
        if rest[size : size + 2] != b"\r\n":
            raise malformed
        rest = rest[size + 2 :]
    lines = [line for line in rest.decode("latin-1").split("\r\n") if line]
    return bytes(body), [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]


def _decoded(request: Request, body: bytes, trailers: list[tuple[str, str]]) -> Request:
    # moto would look for chunks again, and for ever, if it found one of these.
    headers = request.without_headers(
        "Content-Encoding",
        "Content-Length",
        "Transfer-Encoding",
        "X-Amz-Trailer",
        "X-Amz-Content-SHA256",
        "X-Amz-Decoded-Content-Length",
    )
    encodings = [each.strip() for each in (request.header("Content-Encoding") or "").split(",")]
    kept = ",".join(each for each in encodings if each and each != "aws-chunked")
    headers += [("Content-Encoding", kept)] if kept else []
    return Request(request.method, request.target, headers + trailers, body)


def _check_digests(request: Request, trailers: list[tuple[str, str]]) -> None:
    # moto stores a body whatever its digest says.
    for name, digest in _CHECKSUMS.items():
        sent = request.header(name)
        if sent is not None and sent != base64.b64encode(digest(request.body)).decode():
            raise exact(400, "BadDigest", f"The {name} you specified did not match what we received.")
    unknown = [name for name, _ in trailers if name.lower() not in _CHECKSUMS]
    if unknown:
        raise exact(501, "NotImplemented", f"The sandbox does not verify {unknown[0]}.")
