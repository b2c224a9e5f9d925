from __future__ import annotations

import http.client
import ssl
import threading
import time
import warnings
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    HTTPClientError,
    ResponseStreamingError,
)
from botocore.parsers import ResponseParserError

from .harness import BUCKET, SandboxTest, allow

CUT = (ConnectionClosedError, EndpointConnectionError, HTTPClientError)


class Faults(SandboxTest):
    def put(self, ssm, value="1", name="/p") -> int:
        return ssm.put_parameter(Name=name, Type="String", Value=value, Overwrite=True)["Version"]

    def test_throttling_has_each_protocols_shape_and_passes_after_its_count(self):
        for service, operation, code, status in (
            ("ssm", "describe_parameters", "ThrottlingException", 400),
            ("iam", "list_users", "Throttling", 400),
            ("sts", "get_caller_identity", "Throttling", 400),
            ("s3", "list_buckets", "SlowDown", 503),
        ):
            with self.subTest(service):
                self.fault("throttle", service=service, count=2)
                call = getattr(self.client(service), operation)
                self.refused(code, status, call)
                self.refused(code, status, call)
                call()
                getattr(self.client(service, attempts=3), operation)()

    def test_a_rule_hits_only_what_it_names_and_lets_the_first_pass(self):
        self.fault("throttle", service="ssm", operation="PutParameter", resource="/a*", skip=1, count=1)
        ssm = self.client("ssm")
        self.put(ssm, name="/b")
        self.put(ssm, name="/a1")
        self.refused("ThrottlingException", 400, self.put, ssm, name="/a2")
        self.put(ssm, name="/a3")
        self.assertEqual([rule["hits"] for rule in self.control("GET", "/faults")], [1])

    def test_a_heedless_store_writes_although_the_object_is_another(self):
        s3 = self.client("s3")
        s3.put_object(Bucket=BUCKET, Key="j", Body=b"1")
        self.refused("PreconditionFailed", 412, s3.put_object, Bucket=BUCKET, Key="j", Body=b"2", IfMatch='"0"')
        self.fault("heedless", service="s3", operation="PutObject")
        s3.put_object(Bucket=BUCKET, Key="j", Body=b"2", IfMatch='"0"')
        self.assertEqual(s3.get_object(Bucket=BUCKET, Key="j")["Body"].read(), b"2")

    def test_a_rule_can_hit_each_third_request_only(self):
        self.fault("throttle", operation="GetCallerIdentity", every=3, count=2)
        sts = self.client("sts")
        for hit in (False, False, True) * 2 + (False,) * 3:
            if hit:
                self.refused("Throttling", 400, sts.get_caller_identity)
            else:
                sts.get_caller_identity()

    def test_a_rule_can_hit_only_what_comes_too_fast(self):
        self.fault("throttle", operation="GetCallerIdentity", above=1000, count=None)
        sts = self.client("sts")
        sts.get_caller_identity()
        self.control("DELETE", "/faults")
        self.fault("throttle", operation="GetCallerIdentity", above=1, count=None)
        answers = []
        # Three within one second, however the seconds fall.
        for _ in range(6):
            try:
                sts.get_caller_identity()
                answers.append(True)
            except ClientError as error:
                self.assertEqual(error.response["Error"]["Code"], "Throttling")
                answers.append(False)
        self.assertTrue(answers[0])
        self.assertIn(False, answers)

    def test_a_rule_can_name_one_key_and_one_host(self):
        keys = self.user("backup", allow("*"))
        self.fault("throttle", key_id=keys[0], count=None)
        self.client("sts").get_caller_identity()
        self.refused("Throttling", 400, self.client("sts", keys).get_caller_identity)
        self.control("DELETE", "/faults")
        self.fault("throttle", host="another.host", count=None)
        self.client("sts", keys).get_caller_identity()

    def test_an_error_has_the_status_and_code_that_the_rule_gives(self):
        self.fault("error", service="ssm")
        self.fault("error", service="ssm", status=503, code="ServiceUnavailable")
        ssm = self.client("ssm")
        self.refused("InternalServerError", 500, ssm.describe_parameters)
        self.refused("ServiceUnavailable", 503, ssm.describe_parameters)

    def test_a_dropped_request_has_no_effect(self):
        self.fault("drop", operation="PutParameter")
        ssm = self.client("ssm")
        with self.assertRaises(CUT):
            self.put(ssm, "lost")
        self.assertEqual(self.put(ssm), 1)

    def test_a_lost_answer_has_its_effect(self):
        self.fault("lose", operation="PutParameter")
        ssm = self.client("ssm")
        with self.assertRaises(CUT):
            self.put(ssm)
        self.assertEqual(self.put(ssm), 2)

    def test_a_lost_create_leaves_a_key_that_nobody_knows_the_secret_of(self):
        keys = self.user("backup")
        self.fault("lose", operation="CreateAccessKey")
        iam = self.client("iam")
        with self.assertRaises(CUT):
            iam.create_access_key(UserName="backup")
        listed = [each["AccessKeyId"] for each in iam.list_access_keys(UserName="backup")["AccessKeyMetadata"]]
        self.assertEqual(len(listed), 2)
        orphan = next(each for each in listed if each != keys[0])
        self.refused("SignatureDoesNotMatch", 403, self.client("sts", (orphan, "x")).get_caller_identity)

    def test_a_retry_after_a_lost_conditional_write_meets_its_own_object(self):
        """What makes a 412 no proof that somebody else wrote."""
        self.fault("lose", operation="PutObject")
        s3 = self.client("s3", attempts=2)
        self.refused("PreconditionFailed", 412, s3.put_object, Bucket=BUCKET, Key="j", Body=b"mine", IfNoneMatch="*")
        self.assertEqual(s3.get_object(Bucket=BUCKET, Key="j")["Body"].read(), b"mine")

    def test_a_slow_answer_comes_late_and_holds_nobody_else_up(self):
        self.fault("slow", operation="DescribeParameters", seconds=1.0)
        ssm, sts = self.client("ssm"), self.client("sts")
        started = time.monotonic()
        slow = threading.Thread(target=ssm.describe_parameters)
        slow.start()
        time.sleep(0.1)
        sts.get_caller_identity()
        self.assertLess(time.monotonic() - started, 0.9)
        slow.join()
        self.assertGreaterEqual(time.monotonic() - started, 1.0)

    def test_a_truncated_answer_breaks_off_within_the_announced_length(self):
        self.call("s3", "put_object", Bucket=BUCKET, Key="a", Body="0123456789")
        self.fault("truncate", operation="GetObject")
        with self.assertRaises((ResponseStreamingError, *CUT)):
            self.client("s3").get_object(Bucket=BUCKET, Key="a")["Body"].read()

    def test_the_wrong_shape_is_xml_for_json_and_json_for_xml(self):
        self.fault("wrong_shape", service="ssm")
        with self.assertRaises((ResponseParserError, ClientError)):
            self.client("ssm").describe_parameters()
        self.fault("wrong_shape", service="s3", status=403, code="AccessDenied", count=None)
        with self.assertRaises((ResponseParserError, ClientError)):
            self.client("s3").list_buckets()
        self.assertEqual([entry["fault"] for entry in self.seen()][-2:], ["wrong_shape"] * 2)

    def test_a_conflict_and_a_redirect_as_s3_words_them(self):
        self.fault("conflict", operation="PutObject")
        s3 = self.client("s3")
        self.refused("ConditionalRequestConflict", 409, s3.put_object, Bucket=BUCKET, Key="a", Body=b"")
        self.fault("redirect", operation="PutObject", count=None)  # botocore signs again for the region it is sent to
        answer = self.refused("PermanentRedirect", 301, s3.put_object, Bucket=BUCKET, Key="a", Body=b"")
        self.assertIn("us-west-2", answer["Error"]["Endpoint"])

    def test_a_skewed_answer_is_judged_and_dated_by_another_clock(self):
        self.fault("skew", seconds=-1200, service="s3")
        answer = self.refused("RequestTimeTooSkewed", 403, self.client("s3").list_buckets)
        date = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]).timestamp()
        self.assertAlmostEqual(date - time.time(), -1200, delta=10)
        self.client("s3").list_buckets()

    def test_rules_that_could_never_apply_are_refused(self):
        for rule in ({"kind": "explode"}, {"service": "ssm"}, {"kind": "drop", "operatoin": "x"}, {"kind": "slow"}):
            self.assertIn("error", self.control("POST", "/faults", rule, status=400))

    def test_faults_do_not_reach_the_control_interface(self):
        self.fault("drop", count=None)
        self.call("ssm", "describe_parameters")


class Propagation(SandboxTest):
    def test_a_new_key_is_unknown_at_first_and_not_in_every_service_for_as_long(self):
        self.control("PUT", "/settings", {"key_appears_after": {"default": 0, "ssm": 0.6}})
        keys = self.user("backup", allow("*"))
        self.client("sts", keys).get_caller_identity()
        ssm = self.client("ssm", keys)
        self.refused("UnrecognizedClientException", 400, ssm.describe_parameters)
        time.sleep(0.7)
        ssm.describe_parameters()

    def test_a_deactivated_or_deleted_key_lingers(self):
        self.control("PUT", "/settings", {"key_lingers_for": 0.6})
        keys = self.user("backup")
        sts = self.client("sts", keys)
        for change, more in (("update_access_key", {"Status": "Inactive"}), ("delete_access_key", {})):
            self.call("iam", change, UserName="backup", AccessKeyId=keys[0], **more)
            if change == "update_access_key":
                sts.get_caller_identity()
                time.sleep(0.7)
            self.refused("InvalidClientTokenId", 403, sts.get_caller_identity)

    def test_lists_and_parameters_can_be_stale_after_a_change(self):
        keys = self.user("backup")
        self.call("ssm", "put_parameter", Name="/p", Type="String", Value="1")
        self.control("PUT", "/settings", {"stale_list_access_keys": 0.6, "stale_get_parameter": 0.6})
        iam, ssm = self.client("iam"), self.client("ssm")

        def now() -> tuple[int, str]:
            listed = iam.list_access_keys(UserName="backup")["AccessKeyMetadata"]
            return len(listed), ssm.get_parameter(Name="/p")["Parameter"]["Value"]

        iam.create_access_key(UserName="backup")
        ssm.put_parameter(Name="/p", Type="String", Value="2", Overwrite=True)
        self.assertEqual(now(), (1, "1"))
        self.assertEqual(ssm.get_parameter(Name="/p:2")["Parameter"]["Value"], "2")
        time.sleep(0.7)
        self.assertEqual(now(), (2, "2"))
        self.assertEqual(len(keys), 2)


class LastUsed(SandboxTest):
    def of(self, key_id: str) -> dict:
        return self.client("iam").get_access_key_last_used(AccessKeyId=key_id)

    def test_a_key_that_was_never_used_has_no_date(self):
        keys = self.user("backup")
        answer = self.of(keys[0])
        self.assertEqual(answer["UserName"], "backup")
        self.assertEqual(answer["AccessKeyLastUsed"], {"ServiceName": "N/A", "Region": "N/A"})

    def test_a_use_names_its_service_and_region_and_only_right_signatures_count(self):
        keys = self.user("backup")
        self.refused("SignatureDoesNotMatch", 403, self.client("sts", (keys[0], "x")).get_caller_identity)
        self.assertNotIn("LastUsedDate", self.of(keys[0])["AccessKeyLastUsed"])
        self.refused("AccessDeniedException", 400, self.client("ssm", keys).describe_parameters)
        used = self.of(keys[0])["AccessKeyLastUsed"]
        self.assertEqual((used["ServiceName"], used["Region"]), ("ssm", "eu-west-1"))
        self.assertAlmostEqual(used["LastUsedDate"].timestamp(), time.time(), delta=5)

    def test_only_the_first_use_in_a_span_is_recorded(self):
        keys = self.user("backup")
        self.client("sts", keys).get_caller_identity()
        self.refused("AccessDenied", 403, self.client("s3", keys).list_buckets)
        self.assertEqual(self.of(keys[0])["AccessKeyLastUsed"]["ServiceName"], "sts")
        self.control("PUT", "/settings", {"last_used_granularity": 0})
        self.refused("AccessDenied", 403, self.client("s3", keys).list_buckets)
        self.assertEqual(self.of(keys[0])["AccessKeyLastUsed"]["ServiceName"], "s3")

    def test_a_use_becomes_visible_late(self):
        self.control("PUT", "/settings", {"last_used_lag": 0.6})
        keys = self.user("backup")
        self.client("sts", keys).get_caller_identity()
        self.assertNotIn("LastUsedDate", self.of(keys[0])["AccessKeyLastUsed"])
        time.sleep(0.7)
        self.assertIn("LastUsedDate", self.of(keys[0])["AccessKeyLastUsed"])


class Connections(SandboxTest):
    def test_a_connection_is_kept_over_many_requests_also_refused_ones(self):
        context = ssl.create_default_context(cafile=self.sandbox.facts["ca_bundle"])
        connection = http.client.HTTPSConnection(
            urlsplit(self.sandbox.facts["endpoint"]).netloc, context=context, timeout=10
        )
        connection.connect()
        first = connection.sock
        for _ in range(20):
            connection.request("GET", "/bucket/object")
            answer = connection.getresponse()
            answer.read()
            self.assertEqual(answer.status, 403)
            self.assertIs(connection.sock, first)
        connection.close()

    def test_tls_before_1_2_is_refused(self):
        context = ssl.create_default_context(cafile=self.sandbox.facts["ca_bundle"])
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
        connection = http.client.HTTPSConnection(
            urlsplit(self.sandbox.facts["endpoint"]).netloc, context=context, timeout=10
        )
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            connection.connect()
        connection.close()
