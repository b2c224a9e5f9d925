"""One sandbox for the whole run, reset before each test, and the clients that look at it."""

from __future__ import annotations

import atexit
import http.client
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).resolve().parents[1]
BUCKET = "123456789012-accesskey-update"


class Running:
    """The sandbox as a process of its own, started as every other test suite starts it."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="keybaton-sandbox-")
        self.process = subprocess.Popen(
            [HERE / "serve", "--state-dir", self.folder.name], stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the sandbox did not start")
        self.facts = json.loads(line)
        profile = dict(
            line.split(" = ")
            for line in Path(self.facts["admin_credentials"]).read_text().splitlines()
            if " = " in line
        )
        self.admin = (profile["aws_access_key_id"], profile["aws_secret_access_key"])
        self._control = http.client.HTTPConnection(urlsplit(self.facts["control"]).netloc, timeout=30)
        atexit.register(self.end)

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()
        self._control.close()
        self.folder.cleanup()

    def control(self, method: str, path: str, document: object = None, status: int = 200):
        self._control.request(method, path, None if document is None else json.dumps(document))
        answer = self._control.getresponse()
        result = json.loads(answer.read())
        if answer.status != status:
            raise AssertionError(f"{method} {path}: {answer.status} {result}")
        return result


_running: Running | None = None


def running() -> Running:
    global _running
    _running = _running or Running()
    return _running


Keys = tuple[str, str]


class SandboxTest(unittest.TestCase):
    """A fresh AWS with one bucket, and short ways to look at it."""

    def setUp(self) -> None:
        self.sandbox = running()
        self.control = self.sandbox.control
        self.control("POST", "/reset")
        self.admin = self.sandbox.admin
        self.call("s3", "create_bucket", Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    def call(self, service: str, operation: str, **parameters):
        """As root, out of reach of faults."""
        return self.control("POST", "/call", {"service": service, "operation": operation, "parameters": parameters})

    def user(self, name: str = "backup", *statements: dict) -> Keys:
        policy = {"Version": "2012-10-17", "Statement": list(statements)} if statements else None
        made = self.control("POST", "/users", {"name": name, "policy": policy})
        return made["access_key_id"], made["secret_access_key"]

    def client(
        self,
        service: str,
        keys: Keys | None = None,
        *,
        token: str | None = None,
        attempts: int = 1,
        region: str | None = None,
        **config,
    ):
        key_id, secret = keys or self.admin
        # With an endpoint of one's own, boto3 signs IAM for the client's region too, which AWS refuses.
        region = region or ("us-east-1" if service == "iam" else "eu-west-1")
        client = boto3.client(
            service,
            region_name=region,
            endpoint_url=self.sandbox.facts["endpoint"],
            verify=self.sandbox.facts["ca_bundle"],
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}, read_timeout=10, **config),
        )
        self.addCleanup(client.close)
        return client

    def cli(self, *arguments: str, keys: Keys | None = None, body: bytes | None = None) -> subprocess.CompletedProcess:
        """The AWS CLI with nothing but the two endpoint variables to tell it that this is not AWS."""
        key_id, secret = keys or self.admin
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": self.sandbox.folder.name,
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": self.sandbox.facts["endpoint"],
            "AWS_CA_BUNDLE": self.sandbox.facts["ca_bundle"],
            "AWS_ACCESS_KEY_ID": key_id,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_MAX_ATTEMPTS": "1",
        }
        aws = Path(sys.executable).with_name("aws")
        return subprocess.run(
            [sys.executable, aws, *arguments], env=environment, capture_output=True, input=body, timeout=60
        )

    def refused(self, code: str, status: int, call, *arguments, **parameters) -> dict:
        """Checks that a boto3 call fails with exactly this code and HTTP status."""
        with self.assertRaises(ClientError) as caught:
            call(*arguments, **parameters)
        answer = caught.exception.response
        self.assertEqual((answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]), (code, status))
        self.assertTrue(answer["ResponseMetadata"].get("RequestId"), "every answer has a request id")
        return answer

    def seen(self, **fields: str) -> list[dict]:
        entries = self.control("GET", "/requests")
        return [entry for entry in entries if all(entry[name] == value for name, value in fields.items())]

    def fault(self, kind: str, **rule) -> None:
        self.control("POST", "/faults", {"kind": kind, **rule})


def allow(action: str | list[str], resource: str | list[str] = "*", **more) -> dict:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}
