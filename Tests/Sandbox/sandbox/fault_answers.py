"""The answers of those faults that answer at once instead of letting the request pass."""

from __future__ import annotations

from . import refusal
from .faults import Fault
from .refusal import JSON, QUERY, REST_JSON, Refusal, exact
from .wire import Response


def refused_by(fault: Fault | None, service: str) -> Response | None:
    """None when there is no fault, or one that lets the request pass or cuts the connection."""
    if fault is None:
        return None
    if fault.kind == "throttle":
        return refusal.response(Refusal("throttled", "Rate exceeded"), service)
    if fault.kind in ("error", "wrong_shape"):
        reason = Refusal("internal", fault.message, status=fault.status, code=fault.code)
        own = refusal.protocol_of(service)
        other = QUERY if own in (JSON, REST_JSON) else JSON
        return refusal.response(reason, service, other if fault.kind == "wrong_shape" else own)
    if fault.kind == "conflict":
        message = "The conditional request cannot succeed due to a conflicting operation against this resource."
        return refusal.response(exact(409, "ConditionalRequestConflict", message), service)
    if fault.kind == "redirect":
        response = refusal.response(refusal.permanent_redirect("any", "us-west-2"), service)
        response.set_header("Location", "https://s3.us-west-2.amazonaws.com/")
        return response
    return None
