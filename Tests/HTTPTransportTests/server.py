"""A misbehaving HTTPS server for the transport's tests: standard library only, 127.0.0.1 only.

Makes a CA and certificates in a temporary folder, prints one line `folder=path name=port ...` when it listens, and
ends, folder included, when its standard input does, or after half an hour.
"""

import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings

warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.1, which is the point
folder = tempfile.mkdtemp(prefix="keybaton-http-")
lock = threading.Lock()
counts = {"connections": 0, "requests": 0, "connects": 0, "leaks": 0}


def openssl(*arguments):
    subprocess.run(("openssl",) + arguments, cwd=folder, check=True, capture_output=True)


def certificate(name, alternative_names, days="2", signed=True):
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", name + ".key")
    if not signed:
        openssl(
            "req",
            "-x509",
            *key,
            "-subj",
            "/CN=" + name,
            "-addext",
            "subjectAltName=" + alternative_names,
            "-days",
            days,
            "-out",
            name + ".pem",
        )
        return
    openssl("req", *key, "-subj", "/CN=" + name, "-out", name + ".csr")
    with open(os.path.join(folder, name + ".ext"), "w") as file:
        file.write("subjectAltName=" + alternative_names + "\n")
    openssl(
        "x509",
        "-req",
        "-in",
        name + ".csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-extfile",
        name + ".ext",
        "-days",
        days,
        "-out",
        name + ".pem",
    )


def context(name, only_tls_1_1=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key"))
    if only_tls_1_1:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def answer(body, status="200 OK", extra=""):
    head = f"HTTP/1.1 {status}\r\nDate: Sat, 21 Nov 2026 08:10:47 GMT\r\n{extra}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def read_request(connection, buffer):
    while b"\r\n\r\n" not in buffer:
        more = connection.recv(65536)
        if not more:
            return None, None, b""
        buffer += more
    head, _, rest = buffer.partition(b"\r\n\r\n")
    if b"X-Hang-Up" in head:
        return None, None, b""
    length = 0
    for line in head.split(b"\r\n")[1:]:
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    while len(rest) < length:
        more = connection.recv(65536)
        if not more:
            return None, None, b""
        rest += more
    return head, rest[:length], rest[length:]


def converse(connection):
    with lock:
        counts["connections"] += 1
    buffer, served = b"", 0
    while True:
        head, body, buffer = read_request(connection, buffer)
        if head is None:
            return
        served += 1
        with lock:
            counts["requests"] += 1
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
        path, _, query = target.partition("?")
        if path == "/counts":
            with lock:
                text = " ".join(f"{name}={value}" for name, value in counts.items())
            connection.sendall(answer(text.encode()))
        elif path == "/serial":
            connection.sendall(answer(str(served).encode()))
        elif path == "/large":
            connection.sendall(answer(b"x" * int(query)))
        elif path == "/large-chunked":
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(int(query) // 1000):
                connection.sendall(b"3e8\r\n" + b"x" * 1000 + b"\r\n")
            connection.sendall(b"0\r\nX-Trailer: late\r\n\r\n")
        elif path == "/large-until-close":
            connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * int(query))
            return
        elif path == "/stall":
            time.sleep(10)
            return
        elif path == "/drop":
            return
        elif path == "/drop-when-reused":
            if served > 1:
                return
            connection.sendall(answer(b"first"))
        elif path == "/truncated":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            return
        elif path == "/truncated-chunked":
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\nhalf")
            return
        elif path == "/not-http":
            connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
            return
        elif path == "/redirect":
            connection.sendall(answer(b"", "302 Found", "Location: /serial\r\n"))
        elif path == "/interim":
            connection.sendall(
                b"HTTP/1.1 103 Early Hints\r\nX-Interim: yes\r\n\r\n" + answer(b"", extra="X-Final:  yes \r\n")
            )
        elif path == "/many-headers":
            connection.sendall(answer(b"", extra="".join(f"X-{n}: {'y' * 1000}\r\n" for n in range(int(query)))))
        elif method == "HEAD":
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 9000000\r\n\r\n")
        else:
            connection.sendall(answer(head + b"\r\n\r\n" + body))


def proxy(connection):
    head, _, _ = read_request(connection, b"")
    if head is None:
        return
    with lock:
        counts["connects"] += 1
        counts["leaks"] += b"hunter2" in head
    if b"denied" in head:
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        return
    port = int(head.split(b" ")[1].rpartition(b":")[2])
    with socket.create_connection(("127.0.0.1", port)) as server:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n")

        def pump(source, sink):
            try:
                while data := source.recv(65536):
                    sink.sendall(data)
                sink.shutdown(socket.SHUT_WR)
            except OSError:
                pass

        back = threading.Thread(target=pump, args=(server, connection), daemon=True)
        back.start()
        pump(connection, server)
        back.join(5)


def serve(name, handler, tls=None):
    listener = socket.create_server(("127.0.0.1", 0))

    def one(connection):
        try:
            connection.settimeout(30)
            if tls:
                connection = tls.wrap_socket(connection, server_side=True)
            handler(connection)
        except OSError:
            pass
        finally:
            connection.close()

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return f"{name}={listener.getsockname()[1]}"


def finish():
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


threading.Thread(target=lambda: (sys.stdin.read(), finish()), daemon=True).start()
local = "DNS:localhost,IP:127.0.0.1"
openssl(
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-keyout",
    "ca.key",
    "-subj",
    "/CN=test CA",
    "-days",
    "2",
    "-out",
    "ca.pem",
)
certificate("good", local)
certificate("otherhost", "DNS:elsewhere.example")
certificate("expired", local, days="-1")
certificate("selfsigned", local, signed=False)
ports = [
    serve("good", converse, context("good")),
    serve("otherhost", converse, context("otherhost")),
    serve("expired", converse, context("expired")),
    serve("selfsigned", converse, context("selfsigned")),
    serve("tls11", converse, context("good", only_tls_1_1=True)),
    serve("plain", converse),
    serve("proxy", proxy),
]
print("folder=" + folder, *ports, flush=True)
time.sleep(1800)
finish()
