"""A server that is told things: records every request as a line of JSON, and misbehaves as the address says.

recorder.py PORT-FILE LOG-FILE: listens on 127.0.0.1, writes its port into the first file, and ends after ten minutes or
by a signal.
"""

import http.server
import json
import os
import sys
import threading
import time

port_file, log_file = sys.argv[1:]
lock = threading.Lock()
seen = {}


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        with lock:
            seen[self.path] = count = seen.get(self.path, 0) + 1
            with open(log_file, "a") as log:
                record = {"method": self.command, "path": self.path, "body": body, "headers": dict(self.headers)}
                log.write(json.dumps(record) + "\n")
        path = self.path.split("?")[0]
        if "/down" in path:
            return self.end(500, b"broken")
        if "/flaky" in path and count == 1:
            return self.end(503, b"soon")
        if "/limited" in path and count == 1:
            return self.end(429, b"slower", **{"Retry-After": "1"})
        if "/refused" in path:
            return self.end(401, b"who are you")
        if "/unknown" in path:
            return self.end(404, b"(not found)")
        if "/moved" in path:
            return self.end(301, b"", Location="https://127.0.0.1:1/")
        if "/hang" in path and path.endswith("/start"):
            time.sleep(60)
        if "/huge" in path:
            return self.end(200, b"x" * (4 << 20))
        return self.end(200, b"OK")

    def end(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_HEAD = do_POST = answer

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Timer(600, os._exit, (0,)).start()
with open(port_file + ".new", "w") as file:
    file.write(str(server.server_address[1]))
os.rename(port_file + ".new", port_file)
server.serve_forever()
