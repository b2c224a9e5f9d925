"""Prints the variables that docker's own parser reads from an environment file, one a line.

Usage: docker_environment.py FILE

The command line parses the file and sends the result to the daemon: here, one that makes no container.
"""

import http.server
import json
import os
import pathlib
import socketserver
import subprocess
import sys
import tempfile
import threading


class Daemon(http.server.BaseHTTPRequestHandler):
    variables = None

    def do_GET(self):
        self.answer(200, {})

    do_HEAD = do_GET

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Daemon.variables = body["Env"]
        self.answer(201, {"Id": "none", "Warnings": []})

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Api-Version", "1.41")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def address_string(self):
        return "unix"

    def log_message(self, *arguments):
        pass


def main():
    with tempfile.TemporaryDirectory() as folder:
        socket = str(pathlib.Path(folder, "docker.sock"))
        with socketserver.ThreadingUnixStreamServer(socket, Daemon) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            result = subprocess.run(
                ["docker", "create", "--env-file", sys.argv[1], "image"],
                env={"PATH": os.environ["PATH"], "HOME": folder, "DOCKER_HOST": f"unix://{socket}"},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            server.shutdown()
    if result.returncode != 0 or Daemon.variables is None:
        sys.exit(f"docker: {result.stderr}")
    print("\n".join(Daemon.variables))


main()
