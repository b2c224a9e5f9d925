"""The HTTPS server that clients reach: HTTP/1.1, connections kept, one thread a connection."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import sys
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .judge import Answer, judge
from .wire import Request, Response
from .world import World

LARGEST_BODY = 64 * 1024 * 1024


class Handler(BaseHTTPRequestHandler):
    """Everything of HTTP that both of our servers need."""

    protocol_version = "HTTP/1.1"
    server_version = "AmazonS3"
    sys_version = ""
    # A kept connection would otherwise wait for a delayed acknowledgement, 40 ms a request.
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024

    def handle_expect_100(self) -> bool:
        answered = super().handle_expect_100()
        self.wfile.flush()
        return answered

    def read_request(self) -> Request:
        """The request with its target as sent: http.server itself merges slashes at the front of `self.path`."""
        target = self.requestline.split(" ")[1]
        return Request(self.command, target, list(self.headers.items()), self._body())

    def _body(self) -> bytes:
        if (self.headers.get("Transfer-Encoding") or "").lower() == "chunked":
            return self._chunks()
        return self._exactly(int(self.headers.get("Content-Length") or 0))

    def _chunks(self) -> bytes:
        body = bytearray()
        while size := int(self.rfile.readline(1024).partition(b";")[0], 16):
            body += self._exactly(size)
            self.rfile.readline(1024)
            if len(body) > LARGEST_BODY:
                raise ValueError("body too large")
        while self.rfile.readline(1024).strip():
            pass
        return bytes(body)

    def _exactly(self, size: int) -> bytes:
        if not 0 <= size <= LARGEST_BODY:
            raise ValueError("body too large")
        body = self.rfile.read(size)
        if len(body) != size:
            raise ConnectionError("the client went away in the middle of a body")
        return body

    def send(self, response: Response, *, only: int | None = None) -> None:
        """Sends the answer, or only the first bytes of the body that it announces."""
        self.send_response_only(response.status)
        names = {name.lower() for name, _ in response.headers}
        if "content-length" not in names and response.status not in (204, 304):
            response.headers.append(("Content-Length", str(len(response.body))))
        for name, value in response.headers:
            # Metadata of S3 may be any UTF-8; http.server writes ISO 8859-1.
            self.send_header(name, value.encode().decode("latin-1"))
        self.end_headers()
        self.wfile.write(response.body[:only])
        self.wfile.flush()

    def cut(self) -> None:
        """Ends the connection with a reset, so that the client cannot take it for an orderly end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the list of seen requests is the log."""


class FrontHandler(Handler):
    server: Front

    def setup(self) -> None:
        # The handshake belongs to the connection's own thread: a client that never speaks would block the accept loop.
        self.request.settimeout(120)
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, ssl.SSLError, TimeoutError, ValueError):
            self.close_connection = True

    def _answer(self) -> None:
        request = self.read_request()
        try:
            answer = judge(self.server.world, request)
        except Exception:
            # A fault of the sandbox itself: loud here, and not to be taken for one of AWS over there.
            traceback.print_exc()
            text = f"the sandbox failed at {request.method} {request.target}".encode()
            answer = Answer(Response(500, [("Content-Type", "text/plain")], text))
        if answer.response is None:
            self.cut()
            return
        time.sleep(answer.delay)
        if answer.truncated:
            self.send(answer.response, only=len(answer.response.body) // 2)
            self.cut()
        else:
            self.send(answer.response)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _answer

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # the connection was cut
            super().finish()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that refuses our certificate or hangs up is part of the tests; anything else must be seen."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, ssl.SSLError, TimeoutError)):
            super().handle_error(request, client_address)

    @property
    def port(self) -> int:
        return self.server_address[1]


class Front(Server):
    def __init__(self, world: World, certificate: Path, key: Path) -> None:
        super().__init__(("127.0.0.1", 0), FrontHandler)
        self.world = world
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self.tls.set_alpn_protocols(["http/1.1"])
        self.tls.load_cert_chain(certificate, key)
