"""Requests and responses as plain values, and the few readings of them that several modules need."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, unquote_plus


@dataclass
class Request:
    """One HTTP request exactly as it was sent: the target is not decoded, because signatures cover its bytes."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def raw_path(self) -> str:
        return self.target.partition("?")[0] or "/"

    @property
    def raw_query(self) -> str:
        return self.target.partition("?")[2]

    @property
    def path(self) -> str:
        return unquote(self.raw_path)

    def query(self) -> list[tuple[str, str]]:
        """Every parameter, decoded, also those without a value (`?policy`)."""
        pairs = (part.partition("=") for part in self.raw_query.split("&") if part)
        return [(unquote_plus(name), unquote_plus(value)) for name, _, value in pairs]

    def header(self, name: str) -> str | None:
        """The value of a header, joined by commas when it was sent more than once; None when it was not sent."""
        values = [value.strip() for key, value in self.headers if key.lower() == name.lower()]
        return ",".join(values) if values else None

    def without_headers(self, *names: str) -> list[tuple[str, str]]:
        unwanted = {name.lower() for name in names}
        return [(name, value) for name, value in self.headers if name.lower() not in unwanted]

    def form(self) -> dict[str, str]:
        """The parameters of a query-protocol call, from the body and the query string."""
        fields = dict(self.query())
        if (self.header("Content-Type") or "").startswith("application/x-www-form-urlencoded"):
            fields |= dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))
        return fields

    def json(self) -> dict:
        """The body of a JSON call; empty when it is not a JSON object, which the service itself then refuses."""
        try:
            document = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}


@dataclass
class Response:
    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    code: str | None = None  # the error code, for the list of seen requests

    def set_header(self, name: str, value: str) -> None:
        self.headers = [(key, old) for key, old in self.headers if key.lower() != name.lower()]
        self.headers.append((name, value))

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def new_request_id() -> str:
    return str(uuid.uuid4())
