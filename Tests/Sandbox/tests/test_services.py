from __future__ import annotations

import concurrent.futures
from email.utils import parsedate_to_datetime

from botocore.exceptions import ClientError

from .harness import BUCKET, SandboxTest, allow

ODD = "acks/a b+$@:=é${x}~*'()&%25?#\"<>,;!.json"


class Objects(SandboxTest):
    def test_every_character_survives_in_names_prefixes_and_bodies(self):
        s3 = self.client("s3")
        for name in (ODD, "a//b", "./a", "a/../b", " lead", "trail ", "%2F", "日本語"):
            with self.subTest(name):
                s3.put_object(Bucket=BUCKET, Key=name, Body=name.encode())
                self.assertEqual(s3.get_object(Bucket=BUCKET, Key=name)["Body"].read(), name.encode())
                listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=name)
                self.assertEqual([each["Key"] for each in listed["Contents"]], [name])

    def test_the_aws_cli_reads_and_writes_odd_names(self):
        name = "acks/a b+$@:=é${x}.json"
        put = self.cli("s3api", "put-object", "--bucket", BUCKET, "--key", name, "--body", __file__)
        self.assertEqual(put.returncode, 0, put.stderr)
        copy = self.cli("s3", "cp", f"s3://{BUCKET}/{name}", "-")
        with open(__file__, "rb") as file:
            self.assertEqual(copy.stdout, file.read(), copy.stderr)

    def test_a_write_answers_with_a_tag_and_a_date_and_no_modification_time(self):
        answer = self.client("s3").put_object(Bucket=BUCKET, Key="a", Body=b"1")
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        self.assertIn("date", headers)
        self.assertEqual(answer["ETag"], '"c4ca4238a0b923820dcc509a6f75849b"')
        self.assertNotIn("last-modified", headers)

    def test_times_of_objects_follow_the_clock_of_the_answers(self):
        self.control("PUT", "/settings", {"clock_offset": 200})
        s3 = self.client("s3")
        written = parsedate_to_datetime(
            s3.put_object(Bucket=BUCKET, Key="a", Body=b"1")["ResponseMetadata"]["HTTPHeaders"]["date"]
        )
        modified = s3.list_objects_v2(Bucket=BUCKET)["Contents"][0]["LastModified"]
        self.assertLessEqual(abs((modified - written).total_seconds()), 2)

    def test_a_stream_of_unknown_length_arrives_whole(self):
        body = bytes(range(256)) * 800
        put = self.cli("s3", "cp", "-", f"s3://{BUCKET}/stream", body=body)
        self.assertEqual(put.returncode, 0, put.stderr)
        self.assertEqual(self.client("s3").get_object(Bucket=BUCKET, Key="stream")["Body"].read(), body)

    def test_writes_can_depend_on_what_is_there(self):
        s3 = self.client("s3")
        first = s3.put_object(Bucket=BUCKET, Key="j", Body=b"1", IfNoneMatch="*")["ETag"]
        self.refused("PreconditionFailed", 412, s3.put_object, Bucket=BUCKET, Key="j", Body=b"2", IfNoneMatch="*")
        second = s3.put_object(Bucket=BUCKET, Key="j", Body=b"2", IfMatch=first)["ETag"]
        self.refused("PreconditionFailed", 412, s3.put_object, Bucket=BUCKET, Key="j", Body=b"3", IfMatch=first)
        self.refused("NoSuchKey", 404, s3.put_object, Bucket=BUCKET, Key="missing", Body=b"3", IfMatch=first)
        self.refused("NotImplemented", 501, s3.put_object, Bucket=BUCKET, Key="j", Body=b"3", IfNoneMatch=first)
        self.assertEqual(s3.get_object(Bucket=BUCKET, Key="j")["Body"].read(), b"2")
        self.refused("PreconditionFailed", 412, s3.delete_object, Bucket=BUCKET, Key="j", IfMatch=first)
        s3.delete_object(Bucket=BUCKET, Key="j", IfMatch=second)

    def test_one_of_many_racing_writers_wins(self):
        s3 = self.client("s3", max_pool_connections=8)

        def write(number: int) -> bool:
            try:
                s3.put_object(Bucket=BUCKET, Key="race", Body=b"%d" % number, IfNoneMatch="*")
                return True
            except ClientError as error:
                self.assertEqual(error.response["Error"]["Code"], "PreconditionFailed")
                return False

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            self.assertEqual(sum(pool.map(write, range(24))), 1)

    def test_a_thousand_and_more_objects_come_in_pages(self):
        s3 = self.client("s3", max_pool_connections=4)
        names = [f"acks/backup/AKIA/host+{number:04} é.json" for number in range(1005)]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda name: s3.put_object(Bucket=BUCKET, Key=name, Body=b""), names))
        pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="acks/backup/"))
        self.assertEqual([page["KeyCount"] for page in pages], [1000, 5])
        self.assertEqual([each["Key"] for page in pages for each in page["Contents"]], sorted(names))

    def test_a_digest_that_does_not_match_is_refused(self):
        s3 = self.client("s3")
        self.refused("BadDigest", 400, s3.put_object, Bucket=BUCKET, Key="a", Body=b"1", ChecksumSHA256="A" * 43 + "=")

    def test_a_bucket_is_served_in_its_own_region_and_to_its_owner(self):
        self.call("s3", "put_object", Bucket=BUCKET, Key="a", Body="text")
        # botocore reads the region out of the redirect and signs again.
        self.client("s3", region="us-west-2", attempts=2).get_object(Bucket=BUCKET, Key="a")
        self.assertEqual([entry["code"] for entry in self.seen(operation="GetObject")], ["PermanentRedirect", None])
        self.refused(
            "AccessDenied", 403, self.client("s3").list_objects_v2, Bucket=BUCKET, ExpectedBucketOwner="210987654321"
        )


class Parameters(SandboxTest):
    def test_values_are_limited_by_tier(self):
        ssm = self.client("ssm")
        ssm.put_parameter(Name="/a", Type="String", Value="x" * 4096)
        self.refused("ValidationException", 400, ssm.put_parameter, Name="/b", Type="String", Value="x" * 4097)
        self.refused("ValidationException", 400, ssm.put_parameter, Name="/b", Type="String", Value="é" * 2049)
        ssm.put_parameter(Name="/b", Type="String", Value="x" * 8192, Tier="Advanced")
        self.refused(
            "ValidationException", 400, ssm.put_parameter, Name="/c", Type="String", Value="x" * 8193, Tier="Advanced"
        )

    def test_nested_references_are_refused(self):
        self.refused(
            "ValidationException", 400, self.client("ssm").put_parameter, Name="/a", Type="String", Value="a{{b}}"
        )

    def test_a_value_that_the_pattern_does_not_match_is_refused_and_not_written(self):
        ssm = self.client("ssm")
        wrong = {"Name": "/a", "Type": "String", "Value": "x", "AllowedPattern": "^y$"}
        self.refused("ParameterPatternMismatchException", 400, ssm.put_parameter, **wrong)
        self.refused("ParameterNotFound", 400, ssm.get_parameter, Name="/a")
        ssm.put_parameter(**wrong | {"Value": "y"})

    def test_a_secure_string_is_readable_only_decrypted(self):
        ssm = self.client("ssm")
        ssm.put_parameter(Name="/s", Type="SecureString", Value="plain")
        self.assertEqual(ssm.get_parameter(Name="/s", WithDecryption=True)["Parameter"]["Value"], "plain")
        for sealed in (
            ssm.get_parameter(Name="/s")["Parameter"],
            ssm.get_parameters(Names=["/s"])["Parameters"][0],
            ssm.get_parameter_history(Name="/s")["Parameters"][0],
        ):
            self.assertNotIn("plain", sealed["Value"])

    def test_versions_count_up_and_stay_readable(self):
        ssm = self.client("ssm")
        ssm.put_parameter(Name="/v", Type="String", Value="1")
        self.refused("ParameterAlreadyExists", 400, ssm.put_parameter, Name="/v", Type="String", Value="2")
        self.assertEqual(ssm.put_parameter(Name="/v", Type="String", Value="2", Overwrite=True)["Version"], 2)
        self.assertEqual(ssm.get_parameter(Name="/v:1")["Parameter"]["Value"], "1")
        self.refused("ParameterVersionNotFound", 400, ssm.get_parameter, Name="/v:9")
        self.refused("ParameterNotFound", 400, ssm.get_parameter, Name="/missing")


class AccessKeys(SandboxTest):
    def test_a_user_has_two_keys_at_most(self):
        self.user("backup")
        iam = self.client("iam")
        iam.create_access_key(UserName="backup")
        self.refused("LimitExceeded", 409, iam.create_access_key, UserName="backup")

    def test_a_user_lists_its_own_keys_without_a_name(self):
        self.user("other")
        keys = self.user("backup", allow("iam:ListAccessKeys", "arn:aws:iam::123456789012:user/${aws:username}"))
        listed = self.client("iam", keys).list_access_keys()["AccessKeyMetadata"]
        self.assertEqual([each["AccessKeyId"] for each in listed], [keys[0]])
        self.refused("AccessDenied", 403, self.client("iam", keys).list_access_keys, UserName="other")

    def test_secrets_have_the_form_and_the_alphabet_of_aws(self):
        key_id, secret = self.user("backup")
        self.assertRegex(key_id, "^AKIA[A-Z0-9]{16}$")
        self.assertRegex(secret, "^[A-Za-z0-9/+]{40}$")

    def test_a_missing_user_is_no_such_entity(self):
        self.refused("NoSuchEntity", 404, self.client("iam").list_access_keys, UserName="nobody")


class OtherServices(SandboxTest):
    """Those that destinations and notifications use: judged alike, answered by moto."""

    def test_secrets_topics_and_mail_need_permission_and_work(self):
        keys = self.user("rotator", allow(["secretsmanager:*"], "arn:aws:secretsmanager:*:*:secret:keybaton/*"))
        manager = self.client("secretsmanager", keys)
        manager.create_secret(Name="keybaton/backup", SecretString="one")
        manager.put_secret_value(SecretId="keybaton/backup", SecretString="two")
        self.assertEqual(manager.get_secret_value(SecretId="keybaton/backup")["SecretString"], "two")
        self.refused("AccessDeniedException", 400, manager.create_secret, Name="other", SecretString="one")
        self.refused("AuthorizationError", 403, self.client("sns", keys).create_topic, Name="keybaton")
        self.client("sns").create_topic(Name="keybaton")
        for service, verify in (
            ("ses", lambda client: client.verify_email_identity(EmailAddress="a@example.org")),
            ("sesv2", lambda client: client.create_email_identity(EmailIdentity="b@example.org")),
        ):
            with self.subTest(service):
                verify(self.client(service))
                with self.assertRaises(ClientError) as caught:
                    verify(self.client(service, keys))
                self.assertIn("AccessDenied", caught.exception.response["Error"]["Code"])

    def test_a_message_is_published_to_its_topic_only(self):
        sns = self.client("sns")
        topic = sns.create_topic(Name="keybaton")["TopicArn"]
        keys = self.user("rotator", allow("sns:Publish", topic))
        attributes = {"event": {"DataType": "String", "StringValue": "hold"}}
        publish = self.client("sns", keys).publish
        publish(TopicArn=topic, Subject="a hold", Message="ñ\nwhy", MessageAttributes=attributes)
        self.assertEqual(
            self.control("GET", "/sent"),
            [{"topic": topic, "subject": "a hold", "text": "ñ\nwhy", "attributes": {"event": "hold"}}],
        )
        self.refused("AuthorizationError", 403, publish, TopicArn=f"{topic}-other", Message="x")
        self.refused("NotFound", 404, sns.publish, TopicArn=f"{topic}-other", Message="x")
        self.refused("InvalidParameter", 400, publish, TopicArn=topic, Subject="x" * 101, Message="x")
        self.fault("throttle", service="sns", operation="Publish")
        self.refused("Throttling", 400, publish, TopicArn=topic, Message="x")

    def test_mail_is_sent_by_a_verified_sender_who_may(self):
        self.call("sesv2", "create_email_identity", EmailIdentity="example.org")
        identity = "arn:aws:ses:eu-west-1:123456789012:identity/example.org"
        send = self.client("sesv2", self.user("rotator", allow("ses:SendEmail", identity))).send_email
        mail = {
            "FromEmailAddress": "keys@example.org",
            "Destination": {"ToAddresses": ["a@example.net", "b@example.net"]},
            "Content": {"Simple": {"Subject": {"Data": "señal"}, "Body": {"Text": {"Data": "why"}}}},
        }
        send(**mail)
        to = ["a@example.net", "b@example.net"]
        self.assertEqual(
            self.control("GET", "/sent"), [{"from": "keys@example.org", "to": to, "subject": "señal", "text": "why"}]
        )
        self.refused("AccessDeniedException", 400, send, **{**mail, "FromEmailAddress": "keys@example.com"})
        rejected = {**mail, "FromEmailAddress": "keys@example.com"}
        self.refused("MessageRejected", 400, self.client("sesv2").send_email, **rejected)
        self.fault("error", service="sesv2", operation="SendEmail")
        self.refused("InternalServerError", 500, send, **mail)

    def test_the_current_version_of_a_secret_is_the_one_with_the_label(self):
        manager = self.client("secretsmanager")
        one, two, three = ("1" * 32, "2" * 32, "3" * 32)
        manager.create_secret(Name="s", SecretString="one", ClientRequestToken=one)
        manager.put_secret_value(SecretId="s", SecretString="two", ClientRequestToken=two, VersionStages=["MINE"])
        self.assertEqual(manager.get_secret_value(SecretId="s")["SecretString"], "one")
        move = {"SecretId": "s", "VersionStage": "AWSCURRENT"}
        manager.update_secret_version_stage(**move, MoveToVersionId=two, RemoveFromVersionId=one)
        self.assertEqual(manager.get_secret_value(SecretId="s")["SecretString"], "two")
        previous = manager.get_secret_value(SecretId="s", VersionStage="AWSPREVIOUS")
        self.assertEqual(previous["SecretString"], "one")
        manager.put_secret_value(SecretId="s", SecretString="three", ClientRequestToken=three)
        self.assertEqual(manager.get_secret_value(SecretId="s")["VersionId"], three)
        for wrong in ({"RemoveFromVersionId": one}, {}):
            self.refused(
                "InvalidParameterException",
                400,
                manager.update_secret_version_stage,
                **move,
                MoveToVersionId=two,
                **wrong,
            )
        self.assertEqual(manager.get_secret_value(SecretId="s")["SecretString"], "three")

    def test_a_version_of_a_secret_is_written_once(self):
        manager = self.client("secretsmanager")
        manager.create_secret(Name="s", SecretString="one", ClientRequestToken="1" * 32)
        put = {"SecretId": "s", "ClientRequestToken": "2" * 32}
        for _ in range(2):
            manager.put_secret_value(**put, SecretString="two")
        self.assertEqual(len(manager.describe_secret(SecretId="s")["VersionIdsToStages"]), 2)
        self.refused("ResourceExistsException", 400, manager.put_secret_value, **put, SecretString="three")
        self.refused("ResourceExistsException", 400, manager.create_secret, Name="s", SecretString="one")

    def test_secrets_are_refused_in_the_words_of_aws(self):
        manager = self.client("secretsmanager")
        manager.create_secret(Name="s", SecretString="x" * 65_536)
        self.refused("ValidationException", 400, manager.create_secret, Name="t", SecretString="x" * 65_537)
        self.refused("ResourceNotFoundException", 400, manager.get_secret_value, SecretId="t")
        manager.delete_secret(SecretId="s")
        for operation, parameters in (
            (manager.get_secret_value, {"SecretId": "s"}),
            (manager.put_secret_value, {"SecretId": "s", "SecretString": "two"}),
            (manager.create_secret, {"Name": "s", "SecretString": "two"}),
        ):
            with self.subTest(operation.__name__):
                self.refused("InvalidRequestException", 400, operation, **parameters)
        manager.restore_secret(SecretId="s")
        self.assertEqual(manager.get_secret_value(SecretId="s")["SecretString"], "x" * 65_536)
