"""A certificate authority for one run, made by openssl: clients trust it by AWS_CA_BUNDLE, nothing else does."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

_EXTENSIONS = """\
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:localhost, DNS:*.localhost, IP:127.0.0.1, IP:::1
"""


@dataclass(frozen=True)
class Certificates:
    authority: Path
    certificate: Path
    key: Path


def make(folder: Path) -> Certificates:
    """Makes the authority and one server certificate for localhost; the authority's own key does not stay."""
    made = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    authority_key, request, extensions = folder / "ca.key", folder / "server.csr", folder / "server.ext"
    _openssl(
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=Keybaton sandbox",
        "-addext",
        "keyUsage = critical, keyCertSign, cRLSign",
        "-keyout",
        authority_key,
        "-out",
        made.authority,
    )
    _openssl(
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=localhost",
        "-keyout",
        made.key,
        "-out",
        request,
    )
    extensions.write_text(_EXTENSIONS)
    _openssl(
        "x509",
        "-req",
        "-in",
        request,
        "-CA",
        made.authority,
        "-CAkey",
        authority_key,
        "-days",
        "2",
        "-set_serial",
        "1",
        "-extfile",
        extensions,
        "-out",
        made.certificate,
    )
    for temporary in (authority_key, request, extensions):
        temporary.unlink()
    return made


def _openssl(*arguments: object) -> None:
    finished = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True)
    if finished.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]}: {finished.stderr.strip()}")
