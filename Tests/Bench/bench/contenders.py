"""Who is measured: the agent's run with nothing to do, and the same two requests by curl and by the AWS CLI."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .cost import BenchError, Contender
from .world import BUCKET, NEW, PARAMETER, REGION, USER

_OBJECT = f"acks/{USER}/{NEW[0]}/bench.json"


def environment(endpoint: str, authority: Path, home: Path) -> dict[str, str]:
    """What every contender gets, and nothing of the caller's but the PATH."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_CA_BUNDLE": str(authority),
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def with_keys(variables: dict[str, str]) -> dict[str, str]:
    return variables | {"AWS_ACCESS_KEY_ID": NEW[0], "AWS_SECRET_ACCESS_KEY": NEW[1]}


def agent(binary: Path, folder: Path, variables: dict[str, str]) -> Contender:
    home = Path(variables["HOME"])
    credentials = home / ".aws" / "credentials"
    credentials.parent.mkdir(mode=0o700)
    credentials.write_text(f"[default]\naws_access_key_id = {NEW[0]}\naws_secret_access_key = {NEW[1]}\n")
    credentials.chmod(0o600)
    configuration = folder / "agent.toml"
    configuration.write_text(
        f'region = "{REGION}"\nbucket = "{BUCKET}"\nhost = "bench"\nstate_directory = "{folder / "state"}"\n'
        f'[[key]]\nuser = "{USER}"\n'
    )
    return Contender("keybaton-agent run", [[binary, "run", "--config", configuration]], variables)


def curl(folder: Path, variables: dict[str, str]) -> list[Contender]:
    """Both requests by one process and by two. Signed before: Debian's curl signs for S3 only since a later version."""
    program = _program("curl")
    endpoint, authority = variables["AWS_ENDPOINT_URL"], variables["AWS_CA_BUNDLE"]
    credentials = Credentials(*NEW)
    read = AWSRequest(
        "POST",
        f"{endpoint}/",
        data=json.dumps({"Name": PARAMETER, "WithDecryption": True}),
        headers={"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AmazonSSM.GetParameter"},
    )
    SigV4Auth(credentials, "ssm", REGION).add_auth(read)
    write = AWSRequest(
        "PUT", f"{endpoint}/{BUCKET}/{_OBJECT}", data=_body(), headers={"Content-Type": "application/json"}
    )
    S3SigV4Auth(credentials, "s3", REGION).add_auth(write)
    commands = [_curl_arguments(folder, name, request) for name, request in (("read", read), ("write", write))]
    common = ["--silent", "--show-error", "--fail", "--cacert", authority]
    first, second = ([*common, *command] for command in commands)
    return [
        Contender("curl, one process", [[program, *first, "--next", *second]], variables),
        Contender("curl, two processes", [[program, *first], [program, *second]], variables),
    ]


def _curl_arguments(folder: Path, name: str, request: AWSRequest) -> list[str]:
    headers, body = folder / f"{name}.headers", folder / f"{name}.body"
    headers.write_text("".join(f"{key}: {value}\n" for key, value in request.headers.items()))
    body.write_text(request.data)
    return ["--request", request.method, "--header", f"@{headers}", "--data-binary", f"@{body}", request.url]


def aws(folder: Path, variables: dict[str, str]) -> Contender:
    program = Path(sys.executable).with_name("aws")
    body = folder / "check-in.json"
    body.write_text(_body())
    return Contender(
        "AWS CLI, two commands",
        [
            [program, "ssm", "get-parameter", "--name", PARAMETER, "--with-decryption"],
            [program, "s3api", "put-object", "--bucket", BUCKET, "--key", _OBJECT, "--body", body],
        ],
        with_keys(variables),
    )


def status(binary: Path, name: str, folder: Path, variables: dict[str, str], command: str = "status") -> Contender:
    configuration = folder / "rotator.toml"
    configuration.write_text(f'region = "{REGION}"\nbucket = "{BUCKET}"\n[[user]]\nname = "{USER}"\n')
    configuration.chmod(0o600)
    return Contender(name, [[binary, command, "--config", configuration]], with_keys(variables))


def _body() -> str:
    """As large as a check-in."""
    return json.dumps({"host": "bench", "padding": "x" * 700})


def _program(name: str) -> str:
    if path := shutil.which(name):
        return path
    raise BenchError(f"there is no {name}: run make packages")
