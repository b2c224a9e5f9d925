"""What a test says to the code hosts, and asks of them: see README.md."""

from __future__ import annotations

import json
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .server import Fault, Forge, Token


class Control(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, forges: dict[str, Forge]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.forges = forges

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def carry_out(self, verb: str, given: dict) -> object:
        if verb == "POST /reset":
            for forge in self.forges.values():
                with forge.lock:
                    forge.reset()
            return {}
        if verb == "DELETE /faults":
            for forge in self.forges.values():
                with forge.lock:
                    forge.faults.clear()
            return {}
        if verb == "GET /requests":
            return [seen for forge in self.forges.values() for seen in forge.requests]
        forge = self.forges[given.pop("forge")]
        with forge.lock:
            return self.carry_out_at(forge, verb, given)

    def carry_out_at(self, forge: Forge, verb: str, given: dict) -> object:
        match verb:
            case "POST /places":
                forge.make(given["place"], given.get("environments", []))
            case "DELETE /places":
                del forge.places[given["place"]]
            case "GET /places":
                return forge.places[given["place"]]
            case "PUT /variables":
                forge.write(given.pop("place"), given.pop("name"), given)
            case "POST /tokens":
                forge.tokens[given["token"]] = Token(given.get("rights", "write"), given.get("places"))
            case "PUT /settings":
                forge.settings.update(given)
            case "POST /faults":
                forge.faults.append(Fault(**given))
            case _:
                raise KeyError(verb)
        return {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments) -> None:
        """Nothing: a test's output is its own."""

    def serve(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        path, _, query = self.path.partition("?")
        try:
            given = json.loads(content) if content else dict(urllib.parse.parse_qsl(query))
            status, body = 200, self.server.carry_out(f"{self.command} {path}", given)
        except (KeyError, TypeError, ValueError) as error:
            status, body = 400, {"problem": f"{type(error).__name__}: {error}"}
        answer = json.dumps(body).encode()
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PUT = do_DELETE = serve
