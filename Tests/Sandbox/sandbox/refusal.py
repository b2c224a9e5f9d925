"""Why AWS refuses a request, and how each protocol words the same refusal."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from .wire import Response, new_request_id

QUERY, JSON, REST_JSON, S3 = "query", "json", "rest-json", "s3"

NAMESPACES = {
    "iam": "https://iam.amazonaws.com/doc/2010-05-08/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
    "sns": "http://sns.amazonaws.com/doc/2010-03-31/",
    "ses": "http://ses.amazonaws.com/doc/2010-12-01/",
}

# reason: ((status, code) for query XML, (status, code) for JSON, (status, code) for S3)
CODES = {
    "unknown_key": ((403, "InvalidClientTokenId"), (400, "UnrecognizedClientException"), (403, "InvalidAccessKeyId")),
    "bad_token": ((403, "InvalidClientTokenId"), (400, "UnrecognizedClientException"), (400, "InvalidToken")),
    "expired_token": ((403, "ExpiredToken"), (400, "ExpiredTokenException"), (400, "ExpiredToken")),
    "wrong_signature": (
        (403, "SignatureDoesNotMatch"),
        (400, "InvalidSignatureException"),
        (403, "SignatureDoesNotMatch"),
    ),
    "skewed": ((403, "SignatureDoesNotMatch"), (400, "InvalidSignatureException"), (403, "RequestTimeTooSkewed")),
    "wrong_scope": (
        (403, "SignatureDoesNotMatch"),
        (400, "InvalidSignatureException"),
        (400, "AuthorizationHeaderMalformed"),
    ),
    "malformed": (
        (400, "IncompleteSignature"),
        (400, "IncompleteSignatureException"),
        (400, "AuthorizationHeaderMalformed"),
    ),
    "unsigned": (
        (403, "MissingAuthenticationToken"),
        (400, "MissingAuthenticationTokenException"),
        (403, "AccessDenied"),
    ),
    "unsigned_header": ((403, "SignatureDoesNotMatch"), (400, "InvalidSignatureException"), (403, "AccessDenied")),
    "denied": ((403, "AccessDenied"), (400, "AccessDeniedException"), (403, "AccessDenied")),
    "throttled": ((400, "Throttling"), (400, "ThrottlingException"), (503, "SlowDown")),
    "unavailable": ((503, "ServiceUnavailable"), (503, "ServiceUnavailableException"), (503, "ServiceUnavailable")),
    "internal": ((500, "InternalFailure"), (500, "InternalServerError"), (500, "InternalError")),
}


@dataclass
class Refusal(Exception):
    """A refusal in no protocol yet: a reason out of CODES, or a status and code that only one service has."""

    reason: str
    message: str
    details: dict[str, str] = field(default_factory=dict)
    status: int | None = None
    code: str | None = None


def wrong_signature() -> Refusal:
    return Refusal(
        "wrong_signature",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details.",
    )


def exact(status: int, code: str, message: str, **details: str) -> Refusal:
    return Refusal("exact", message, details, status, code)


def permanent_redirect(bucket: str, region: str) -> Refusal:
    return exact(
        301,
        "PermanentRedirect",
        "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all "
        "future requests to this endpoint.",
        Bucket=bucket,
        Endpoint=f"{bucket}.s3.{region}.amazonaws.com",
        Region=region,
    )


def protocol_of(service: str) -> str:
    if service in ("s3", "sesv2"):
        return {"s3": S3, "sesv2": REST_JSON}[service]
    return QUERY if service in NAMESPACES else JSON


def response(refusal: Refusal, service: str, protocol: str | None = None) -> Response:
    """The refusal in the service's own protocol, or in another one where a test wants the wrong shape."""
    protocol = protocol or protocol_of(service)
    if refusal.code is not None:
        status, code = refusal.status or 400, refusal.code
    else:
        query, json_, s3 = CODES[refusal.reason]
        status, code = {QUERY: query, JSON: json_, REST_JSON: json_, S3: s3}[protocol]
        if (service, refusal.reason) == ("sns", "denied"):
            code = "AuthorizationError"
    render = {QUERY: _query, JSON: _json, REST_JSON: _json, S3: _s3}[protocol]
    answer = render(status, code, refusal, service, new_request_id())
    answer.code = code
    return answer


def _query(status: int, code: str, refusal: Refusal, service: str, request_id: str) -> Response:
    kind = "Sender" if status < 500 else "Receiver"
    body = (
        f'<ErrorResponse xmlns="{NAMESPACES.get(service, NAMESPACES["sts"])}">\n  <Error>\n    <Type>{kind}</Type>\n'
        f"    <Code>{escape(code)}</Code>\n    <Message>{escape(refusal.message)}</Message>\n  </Error>\n"
        f"  <RequestId>{request_id}</RequestId>\n</ErrorResponse>\n"
    )
    return Response(status, [("x-amzn-RequestId", request_id), ("Content-Type", "text/xml")], body.encode())


def _json(status: int, code: str, refusal: Refusal, service: str, request_id: str) -> Response:
    body = json.dumps({"__type": code, "message": refusal.message}).encode()
    kind = "application/json" if service == "sesv2" else "application/x-amz-json-1.1"
    return Response(
        status, [("x-amzn-RequestId", request_id), ("x-amzn-ErrorType", code), ("Content-Type", kind)], body
    )


def _s3(status: int, code: str, refusal: Refusal, service: str, request_id: str) -> Response:
    host_id = "c2FuZGJveA=="
    details = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in refusal.details.items())
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{escape(code)}</Code>'
        f"<Message>{escape(refusal.message)}</Message>{details}"
        f"<RequestId>{request_id}</RequestId><HostId>{host_id}</HostId></Error>"
    )
    headers = [("x-amz-request-id", request_id), ("x-amz-id-2", host_id), ("Content-Type", "application/xml")]
    if "Region" in refusal.details:
        headers.append(("x-amz-bucket-region", refusal.details["Region"]))
    return Response(status, headers, body.encode())
