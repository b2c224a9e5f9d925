from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from sandbox import sigv4
from sandbox.wire import Request

from .harness import HERE, ROOT, SandboxTest, allow


class Control(SandboxTest):
    def test_seen_requests_say_who_called_what_and_how_it_went(self):
        keys = self.user("backup", allow("sts:*"))
        number = len(self.seen())
        self.refused("AccessDeniedException", 400, self.client("ssm", keys).get_parameter, Name="/p")
        entry = self.control("GET", f"/requests?after={number}")[0]
        entry.pop("time")
        self.assertEqual(
            entry,
            {
                "number": 1,
                "service": "ssm",
                "operation": "GetParameter",
                "resource": "/p",
                "key_id": keys[0],
                "principal": "arn:aws:iam::123456789012:user/backup",
                "status": 400,
                "code": "AccessDeniedException",
                "fault": None,
            },
        )

    def test_no_secret_is_in_what_was_seen_or_said(self):
        keys = self.user("backup", allow("*"))
        self.client("ssm", keys).put_parameter(Name="/p", Type="SecureString", Value=keys[1])
        self.client("ssm", keys).get_parameter(Name="/p", WithDecryption=True)
        text = json.dumps(self.seen()) + json.dumps(self.sandbox.facts)
        for secret in (keys[1], self.admin[1]):
            self.assertNotIn(secret, text)
        self.assertIn("/p", text)

    def test_settings_are_strict_and_all_or_nothing(self):
        before = self.control("GET", "/settings")
        for wrong in (
            {"clock_ofset": 1},
            {"clock_offset": "1"},
            {"signature_window": {"s3": 1}},
            {"clock_offset": 9, "x": 1},
        ):
            self.assertIn("error", self.control("PUT", "/settings", wrong, status=400))
        self.assertEqual(self.control("GET", "/settings"), before)

    def test_a_reset_forgets_everything_but_the_admin(self):
        keys = self.user("backup", allow("*"))
        self.fault("drop", count=None)
        self.call("ssm", "put_parameter", Name="/p", Type="String", Value="old")
        self.control("PUT", "/settings", {"stale_get_parameter": 600})
        self.call("ssm", "put_parameter", Name="/p", Type="String", Value="newer", Overwrite=True)
        self.control("PUT", "/settings", {"clock_offset": 9000})
        self.control("POST", "/reset")
        self.assertEqual(self.seen(), [])
        self.call("ssm", "put_parameter", Name="/p", Type="String", Value="new")
        self.assertEqual(self.client("ssm").get_parameter(Name="/p")["Parameter"]["Value"], "new")
        self.assertEqual(self.client("iam").list_users()["Users"], [])
        self.assertEqual(self.client("s3").list_buckets()["Buckets"], [])
        self.refused("InvalidClientTokenId", 403, self.client("sts", keys).get_caller_identity)

    def test_wrong_calls_are_told_what_is_wrong(self):
        self.assertIn("POST /call", self.control("GET", "/nothing", status=404)["error"])
        call = {"service": "iam", "operation": "make_user"}
        self.assertIn("make_user", self.control("POST", "/call", call, status=400)["error"])
        missing = {"service": "iam", "operation": "get_user", "parameters": {"UserName": "x"}}
        self.assertEqual(self.control("POST", "/call", missing, status=409)["code"], "NoSuchEntity")


class CredentialEndpoints(SandboxTest):
    """botocore's own credential chain against both endpoints."""

    def credentials(self, **environment: str):
        code = (
            "import botocore.session as s, json; c = s.get_session().get_credentials().get_frozen_credentials();"
            "print(json.dumps([c.access_key, c.secret_key, c.token]))"
        )
        finished = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            timeout=30,
            env={"PATH": os.environ["PATH"], "HOME": self.sandbox.folder.name, **environment},
        )
        self.assertEqual(finished.returncode, 0, finished.stderr)
        return json.loads(finished.stdout)

    def assert_is_role(self, found: list[str], session: str) -> None:
        identity = self.client("sts", (found[0], found[1]), token=found[2]).get_caller_identity()
        self.assertTrue(identity["Arn"].endswith(f"/{self.sandbox.facts['metadata_role']}/{session}"), identity)

    def test_the_metadata_service_gives_a_session(self):
        found = self.credentials(AWS_EC2_METADATA_SERVICE_ENDPOINT=self.sandbox.facts["metadata_endpoint"])
        self.assert_is_role(found, "instance")

    def test_the_metadata_service_wants_a_token(self):
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(
                self.sandbox.facts["metadata_endpoint"] + "/latest/meta-data/iam/security-credentials/"
            )
        with caught.exception as error:
            self.assertEqual(error.code, 401)

    def test_the_container_endpoint_gives_a_session_to_the_right_token(self):
        found = self.credentials(
            AWS_CONTAINER_CREDENTIALS_FULL_URI=self.sandbox.facts["container_credentials_uri"],
            AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=self.sandbox.facts["container_token_file"],
        )
        self.assert_is_role(found, "container")
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(self.sandbox.facts["container_credentials_uri"])
        caught.exception.close()


class Lifetime(unittest.TestCase):
    def start(self, folder: str, *more: str) -> list[str]:
        return [str(HERE / "serve"), "--state-dir", folder, *more]

    def test_it_ends_cleanly_when_told_to(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            subprocess.Popen(self.start(folder), stdout=subprocess.PIPE, text=True) as process,
        ):
            facts = json.loads(process.stdout.readline())
            self.assertEqual(facts["pid"], process.pid)
            for name in ("admin_credentials", "web_identity_token_file", "container_token_file"):
                self.assertEqual(Path(facts[name]).stat().st_mode & 0o777, 0o600)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(5), 0)

    def test_it_ends_with_the_process_that_started_it(self):
        with tempfile.TemporaryDirectory() as folder:
            parent = (
                "import subprocess, sys; p = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE); "
                "sys.stdout.buffer.write(p.stdout.readline()); sys.stdout.flush(); import os; os._exit(9)"
            )
            finished = subprocess.run(
                [sys.executable, "-c", parent, *self.start(folder)], stdout=subprocess.PIPE, text=True, timeout=30
            )
            descriptor = _pidfd(json.loads(finished.stdout)["pid"])
            if descriptor is not None:
                ended, _, _ = select.select([descriptor], [], [], 10)
                if not ended:
                    signal.pidfd_send_signal(descriptor, signal.SIGKILL)
                os.close(descriptor)
                self.assertTrue(ended, "still running 10 s after its parent ended")

    def test_it_does_not_start_for_a_process_that_has_ended(self):
        with tempfile.TemporaryDirectory() as folder:
            ended = subprocess.Popen(["true"])
            ended.wait()
            finished = subprocess.run(
                self.start(folder, "--parent", str(ended.pid)), capture_output=True, text=True, timeout=30
            )
            self.assertEqual((finished.returncode, finished.stdout), (1, ""))
            self.assertIn("has ended already", finished.stderr)


def _pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


class Vectors(unittest.TestCase):
    """The signing test suite of aws-c-auth against the front's own signer."""

    def test_every_header_signed_case_of_the_suite_is_accepted(self):
        folder = Path(os.environ.get("KEYBATON_SUITES", ROOT / "../shared/suites")) / "sigv4"
        if not folder.is_dir():
            print(f"SKIPPED: no signing test suite at {folder}; set KEYBATON_SUITES", file=sys.stderr)
            self.skipTest("no signing test suite")
        cases = sorted(folder.glob("*/context.json"))
        self.assertGreaterEqual(len(cases), 38)
        for context in cases:
            with self.subTest(context.parent.name):
                facts = json.loads(context.read_text())
                request = _parse((context.parent / "header-signed-request.txt").read_bytes())
                signature = sigv4.read(request)
                canonical = (context.parent / "header-canonical-request.txt").read_text()
                digest = canonical.rsplit("\n", 1)[-1]
                secret = facts["credentials"]["secret_access_key"]
                computed = sigv4.expected(request, signature, secret, digest, normalize=facts["normalize"])
                self.assertEqual(computed, signature.signature)


def _parse(raw: bytes) -> Request:
    head, _, body = raw.partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    method, _, rest = first.partition(" ")
    headers: list[tuple[str, str]] = []
    for line in lines:
        if line.startswith(" "):
            headers[-1] = (headers[-1][0], headers[-1][1] + "\n" + line)
        elif line:
            name, _, value = line.partition(":")
            headers.append((name, value))
    target = rest.rpartition(" ")[0].encode("latin-1").decode("utf-8")
    return Request(method, target, headers, body)
