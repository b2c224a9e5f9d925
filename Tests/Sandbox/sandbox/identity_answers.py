"""Answers that only the front can give rightly: who the caller is, and when a key was last used."""

from __future__ import annotations

from xml.sax.saxutils import escape

from .keys import Principal
from .last_used import Use
from .refusal import NAMESPACES
from .wire import Response, new_request_id


def caller_identity(principal: Principal) -> Response:
    return _answer(
        "sts",
        "GetCallerIdentity",
        {
            "Arn": principal.arn,
            "UserId": principal.user_id,
            "Account": principal.account,
        },
    )


def access_key_last_used(user: str, use: Use | None) -> Response:
    """Without a date, and with N/A for the rest, when the key was never used."""
    date = f"<LastUsedDate>{use.date()}</LastUsedDate>" if use else ""
    service, region = (use.service, use.region) if use else ("N/A", "N/A")
    last = f"<ServiceName>{escape(service)}</ServiceName><Region>{escape(region)}</Region>{date}"
    return _answer("iam", "GetAccessKeyLastUsed", {"UserName": user}, f"<AccessKeyLastUsed>{last}</AccessKeyLastUsed>")


def _answer(service: str, operation: str, texts: dict[str, str], more: str = "") -> Response:
    request_id = new_request_id()
    elements = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in texts.items())
    body = (
        f'<{operation}Response xmlns="{NAMESPACES[service]}"><{operation}Result>{elements}{more}</{operation}Result>'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
    )
    return Response(200, [("x-amzn-RequestId", request_id), ("Content-Type", "text/xml")], body.encode())
