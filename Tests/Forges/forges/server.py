"""What the code hosts have in common: HTTP, tokens, limits, faults, and the list of what they were asked."""

from __future__ import annotations

import email.utils
import json
import re
import threading
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    status: int
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """An answer that ends the request."""

    def __init__(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.answer = Answer(status, body, headers or {})


@dataclass
class Request:
    method: str
    # As sent: a server judges the encoding, too.
    raw_path: str
    # Decoded, below the API's address.
    segments: list[str]
    query: dict[str, str]
    headers: dict[str, str]
    body: object

    @property
    def is_write(self) -> bool:
        return self.method != "GET"


@dataclass
class Token:
    rights: str = "write"
    places: list[str] | None = None


@dataclass
class Fault:
    kind: str
    method: str = ".*"
    path: str = ""
    skip: int = 0
    times: int | None = None
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: object = None

    def hits(self, request: Request) -> bool:
        is_meant = re.fullmatch(self.method, request.method) and re.search(self.path, request.raw_path)
        if not is_meant or self.times == 0:
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Forge:
    """One code host. Its places are named as Keybaton names them: `acme/site`, `acme/site Production`."""

    name = ""
    # Where its API begins.
    base = ""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.origin = ""
        self.requests: list[dict] = []
        self.reset()

    def reset(self) -> None:
        self.places: dict[str, dict] = {}
        self.tokens: dict[str, Token] = {}
        self.faults: list[Fault] = []
        self.settings: dict[str, object] = {}
        self.requests.clear()

    # What a subclass says.

    def token(self, headers: dict[str, str]) -> str | None:
        """The token of a request; None when it has none of the form that the service takes."""
        raise NotImplementedError

    def unauthorized(self) -> Refusal:
        raise NotImplementedError

    def forbidden(self) -> Refusal:
        raise NotImplementedError

    def limited(self, retry_after: str) -> Refusal:
        raise NotImplementedError

    def missing(self) -> Refusal:
        raise NotImplementedError

    def check(self, request: Request) -> None:
        """Raises a Refusal for what no request may be like."""

    def handle(self, request: Request, token: Token) -> Answer:
        raise NotImplementedError

    def make(self, place: str, environments: list[str]) -> None:
        self.places[place] = {}

    # What all do.

    def find(self, place: str, token: Token) -> dict:
        # What a token may not see does not exist for it.
        if place not in self.places or (token.places is not None and place.split(" ")[0] not in token.places):
            raise self.missing()
        return self.places[place]

    def answer(self, request: Request) -> Answer:
        self.check(request)
        limit = self.settings.get("limit")
        if limit is not None:
            if limit <= 0:
                raise self.limited(str(self.settings.get("retry_after", "1")))
            self.settings["limit"] = limit - 1
        token = self.tokens.get(self.token(request.headers) or "")
        if token is None:
            raise self.unauthorized()
        if token.rights == "none" or (request.is_write and token.rights != "write"):
            raise self.forbidden()
        return self.handle(request, token)

    def page(self, items: list, query: dict[str, str], size_name: str, largest: int) -> tuple[list, int, int, bool]:
        """The items of a page, its number, its size, and whether another one follows."""
        size = int(query.get(size_name, "10"))
        if not 1 <= size <= largest:
            raise Refusal(400, {"message": f"{size_name} must be between 1 and {largest}"})
        size = min(size, int(self.settings.get("page_size", size)))
        number = int(query.get("page", "1"))
        return items[(number - 1) * size : number * size], number, size, len(items) > number * size


class Front(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, forge: Forge) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.forge = forge
        forge.origin = self.address

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address) -> None:
        """A client that hangs up is none of ours."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments) -> None:
        """Nothing: a test's output is its own."""

    def serve(self) -> None:
        forge: Forge = self.server.forge
        content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        raw_path, _, raw_query = self.path.partition("?")
        fault = None
        with forge.lock:
            try:
                request = self.parse(forge, raw_path, raw_query, content)
                fault = next((fault for fault in forge.faults if fault.hits(request)), None)
                if fault is not None and fault.kind == "drop":
                    answer = Answer(0)
                elif fault is not None and fault.kind == "answer":
                    answer = Answer(fault.status, fault.body, fault.headers)
                else:
                    answer = forge.answer(request)
            except Refusal as refusal:
                answer = refusal.answer
            seen = {"forge": forge.name, "method": self.command, "path": self.path, "status": answer.status}
            forge.requests.append(seen)
        if fault is not None and fault.kind in ("drop", "lose"):
            if fault.kind == "lose":
                # Half an answer: without any, libcurl would ask again by itself.
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            self.close_connection = True
            self.connection.close()
            return
        self.reply(answer)

    def parse(self, forge: Forge, raw_path: str, raw_query: str, content: bytes) -> Request:
        if any(character in raw_path + raw_query for character in '{}[]"<>^`|\\ '):
            raise Refusal(400, {"message": "Bad Request: the address is not encoded"})
        if not raw_path.startswith(forge.base + "/"):
            raise Refusal(404, {"message": "Not Found"})
        segments = [urllib.parse.unquote(part) for part in raw_path[len(forge.base) + 1 :].split("/")]
        body = None
        if content:
            if not self.headers.get("Content-Type", "").startswith("application/json"):
                raise Refusal(415, {"message": "Unsupported Media Type"})
            try:
                body = json.loads(content)
            except ValueError:
                raise Refusal(400, {"message": "Problems parsing JSON"}) from None
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = dict(urllib.parse.parse_qsl(raw_query, strict_parsing=bool(raw_query)))
        return Request(self.command, raw_path, segments, query, headers, body)

    def reply(self, answer: Answer) -> None:
        content = b"" if answer.body is None else json.dumps(answer.body).encode()
        self.send_response_only(answer.status)
        self.send_header("Date", email.utils.formatdate(usegmt=True))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if answer.status != 204:
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve
