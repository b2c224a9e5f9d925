"""A TLS server with fixed answers: what a client costs must not depend on what a server does."""

from __future__ import annotations

import ssl
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from sandbox.certificates import Certificates


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def operation(self) -> str:
        """What is counted: the API's name for what was asked."""
        if target := self.headers.get("x-amz-target"):
            return target.rpartition(".")[2]
        if self.body.startswith(b"Action="):
            return self.body.partition(b"&")[0].removeprefix(b"Action=").decode()
        if "list-type=2" in self.target:
            return "ListObjectsV2"
        return {"GET": "GetObject", "PUT": "PutObject"}.get(self.method, self.method)


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200


class Server:
    """Answers on 127.0.0.1 until `stop`; counts requests by operation."""

    def __init__(self, certificates: Certificates, answer: Callable[[Request], Answer]):
        self.counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.certificate, certificates.key)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Without it every answer would wait for the client's delayed acknowledgement of its header.
            disable_nagle_algorithm = True
            wbufsize = -1

            def setup(self) -> None:
                # Here and not on the listening socket: a handshake must not keep the next client waiting.
                self.request = context.wrap_socket(self.request, server_side=True)
                super().setup()

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, body)
                with outer._lock:
                    outer.counts[request.operation] += 1
                answer = answer_of(request)
                self.send_response_only(answer.status)
                self.send_header("Date", formatdate(usegmt=True))
                self.send_header("Content-Length", str(len(answer.body)))
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def handle_expect_100(self) -> bool:
                # The AWS CLI sends no body before it has this, or before a second has passed.
                proceed = super().handle_expect_100()
                self.wfile.flush()
                return proceed

            do_GET = do_PUT = do_POST = _answer

            def log_message(self, *_: object) -> None:
                pass

        answer_of = answer
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def endpoint(self) -> str:
        return f"https://127.0.0.1:{self._server.server_address[1]}"

    def taken(self) -> Counter[str]:
        """The counts since the last call."""
        with self._lock:
            counts, self.counts = self.counts, Counter()
        return counts

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
