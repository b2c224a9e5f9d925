from __future__ import annotations

import json
import unittest

from sandbox.policy import allows, matches

from .harness import BUCKET, SandboxTest, allow

# The policy of design: one for every managed user.
HOST = (
    allow("ssm:GetParameter", "arn:aws:ssm:eu-west-1:123456789012:parameter/keybaton/${aws:username}"),
    allow("s3:PutObject", f"arn:aws:s3:::{BUCKET}/acks/${{aws:username}}/*"),
)


class Evaluation(unittest.TestCase):
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"""

    def allowed(self, *statements: dict, action="s3:GetObject", resource="arn:aws:s3:::b/k", **context) -> bool:
        return allows([{"Statement": list(statements)}], action, resource, context)

    def test_nothing_is_allowed_unless_a_statement_says_so(self):
        self.assertFalse(self.allowed())
        self.assertTrue(self.allowed(allow("s3:*")))

    def test_a_deny_wins_in_any_order_and_from_any_document(self):
        deny = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}
        self.assertFalse(self.allowed(allow("*"), deny))
        self.assertFalse(self.allowed(deny, allow("*")))
        self.assertFalse(allows([{"Statement": allow("*")}, {"Statement": deny}], "s3:GetObject", "x", {}))

    def test_actions_ignore_case_and_resources_do_not(self):
        self.assertTrue(self.allowed(allow("S3:getobject")))
        self.assertFalse(self.allowed(allow("s3:GetObject", "arn:aws:s3:::B/k")))

    def test_wildcards_span_slashes(self):
        self.assertTrue(matches("arn:aws:s3:::b/*", "arn:aws:s3:::b/a/b/c"))
        self.assertTrue(matches("s3:?etObject", "s3:GetObject"))
        self.assertFalse(matches("arn:aws:s3:::b/?", "arn:aws:s3:::b/aa"))
        self.assertFalse(matches("a.c", "abc"))

    def test_a_variable_is_the_callers_and_never_a_wildcard(self):
        self.assertTrue(matches("u/${aws:username}", "u/bob", {"aws:username": "bob"}))
        self.assertFalse(matches("u/${aws:username}", "u/eve", {"aws:username": "bob"}))
        self.assertFalse(matches("u/${aws:username}", "u/eve", {"aws:username": "*"}))
        self.assertFalse(matches("u/${aws:username}", "u/", {}))
        self.assertTrue(matches("${*}", "*", {}))

    def test_conditions_need_every_key_and_any_value(self):
        def condition(operator, key, value):
            return allow("s3:*", Condition={operator: {key: value}})

        context = {"s3:prefix": "acks/bob/"}
        self.assertTrue(self.allowed(condition("StringLike", "s3:prefix", ["x", "acks/*"]), **context))
        self.assertTrue(self.allowed(condition("StringEquals", "S3:Prefix", "acks/bob/"), **context))
        self.assertFalse(self.allowed(condition("StringEquals", "s3:prefix", "acks/*"), **context))
        self.assertFalse(self.allowed(condition("StringEquals", "s3:prefix", "acks/bob/")))
        self.assertTrue(self.allowed(condition("StringEqualsIfExists", "s3:prefix", "acks/bob/")))
        self.assertTrue(self.allowed(condition("StringNotEquals", "s3:prefix", "acks/eve/"), **context))
        self.assertTrue(self.allowed(condition("Null", "s3:if-none-match", "true")))
        self.assertFalse(self.allowed(condition("Null", "s3:if-none-match", "false")))

    def test_an_operator_that_is_not_known_matches_nothing(self):
        self.assertFalse(self.allowed(allow("*", Condition={"DateLessThan": {"aws:CurrentTime": "2100-01-01"}})))


class LeastPrivilege(SandboxTest):
    def setUp(self) -> None:
        super().setUp()
        self.keys = self.user("backup", *HOST)
        for name in ("backup", "other"):
            self.call("ssm", "put_parameter", Name=f"/keybaton/{name}", Value="x", Type="String")

    def test_a_host_reads_its_own_parameter_and_no_others(self):
        ssm = self.client("ssm", self.keys)
        ssm.get_parameter(Name="/keybaton/backup")
        ssm.get_parameter(Name="/keybaton/backup:1")
        ssm.get_parameter(Name="arn:aws:ssm:eu-west-1:123456789012:parameter/keybaton/backup")
        answer = self.refused("AccessDeniedException", 400, ssm.get_parameter, Name="/keybaton/other")
        self.assertIn("arn:aws:iam::123456789012:user/backup is not authorized", answer["Error"]["Message"])
        self.refused("AccessDeniedException", 400, ssm.get_parameter, Name="/keybaton/missing")
        self.refused(
            "AccessDeniedException", 400, ssm.put_parameter, Name="/keybaton/backup", Value="y", Overwrite=True
        )
        self.refused("AccessDeniedException", 400, ssm.get_parameters, Names=["/keybaton/backup", "/keybaton/other"])

    def test_a_host_writes_its_own_check_ins_and_no_others(self):
        s3 = self.client("s3", self.keys)
        s3.put_object(Bucket=BUCKET, Key="acks/backup/AKIA/nas.json", Body=b"{}")
        self.refused("AccessDenied", 403, s3.put_object, Bucket=BUCKET, Key="acks/other/AKIA/nas.json", Body=b"{}")
        self.refused("AccessDenied", 403, s3.get_object, Bucket=BUCKET, Key="acks/backup/AKIA/nas.json")
        self.refused("AccessDenied", 403, s3.list_objects_v2, Bucket=BUCKET)
        self.assertEqual(self.call("s3", "list_objects_v2", Bucket=BUCKET)["KeyCount"], 1)

    def test_a_host_may_do_nothing_in_iam(self):
        iam = self.client("iam", self.keys)
        self.refused("AccessDenied", 403, iam.list_access_keys)
        self.refused("AccessDenied", 403, iam.create_access_key, UserName="backup")

    def test_the_aws_cli_is_refused_as_boto3_is(self):
        good = self.cli("ssm", "get-parameter", "--name", "/keybaton/backup", keys=self.keys)
        self.assertEqual(good.returncode, 0, good.stderr)
        bad = self.cli("ssm", "get-parameter", "--name", "/keybaton/other", keys=self.keys)
        self.assertIn(b"AccessDeniedException", bad.stderr)

    def test_a_missing_object_is_404_only_for_those_who_may_list(self):
        keys = self.user("reader", allow("s3:GetObject"))
        s3 = self.client("s3", keys)
        self.refused("AccessDenied", 403, s3.get_object, Bucket=BUCKET, Key="missing")
        self.refused("403", 403, s3.head_object, Bucket=BUCKET, Key="missing")
        policy = {"Version": "2012-10-17", "Statement": [allow(["s3:GetObject", "s3:ListBucket"])]}
        self.call("iam", "put_user_policy", UserName="reader", PolicyName="sandbox", PolicyDocument=json.dumps(policy))
        self.refused("NoSuchKey", 404, s3.get_object, Bucket=BUCKET, Key="missing")

    def test_a_users_tags_are_condition_keys(self):
        keys = self.user("rotator", allow("iam:*", Condition={"StringEquals": {"iam:ResourceTag/team": "ci"}}))
        iam = self.client("iam", keys)
        self.refused("AccessDenied", 403, iam.list_access_keys, UserName="backup")
        self.call("iam", "tag_user", UserName="backup", Tags=[{"Key": "team", "Value": "ci"}])
        iam.list_access_keys(UserName="backup")
        self.call("iam", "tag_user", UserName="backup", Tags=[{"Key": "team", "Value": "web"}])
        self.refused("AccessDenied", 403, iam.list_access_keys, UserName="backup")

    def test_listing_is_limited_by_prefix(self):
        keys = self.user(
            "lister", allow("s3:ListBucket", Condition={"StringLike": {"s3:prefix": "acks/${aws:username}/*"}})
        )
        s3 = self.client("s3", keys)
        s3.list_objects_v2(Bucket=BUCKET, Prefix="acks/lister/")
        self.refused("AccessDenied", 403, s3.list_objects_v2, Bucket=BUCKET, Prefix="acks/backup/")
        self.refused("AccessDenied", 403, s3.list_objects_v2, Bucket=BUCKET)


class Sources(SandboxTest):
    """Where policies come from."""

    POLICY = json.dumps({"Version": "2012-10-17", "Statement": [allow("iam:ListUsers")]})

    def test_policies_of_groups_and_attached_ones_count(self):
        keys = self.user("backup")
        users = self.client("iam", keys).list_users
        self.refused("AccessDenied", 403, users)
        self.call("iam", "create_group", GroupName="hosts")
        self.call("iam", "put_group_policy", GroupName="hosts", PolicyName="p", PolicyDocument=self.POLICY)
        self.refused("AccessDenied", 403, users)
        self.call("iam", "add_user_to_group", GroupName="hosts", UserName="backup")
        users()
        self.call("iam", "remove_user_from_group", GroupName="hosts", UserName="backup")
        self.refused("AccessDenied", 403, users)
        made = self.call("iam", "create_policy", PolicyName="managed", PolicyDocument=self.POLICY)
        self.call("iam", "attach_user_policy", UserName="backup", PolicyArn=made["Policy"]["Arn"])
        users()

    def test_a_role_session_has_the_roles_policies_and_needs_its_token(self):
        trust = {
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": "arn:aws:iam::123456789012:user/operator"},
                    "Action": "sts:AssumeRole",
                }
            ]
        }
        made = self.call("iam", "create_role", RoleName="rotator", AssumeRolePolicyDocument=json.dumps(trust))
        self.call("iam", "put_role_policy", RoleName="rotator", PolicyName="p", PolicyDocument=self.POLICY)
        arn = made["Role"]["Arn"]
        keys = self.user("operator", allow("sts:AssumeRole", arn))
        stranger = self.user("stranger", allow("sts:AssumeRole", arn))
        nobody = self.user("nobody")
        for other in (stranger, nobody):
            self.refused("AccessDenied", 403, self.client("sts", other).assume_role, RoleArn=arn, RoleSessionName="run")
        session = self.client("sts", keys).assume_role(RoleArn=arn, RoleSessionName="run")["Credentials"]
        temporary = (session["AccessKeyId"], session["SecretAccessKey"])
        token = session["SessionToken"]
        self.client("iam", temporary, token=token).list_users()
        self.refused("AccessDenied", 403, self.client("iam", temporary, token=token).list_groups)
        identity = self.client("sts", temporary, token=token).get_caller_identity()
        self.assertEqual(identity["Arn"], "arn:aws:sts::123456789012:assumed-role/rotator/run")
        self.refused("InvalidClientTokenId", 403, self.client("iam", temporary).list_users)
        self.refused("InvalidClientTokenId", 403, self.client("iam", temporary, token=token + "x").list_users)
        self.control("PUT", "/settings", {"clock_offset": 3700, "signature_window": 100_000})
        self.refused("ExpiredToken", 403, self.client("iam", temporary, token=token).list_users)

    def test_a_web_identity_needs_the_right_token_and_no_signature(self):
        made = self.call("iam", "create_role", RoleName="web", AssumeRolePolicyDocument='{"Statement": []}')
        arn = made["Role"]["Arn"]
        sts = self.client("sts", ("AKIAUNKNOWNUNKNOWN22", "x"))
        with open(self.sandbox.facts["web_identity_token_file"]) as file:
            token = file.read()
        answer = sts.assume_role_with_web_identity(RoleArn=arn, RoleSessionName="session", WebIdentityToken=token)
        self.assertEqual(answer["AssumedRoleUser"]["Arn"], "arn:aws:sts::123456789012:assumed-role/web/session")
        self.refused(
            "InvalidIdentityToken",
            400,
            sts.assume_role_with_web_identity,
            RoleArn=arn,
            RoleSessionName="session",
            WebIdentityToken="another",
        )
