from __future__ import annotations

import contextlib
import ssl
import time
import unittest
import urllib.error
import urllib.request
from email.utils import parsedate_to_datetime
from pathlib import Path

import botocore.auth
import botocore.awsrequest
import botocore.credentials
from botocore.exceptions import ClientError

from .harness import BUCKET, SandboxTest, allow

EVERYTHING = allow("*")


def calls(test: SandboxTest, keys, **more):
    """One call of each protocol, with the codes of an unknown key, a wrong secret and a wrong clock."""
    return {
        "sts": test.client("sts", keys, **more).get_caller_identity,
        "iam": test.client("iam", keys, **more).list_users,
        "ssm": test.client("ssm", keys, **more).describe_parameters,
        "s3": test.client("s3", keys, **more).list_buckets,
    }


UNKNOWN = {
    "sts": ("InvalidClientTokenId", 403),
    "iam": ("InvalidClientTokenId", 403),
    "ssm": ("UnrecognizedClientException", 400),
    "s3": ("InvalidAccessKeyId", 403),
}
WRONG = {
    "sts": ("SignatureDoesNotMatch", 403),
    "iam": ("SignatureDoesNotMatch", 403),
    "ssm": ("InvalidSignatureException", 400),
    "s3": ("SignatureDoesNotMatch", 403),
}


class KeyStates(SandboxTest):
    def assert_refused_everywhere(self, keys, codes) -> None:
        for service, call in calls(self, keys).items():
            with self.subTest(service):
                self.refused(*codes[service], call)

    def assert_accepted_everywhere(self, keys) -> None:
        for service, call in calls(self, keys).items():
            with self.subTest(service):
                call()

    def test_an_active_key_works_in_every_service(self):
        self.assert_accepted_everywhere(self.user("backup", EVERYTHING))

    def test_an_unknown_key_is_refused_in_each_protocols_own_shape(self):
        self.assert_refused_everywhere(("AKIAUNKNOWNUNKNOWN22", "s" * 40), UNKNOWN)

    def test_a_wrong_secret_is_refused(self):
        key_id, secret = self.user("backup", EVERYTHING)
        self.assert_refused_everywhere((key_id, secret[:-1] + ("A" if secret[-1] != "A" else "B")), WRONG)

    def test_an_inactive_key_is_refused_until_it_is_active_again(self):
        keys = self.user("backup", EVERYTHING)
        self.call("iam", "update_access_key", UserName="backup", AccessKeyId=keys[0], Status="Inactive")
        self.assert_refused_everywhere(keys, UNKNOWN)
        self.call("iam", "update_access_key", UserName="backup", AccessKeyId=keys[0], Status="Active")
        self.assert_accepted_everywhere(keys)

    def test_a_deleted_key_is_refused(self):
        keys = self.user("backup", EVERYTHING)
        self.call("iam", "delete_access_key", UserName="backup", AccessKeyId=keys[0])
        self.assert_refused_everywhere(keys, UNKNOWN)

    def test_a_session_token_beside_a_users_key_is_refused(self):
        keys = self.user("backup", EVERYTHING)
        self.refused("InvalidClientTokenId", 403, self.client("sts", keys, token="made-up").get_caller_identity)

    def test_the_caller_is_the_user_whose_key_signed(self):
        self.user("other")
        keys = self.user("backup")
        identity = self.client("sts", keys).get_caller_identity()
        self.assertEqual(identity["Arn"], "arn:aws:iam::123456789012:user/backup")
        self.assertEqual(identity["Account"], "123456789012")
        root = self.client("sts").get_caller_identity()
        self.assertEqual(root["Arn"], "arn:aws:iam::123456789012:root")

    def test_the_aws_cli_agrees(self):
        keys = self.user("backup", EVERYTHING)
        good = self.cli("sts", "get-caller-identity", "--query", "Arn", "--output", "text", keys=keys)
        self.assertEqual(good.stdout.decode().strip(), "arn:aws:iam::123456789012:user/backup", good.stderr)
        bad = self.cli("sts", "get-caller-identity", keys=(keys[0], "x" * 40))
        self.assertNotEqual(bad.returncode, 0)
        self.assertIn(b"SignatureDoesNotMatch", bad.stderr)
        self.call("iam", "update_access_key", UserName="backup", AccessKeyId=keys[0], Status="Inactive")
        inactive = self.cli("ssm", "describe-parameters", keys=keys)
        self.assertIn(b"UnrecognizedClientException", inactive.stderr)


class Clocks(SandboxTest):
    def refusals(self, offset: float) -> dict[str, str | None]:
        self.control("PUT", "/settings", {"clock_offset": offset})
        keys = self.user(f"user{int(offset)}", EVERYTHING) if offset == 0 else self.admin
        found: dict[str, str | None] = {}
        for service, call in calls(self, keys).items():
            before = len(self.seen())
            with contextlib.suppress(ClientError):
                call()
            found[service] = self.seen()[before]["code"]
        return found

    def test_four_minutes_are_accepted_in_both_directions(self):
        for offset in (240, -240):
            self.assertEqual(set(self.refusals(offset).values()), {None}, offset)

    def test_six_minutes_are_refused_by_all_but_s3(self):
        for offset in (360, -360):
            self.assertEqual(
                self.refusals(offset),
                {
                    "sts": "SignatureDoesNotMatch",
                    "iam": "SignatureDoesNotMatch",
                    "ssm": "InvalidSignatureException",
                    "s3": None,
                },
                offset,
            )

    def test_twenty_minutes_are_refused_by_all(self):
        for offset in (1200, -1200):
            self.assertEqual(
                self.refusals(offset),
                {
                    "sts": "SignatureDoesNotMatch",
                    "iam": "SignatureDoesNotMatch",
                    "ssm": "InvalidSignatureException",
                    "s3": "RequestTimeTooSkewed",
                },
                offset,
            )

    def test_the_date_of_every_answer_follows_the_offset(self):
        self.control("PUT", "/settings", {"clock_offset": 3600})
        answer = self.refused("SignatureDoesNotMatch", 403, self.client("sts").get_caller_identity)
        date = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]).timestamp()
        self.assertAlmostEqual(date - time.time(), 3600, delta=10)
        self.assertIn("Signature expired", answer["Error"]["Message"])


class Signatures(SandboxTest):
    """Requests signed by botocore and then changed on their way."""

    def signed(
        self,
        service: str,
        method: str,
        path: str,
        body: bytes = b"",
        headers: dict | None = None,
        *,
        region: str = "eu-west-1",
        keys=None,
    ):
        request = botocore.awsrequest.AWSRequest(
            method, self.sandbox.facts["endpoint"] + path, headers=headers or {}, data=body
        )
        signer = botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth
        signer(botocore.credentials.Credentials(*(keys or self.admin)), service, region).add_auth(request)
        return request

    def send(self, request, **changes) -> tuple[int, str]:
        prepared = urllib.request.Request(
            changes.get("url", request.url),
            data=changes.get("body", request.data) or None,
            method=request.method,
            headers=dict(request.headers) | changes.get("headers", {}),
        )
        context = ssl.create_default_context(cafile=self.sandbox.facts["ca_bundle"])
        try:
            with urllib.request.urlopen(prepared, context=context, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def ssm(self) -> botocore.awsrequest.AWSRequest:
        return self.signed(
            "ssm",
            "POST",
            "/",
            b"{}",
            {
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": "AmazonSSM.DescribeParameters",
            },
        )

    def test_the_request_as_signed_passes(self):
        self.assertEqual(self.send(self.ssm())[0], 200)

    def test_a_tampered_body_is_refused(self):
        status, text = self.send(self.ssm(), body=b"{ }")
        self.assertEqual(status, 400)
        self.assertIn("InvalidSignatureException", text)

    def test_a_tampered_s3_body_is_refused(self):
        request = self.signed("s3", "PUT", f"/{BUCKET}/a", b"one")
        status, text = self.send(request, body=b"two")
        self.assertEqual(status, 400)
        self.assertIn("XAmzContentSHA256Mismatch", text)
        self.assertEqual(self.call("s3", "list_objects_v2", Bucket=BUCKET)["KeyCount"], 0)

    def test_a_header_of_amazon_that_was_not_signed_is_refused(self):
        status, text = self.send(self.ssm(), headers={"X-Amz-Added": "1"})
        self.assertEqual(status, 400)
        self.assertIn("not signed", text)

    def test_an_added_query_parameter_is_refused(self):
        request = self.signed("s3", "GET", f"/{BUCKET}?list-type=2")
        self.assertEqual(self.send(request)[0], 200)
        status, text = self.send(request, url=request.url + "&prefix=a")
        self.assertEqual(status, 403)
        self.assertIn("SignatureDoesNotMatch", text)

    def test_a_request_without_a_signature_is_refused_in_its_own_protocol(self):
        request = self.ssm()
        del request.headers["Authorization"]
        status, text = self.send(request)
        self.assertEqual(status, 400)
        self.assertIn("MissingAuthenticationTokenException", text)
        unsigned = botocore.awsrequest.AWSRequest("GET", f"{self.sandbox.facts['endpoint']}/{BUCKET}/a", headers={})
        self.assertEqual(self.send(unsigned)[0], 403)

    def test_iam_is_signed_for_us_east_1_only(self):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        body = b"Action=ListUsers&Version=2010-05-08"
        self.assertEqual(self.send(self.signed("iam", "POST", "/", body, form, region="us-east-1"))[0], 200)
        status, text = self.send(self.signed("iam", "POST", "/", body, form, region="eu-west-1"))
        self.assertEqual(status, 403)
        self.assertIn("valid region", text)

    def test_s3_demands_a_payload_hash(self):
        request = self.signed("ssm", "GET", f"/{BUCKET}/a")
        request.headers.replace_header("Authorization", request.headers["Authorization"].replace("/ssm/", "/s3/"))
        status, text = self.send(request)
        self.assertEqual(status, 400)
        self.assertIn("x-amz-content-sha256", text)

    def test_s3_takes_a_body_whose_hash_is_not_signed(self):
        class Unsigned(botocore.auth.S3SigV4Auth):
            def payload(self, request):
                return "UNSIGNED-PAYLOAD"

        url = f"{self.sandbox.facts['endpoint']}/{BUCKET}/a"
        request = botocore.awsrequest.AWSRequest("PUT", url, headers={}, data=b"text")
        Unsigned(botocore.credentials.Credentials(*self.admin), "s3", "eu-west-1").add_auth(request)
        self.assertEqual(self.send(request)[0], 200)

    def test_presigned_urls_work_until_they_expire_or_are_changed(self):
        self.call("s3", "put_object", Bucket=BUCKET, Key="a b", Body="text")
        client = self.client("s3", signature_version="s3v4")
        url = client.generate_presigned_url("get_object", {"Bucket": BUCKET, "Key": "a b"}, ExpiresIn=60)
        get = botocore.awsrequest.AWSRequest("GET", url, headers={})
        self.assertEqual(self.send(get), (200, "text"))
        self.assertEqual(self.send(get, url=url.replace("a%20b", "a%20c"))[0], 403)
        self.control("PUT", "/settings", {"clock_offset": 120})
        self.assertIn("expired", self.send(get)[1])

    def test_a_bucket_in_the_host_name_is_the_bucket(self):
        self.call("s3", "put_object", Bucket=BUCKET, Key="a b", Body="text")
        for path, expected in (("/a%20b", "text"), ("/?list-type=2&prefix=a%20", "<Key>a b</Key>")):
            request = self.signed("s3", "GET", path, headers={"Host": f"{BUCKET}.localhost"})
            status, text = self.send(request)
            self.assertEqual(status, 200, text)
            self.assertIn(expected, text)
            self.assertEqual(self.send(request, headers={"Host": "another.localhost"})[0], 403)

    def test_a_client_that_does_not_know_the_authority_does_not_connect(self):
        with self.assertRaises(urllib.error.URLError) as caught:
            urllib.request.urlopen(self.sandbox.facts["endpoint"], timeout=10)
        self.assertIsInstance(caught.exception.reason, ssl.SSLCertVerificationError)

    def test_the_authoritys_own_key_is_not_kept(self):
        self.assertEqual(sorted(path.suffix for path in Path(self.sandbox.folder.name).glob("*.key")), [".key"])
        self.assertFalse((Path(self.sandbox.folder.name) / "ca.key").exists())


if __name__ == "__main__":
    unittest.main()
