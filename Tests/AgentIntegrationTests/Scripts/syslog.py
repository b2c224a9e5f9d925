"""Runs a program beside a log of its own: in a mount namespace with a /dev that has nothing but /dev/log.

syslog.py LOG-FILE PROGRAM…: what the program sends to the log stands in the file afterwards, a datagram a line. Ends as
the program does. For root, under `unshare --mount`.
"""

import os
import socket
import subprocess
import sys
import tempfile

log_file, *program = sys.argv[1:]
folder = tempfile.mkdtemp()
subprocess.run(["mount", "--make-rprivate", "/"], check=True)
subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=True)
for name in ("null", "zero", "random", "urandom"):
    subprocess.run(["cp", "-a", "/dev/" + name, folder], check=True)
subprocess.run(["mount", "--bind", folder, "/dev"], check=True)
log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
log.bind("/dev/log")
log.setblocking(False)
status = subprocess.run(program).returncode
with open(log_file, "wb") as file:
    try:
        while True:
            file.write(log.recv(65536).rstrip(b"\0\n") + b"\n")
    except BlockingIOError:
        pass
# The mounts end with the namespace; the folder beneath them is everybody's.
subprocess.run(["umount", "--lazy", folder], check=True)
os.rmdir(folder)
sys.exit(status)
